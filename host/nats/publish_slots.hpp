// JetStream publish with acknowledgement over literal reply inboxes, a few messages of one subject in flight on each,
// many inboxes at once. Calls wait for one another; any thread. Owned by the app, used by the SDK's publish service.
//
// A PubAck does not say which message it acknowledges. Messages that share an inbox are therefore stored when as many
// acknowledgements have come as there are messages; when some were refused, each is sent once more by itself, under its
// id, to tell them apart. A late answer must never be taken for one to a newer message: that would lose an event. A
// slot whose answers are missing rests until they have arrived or kRest is over. Only a message that was alone on a
// slot may use it again at once: whichever answer comes first, it is about that message.
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
  static constexpr std::size_t kMaxTogether = 8;  // messages in flight on one inbox

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
