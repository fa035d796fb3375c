// SPDX-License-Identifier: Apache-2.0
// Messages of a JetStream pull consumer over one literal inbox, without nats.c's own fetch (which wants random
// inboxes). Bound to one connection epoch: when the connection is another one, make a new object. One thread only.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "nats/connection.hpp"

namespace dlrgw::host {

struct PulledMessage {
  std::string payload;
  std::string traceparent;
  std::string reply;  // "$JS.ACK.…", see ack_subject.hpp
};
// The server has ended the request: 404 nothing there, 408 expired, 409 with a reason (consumer deleted, leadership
// change …), 503 nobody answers for this consumer.
struct EndOfRequest {
  int code = 0;
  std::string text;
};
struct PullTimeout {};
struct PullDisconnected {};
using Pulled = std::variant<PulledMessage, EndOfRequest, PullTimeout, PullDisconnected>;

class PullSubscription {
 public:
  // Subscribes `inbox` on the current connection.
  static Result<std::unique_ptr<PullSubscription>> open(NatsConnection& connection, std::string stream,
                                                        std::string consumer, std::string inbox);
  ~PullSubscription();
  PullSubscription(const PullSubscription&) = delete;
  PullSubscription& operator=(const PullSubscription&) = delete;

  [[nodiscard]] std::uint64_t epoch() const;  // of the connection that it was opened on
  // Asks for up to `batch` messages; the server answers as they come and ends the request after `expires`.
  Status request(std::uint32_t batch, std::chrono::milliseconds expires);
  // The next message or end; zero waits not at all. Disconnected also when the connection is no longer that of epoch().
  Pulled next(std::chrono::milliseconds timeout);
  // Ends the server's interest and waits until what was on its way is here; next() then drains it. False: the server
  // did not confirm it in time, more may come.
  bool unsubscribe(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  explicit PullSubscription(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
