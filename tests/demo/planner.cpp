// SPDX-License-Identifier: Apache-2.0
#include "demo/planner.hpp"

#include <algorithm>
#include <cmath>

#include "support/json.hpp"

namespace dlrgw::demo {

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kApplied:
      return "applied";
    case Outcome::kLate:
      return "late";
    case Outcome::kQuarantined:
      return "quarantined";
    case Outcome::kOrphan:
      return "orphan";
    case Outcome::kInvalid:
      return "invalid";
    case Outcome::kDuplicate:
      return "duplicate or dedup";
    case Outcome::kRedelivered:
      return "redelivered";
  }
  return "?";
}

Range Manifest::total(Outcome outcome) const {
  Range sum;
  for (const auto& kind : kinds)
    if (const auto expected = kind.expected.find(outcome); expected != kind.expected.end()) {
      sum.low += expected->second.low;
      sum.high += expected->second.high;
    }
  return sum;
}

Planner::Planner(std::uint64_t seed, double scale) : rng_(seed), scale_(scale) { manifest_.seed = seed; }

int Planner::some(int base) {
  const int scaled = static_cast<int>(std::ceil(base * scale_));
  return scaled + static_cast<int>(below(static_cast<std::uint64_t>(scaled) / 4 + 1));
}

std::string Planner::digits(int count) {
  std::string text(1, static_cast<char>('1' + below(9)));
  while (static_cast<int>(text.size()) < count) text += static_cast<char>('0' + below(10));
  return text;
}

std::string Planner::hex(int count) {
  std::string text;
  while (static_cast<int>(text.size()) < count) text += "0123456789abcdef"[below(16)];
  return text;
}

std::string Planner::phone_number() { return "+1555" + digits(7); }

std::size_t Planner::kind(const std::string& name) {
  manifest_.kinds.push_back({name, 0, {}});
  return manifest_.kinds.size() - 1;
}

void Planner::expect(std::size_t kind, Outcome outcome, std::int64_t low, std::int64_t high) {
  Range& range = manifest_.kinds[kind].expected[outcome];
  range.low += low;
  range.high += high;
}

test::Message Planner::message(const std::string& operator_message_id) {
  test::Message message = test::random_message(rng_, below(2) == 0 ? kNorth : kSouth);
  if (!operator_message_id.empty()) message.operator_message_id = operator_message_id;
  message.to_addr = phone_number();
  return message;
}

void Planner::insert(const test::Message& message) {
  manifest_.messages.push_back(message);
  fate(message.message_id).initial_status = message.status;
}

test::Receipt Planner::receipt(const test::Message& message) {
  const std::chrono::milliseconds age(1000 + below(30'000));
  test::Receipt receipt;
  receipt.event_id = uuid();
  receipt.operator_id = message.operator_id;
  receipt.operator_message_id = message.operator_message_id;
  receipt.received_at = test::rfc3339_now(-age);
  receipt.dlr_timestamp = test::rfc3339_now(-age - std::chrono::milliseconds(500 + below(20'000)));
  if (below(2) == 0) {  // who wrote to whom must never turn up in a log line
    receipt.more.emplace_back("sourceAddr", test::json_quote(message.to_addr));
    receipt.more.emplace_back("destAddr", test::json_quote(phone_number()));
  }
  return receipt;
}

void Planner::send(std::size_t kind, const test::Receipt& receipt, const std::string& status, Phase phase) {
  manifest_.receipts.push_back({kind, phase, receipt.event_id, status, receipt.json()});
  ++manifest_.kinds[kind].sent;
}

void Planner::send_payload(std::size_t kind, const std::string& payload) {
  manifest_.receipts.push_back({kind, Phase::kFirst, {}, {}, payload});
  ++manifest_.kinds[kind].sent;
}

Manifest Planner::finish() {
  auto& receipts = manifest_.receipts;
  std::shuffle(receipts.begin(), receipts.end(), rng_);
  std::stable_sort(receipts.begin(), receipts.end(),
                   [](const Planned& a, const Planned& b) { return a.phase < b.phase; });
  return std::move(manifest_);
}

Manifest make_manifest(std::uint64_t seed, std::int64_t count) {
  constexpr double kAtScaleOne = 1000;  // the least that the parts below add up to
  Planner planner(seed, std::max(1.0, static_cast<double>(count) / kAtScaleOne));
  plan_states(planner);
  plan_texts(planner);
  plan_sequences(planner);
  plan_segments(planner);
  plan_correlations(planner);
  plan_invalid(planner);
  return planner.finish();
}

}  // namespace dlrgw::demo
