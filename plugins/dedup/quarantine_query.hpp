// SPDX-License-Identifier: Apache-2.0
// What callers of the quarantine routes ask for, and how a row is shown. Pure; any thread. A refusal is a sentence for
// the caller; it quotes nothing of the request.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dlrgw::dedup {

// A place in the order (received_at, id).
struct QuarantinePlace {
  std::int64_t received_at_us = 0;
  std::string id;
};

enum class QuarantineState { kAll, kOpen, kDecided };

struct QuarantineQuery {
  std::int64_t from_us = 0;           // of receivedAt, included
  QuarantinePlace before;             // excluded; beyond every row on the first page
  std::string_view operator_id = {};  // empty: of all operators
  QuarantineState state = QuarantineState::kAll;
  std::int64_t limit = 0;
};
struct QuarantineQueryText {
  std::string_view operator_id{}, state{}, limit{}, cursor{}, from{}, to{};
};
std::variant<QuarantineQuery, std::string> parse_quarantine_query(const QuarantineQueryText& text);

// The place of the last item of a page, as the caller gives it back.
std::string cursor_text(const QuarantinePlace& place);

// What was decided about a row, once and for ever.
struct QuarantineDecision {
  std::string action;  // "release", "discard"
  std::string result;  // what became of a released receipt; "discarded"
  std::string actor;
  std::int64_t acted_at_us = 0;
};

struct QuarantineItem {
  QuarantinePlace place;
  std::string operator_id;
  std::string operator_message_id;
  std::string message_id;
  std::string status;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::optional<std::int64_t> terminal_at_us;
  std::optional<QuarantineDecision> decision;
};
// No phone number, no text, no payload.
std::string quarantine_json(const QuarantineItem& item);

// The table of the console, with buttons for what is open.
std::string quarantine_html(const std::vector<QuarantineItem>& items);

// The optional reason in the body of a decision, {"reason": "…"}; an empty body gives none.
struct DecisionReason {
  std::string text;
};
std::variant<DecisionReason, std::string> parse_decision_reason(std::string_view body);

}  // namespace dlrgw::dedup
