// SPDX-License-Identifier: Apache-2.0
// What the .cpp files of this folder share of nats.c. Not included anywhere else.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <nats/nats.h>

#include "support/result.hpp"

namespace dlrgw::host::native {

struct MessageDeleter {
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};
using Message = std::unique_ptr<natsMsg, MessageDeleter>;

// Unsubscribes and frees, once nats.c's reader thread is done with it: one round trip to the server.
struct SubscriptionDeleter {
  natsConnection* connection = nullptr;  // the subscription keeps it
  void operator()(natsSubscription* subscription) const;
};
using Subscription = std::unique_ptr<natsSubscription, SubscriptionDeleter>;

// A status of nats.c as an error: `what` says which call on which object.
Error error_of(natsStatus status, const std::string& what);
// Value of a header, "" when absent.
std::string_view header(natsMsg* message, const char* name);
// A message without data that carries a status header: 404, 408, 409, 503 …; 0 for every other message.
int status_code(natsMsg* message);
// One message of an inbox. nats.c swallows the server's 503 and answers NATS_NO_RESPONDERS instead of a message.
enum class Got { kMessage, kNoResponders, kTimeout, kGone };
Got next_message(natsSubscription* subscription, std::chrono::milliseconds wait, Message& out);
// Subscribes a literal inbox with unlimited client-side queue; the caller bounds what can be in flight.
Result<Subscription> subscribe(natsConnection* connection, const std::string& inbox);

}  // namespace dlrgw::host::native
