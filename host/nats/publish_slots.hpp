// SPDX-License-Identifier: Apache-2.0
// JetStream publish with acknowledgement over literal reply inboxes, one message in flight on each, many inboxes at
// once. Which message may use which inbox, and how many one subject may hold: slot_book.hpp. Calls wait for one
// another; any thread. Owned by the app, used by the SDK's publish service.
//
// No call waits longer than it must: a subject that does not answer is given up after SlotBook::kSilence, and while it
// is known to be silent its probe is waited for only kProbeWait. The answer may come later; the next call that brings
// the same message finds it.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <dlrgw/cpp/mutex.hpp>

#include "nats/connection.hpp"

namespace dlrgw::host {

struct PublishItem {
  std::string_view subject;
  std::string_view msg_id;       // Nats-Msg-Id, never empty
  std::string_view schema;       // Dlr-Schema or empty
  std::string_view traceparent;  // or empty
  std::string_view payload;
  // Out. No error code = a stream has acknowledged it. kUnavailable: connection; kTransient: no answer, or the stream
  // can not take it now; kNotFound: no stream takes the subject; kData, kInvalid: refused, and it would be again.
  std::optional<ErrorCode> result;
  std::string text;
};

class PublishSlots {
 public:
  static constexpr std::chrono::milliseconds kProbeWait{20};

  // Inboxes `first` … `last` of this replica; subscribed at the first publish and after every change of connection.
  PublishSlots(NatsConnection& connection, unsigned replica, unsigned first, unsigned last);
  ~PublishSlots();
  PublishSlots(const PublishSlots&) = delete;
  PublishSlots& operator=(const PublishSlots&) = delete;

  // Publishes all and returns when each item has its result, at the latest after `timeout`.
  void publish(std::span<PublishItem> items, std::chrono::milliseconds timeout);

 private:
  struct Impl;
  Mutex mutex_;  // one call at a time
  const std::unique_ptr<Impl> impl_ DLRGW_PT_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
