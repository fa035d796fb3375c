// SPDX-License-Identifier: Apache-2.0
// Messages of several segments, a second attempt, and what comes a day later.
#include <algorithm>

#include "demo/planner.hpp"

namespace dlrgw::demo {
namespace {

struct Word {
  const char* stat;
  const char* status;
};
constexpr Word kWords[] = {{"DELIVRD", "DELIVERED"},   {"DELIVRD", "DELIVERED"}, {"DELIVRD", "DELIVERED"},
                           {"UNDELIV", "UNDELIVERED"}, {"EXPIRED", "EXPIRED"},   {"DELETED", "FAILED"}};

// One message and the ids that its segments got from the operator.
struct Long {
  test::Message message;
  std::vector<std::string> ids;
};

Long add_long(Planner& planner, int segments, const std::string& operator_id = {}) {
  Long item{planner.message(), {}};
  item.message.operator_message_id.clear();
  item.message.segment_count = segments;
  item.message.age = std::chrono::minutes(30);
  if (!operator_id.empty()) item.message.operator_id = operator_id;
  planner.insert(item.message);
  return item;
}

test::Correlation& add_submit(Planner& planner, Long& item, int segment) {
  item.ids.push_back(planner.digits(12));
  test::Correlation row = test::correlation_of(item.message);
  row.operator_message_id = item.ids.back();
  row.segment_index = segment;
  planner.manifest().correlations.push_back(row);
  return planner.manifest().correlations.back();
}

void send(Planner& planner, std::size_t kind, const Long& item, std::size_t submit, const Word& word, Outcome outcome,
          Phase phase = Phase::kFirst) {
  auto receipt = planner.receipt(item.message);
  receipt.operator_message_id = item.ids.at(submit);
  receipt.raw_stat = word.stat;
  planner.send(kind, receipt, word.status, phase);
  planner.expect(kind, outcome);
}

// What final segments make of their message, in the words of the contract.
std::string aggregate_of(const std::vector<std::string>& statuses) {
  const auto holds = [&](const char* status) { return std::ranges::count(statuses, status) > 0; };
  if (holds("FAILED")) return "FAILED";
  if (std::ranges::count(statuses, statuses.front()) == static_cast<std::ptrdiff_t>(statuses.size()))
    return statuses.front();
  return holds("DELIVERED") ? "PARTIAL" : "FAILED";
}

void plan_complete(Planner& planner) {
  const auto delivered = planner.kind("segments, all delivered");
  for (int i = planner.some(25); i > 0; --i) {
    const int segments = 2 + static_cast<int>(planner.below(4));
    Long item = add_long(planner, segments);
    for (int segment = 1; segment <= segments; ++segment) {
      add_submit(planner, item, segment);
      send(planner, delivered, item, item.ids.size() - 1, kWords[0], Outcome::kApplied);
    }
    planner.fate(item.message.message_id).final_status = "DELIVERED";
  }
  const auto mixed = planner.kind("segments, each as it comes");
  for (int i = planner.some(25); i > 0; --i) {
    Long item = add_long(planner, 3);
    std::vector<std::string> statuses;
    for (int segment = 1; segment <= 3; ++segment) {
      add_submit(planner, item, segment);
      const Word& word = planner.one_of(kWords);
      statuses.emplace_back(word.status);
      send(planner, mixed, item, item.ids.size() - 1, word, Outcome::kApplied);
    }
    planner.fate(item.message.message_id).final_status = aggregate_of(statuses);
  }
  const auto single = planner.kind("one receipt for all segments");
  for (int i = planner.some(8); i > 0; --i) {
    Long item = add_long(planner, 3, kSingle);
    for (int segment = 1; segment <= 3; ++segment) add_submit(planner, item, segment);
    const Word& word = planner.one_of(kWords);
    send(planner, single, item, 0, word, Outcome::kApplied);
    planner.fate(item.message.message_id).final_status = word.status;
  }
  const auto unrequested = planner.kind("a segment nobody asked about");
  for (int i = planner.some(8); i > 0; --i) {
    Long item = add_long(planner, 2);
    add_submit(planner, item, 1);
    add_submit(planner, item, 2).dlr_requested = false;
    send(planner, unrequested, item, 0, kWords[0], Outcome::kApplied);
    planner.fate(item.message.message_id).final_status = "DELIVERED";
  }
}

void plan_attempts(Planner& planner) {
  const auto kind = planner.kind("first attempt fails, second delivers");
  for (int i = planner.some(12); i > 0; --i) {
    Long item = add_long(planner, 1);
    add_submit(planner, item, 1);
    add_submit(planner, item, 1).age = std::chrono::minutes(10);
    send(planner, kind, item, 0, {"UNDELIV", "UNDELIVERED"}, Outcome::kLate);
    send(planner, kind, item, 1, kWords[0], Outcome::kApplied);
    planner.fate(item.message.message_id).final_status = "DELIVERED";
    ++planner.manifest().late_kinds["superseded_attempt"];
  }
}

void plan_a_day_later(Planner& planner) {
  const auto missing = planner.kind("a segment is missing for a day");
  for (int i = planner.some(12); i > 0; --i) {
    Long item = add_long(planner, 2);
    add_submit(planner, item, 1);
    add_submit(planner, item, 2);
    planner.manifest().a_day_older.push_back(item.message.message_id);
    send(planner, missing, item, 0, kWords[0], Outcome::kApplied);
    send(planner, missing, item, 1, kWords[0], Outcome::kLate, Phase::kSecond);
    planner.fate(item.message.message_id).final_status = "PARTIAL";
    ++planner.manifest().late_kinds["after_partial"];
    ++planner.manifest().grace_expired;
  }
  const auto replay = planner.kind("a day later the operator replays it");
  for (int i = planner.some(12); i > 0; --i) {
    Long item = add_long(planner, 1);
    add_submit(planner, item, 1);
    planner.manifest().a_day_older.push_back(item.message.message_id);
    send(planner, replay, item, 0, kWords[0], Outcome::kApplied);
    auto again = planner.receipt(item.message);
    again.operator_message_id = item.ids.front();
    again.raw_stat = "DELIVRD";
    again.received_at = test::rfc3339_now(-std::chrono::minutes(10));  // another minute than the first one's
    again.dlr_timestamp = test::rfc3339_now(-std::chrono::hours(26));
    planner.send(replay, again, "DELIVERED", Phase::kSecond);
    planner.expect(replay, Outcome::kQuarantined);
    planner.fate(item.message.message_id).final_status = "DELIVERED";
  }
}

}  // namespace

void plan_segments(Planner& planner) {
  plan_complete(planner);
  plan_attempts(planner);
  plan_a_day_later(planner);
}

}  // namespace dlrgw::demo
