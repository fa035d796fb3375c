// SPDX-License-Identifier: Apache-2.0
// The story of one message: what was submitted, each receipt with what became of it, segments, aggregate, events that
// still wait, and what administrators did – in the order of time. Nothing private is in it: no phone, no text, no
// payload. Defined once by the plugin; used by several requests at the same time.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

// Times: microseconds since the epoch; from is included, to is not.
struct ReceiptQuery {
  std::string operator_id;
  std::string operator_message_id;
  std::optional<std::int64_t> from_us, to_us;
};

class MessageStory {
 public:
  explicit MessageStory(Host host);
  // JSON: {messageId, message, entries, waitingEvents, note}. Nothing: no table knows the message. Throws as Sql does.
  [[nodiscard]] std::optional<std::string> of_message(std::string_view message_id) const;
  // JSON: {items, messages}: what became of the receipts of the messages that the operator knew by this id, and of
  // those that belong to none; the ids of these messages, at most 50.
  [[nodiscard]] std::string receipts(const ReceiptQuery& query) const;

 private:
  Sql sql_;
  SqlStatement message_, entries_, waiting_, by_operator_id_;
};

}  // namespace dlrgw::admin_http
