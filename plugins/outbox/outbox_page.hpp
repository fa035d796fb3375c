// SPDX-License-Identifier: Apache-2.0
// What callers of the outbox routes ask for, and how an event that waits is told. Pure; any thread. A refusal is a
// sentence for the caller; it quotes nothing of the request.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "event_array.hpp"

namespace dlrgw::outbox {

// A row's place in the order (subject, id).
struct OutboxPlace {
  std::string subject;
  std::int64_t id = 0;
};

struct OutboxQuery {
  OutboxPlace after;         // excluded
  std::string last_subject;  // included
  std::int64_t limit = 0;    // events; whole rows are told, so that it may be more
};
struct OutboxQueryText {
  std::string_view subject{}, limit{}, cursor{};
};
std::variant<OutboxQuery, std::string> parse_outbox_query(const OutboxQueryText& text);
// The place of the last row of a page, as the caller gives it back.
std::string cursor_text(const OutboxPlace& place);
// "42" of a path; nothing when it is no row's id.
std::optional<std::int64_t> parse_outbox_id(std::string_view text);

struct OutboxItem {
  OutboxPlace place;
  std::int64_t created_at_us = 0;
  std::int64_t event_count = 0;
  std::optional<std::string> text;  // the array; nothing when the database cannot give it out
};

// {items: [{id, outboxId, eventId, subject, key, schema, traceparent, createdAt, readable}], next}. No payload.
std::string outbox_json(const std::vector<OutboxItem>& rows, bool more);
// One event with its payload, which is null without the right to see phone numbers. Nothing: it is not in the row.
std::optional<std::string> outbox_event_json(const OutboxItem& row, std::string_view event_id, bool with_payload);
// The table of the console.
std::string outbox_html(const std::vector<OutboxItem>& rows);

}  // namespace dlrgw::outbox
