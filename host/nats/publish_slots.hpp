// JetStream publish with acknowledgement over literal reply inboxes, one message in flight on each, many inboxes at
// once. Calls wait for one another; any thread. Owned by the app, used by the SDK's publish service.
//
// A PubAck does not say which message it acknowledges, so a late one must never be taken for a newer message: that
// would lose an event. A slot whose answer is missing therefore rests. It is used again at once only for the message id
// that it is waiting for (whichever answer comes first, it is about that message), by others after its answers have
// arrived or after kRest. Callers that publish again what had no answer, under the same id, thus lose no time.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nats/connection.hpp"

namespace dlrgw::host {

struct PublishItem {
  std::string_view subject;
  std::string_view msg_id;       // Nats-Msg-Id, never empty
  std::string_view schema;       // Dlr-Schema or empty
  std::string_view traceparent;  // or empty
  std::string_view payload;
  // Out. No error code = a stream has acknowledged it. kUnavailable: connection; kTransient: no answer, or the stream
  // can not take it now; kNotFound: no stream takes the subject; kData: refused, and it would be again.
  std::optional<ErrorCode> result;
  std::string text;
};

class PublishSlots {
 public:
  static constexpr std::chrono::seconds kRest{30};
  static constexpr std::chrono::seconds kRestAfterLoss{5};

  // Inboxes `first` … `last` of this replica; subscribed at the first publish and after every change of connection.
  PublishSlots(NatsConnection& connection, unsigned replica, unsigned first, unsigned last);
  ~PublishSlots();
  PublishSlots(const PublishSlots&) = delete;
  PublishSlots& operator=(const PublishSlots&) = delete;

  // Publishes all and returns when each item has its result, at the latest after `timeout`.
  void publish(std::span<PublishItem> items, std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
