// SPDX-License-Identifier: Apache-2.0
// From the operator's id to the message: the same id at two operators, unknown ids, rows that come after the
// receipt.
#include "demo/planner.hpp"

namespace dlrgw::demo {
namespace {

test::Receipt delivered(Planner& planner, const test::Message& message) {
  auto receipt = planner.receipt(message);
  receipt.raw_stat = "DELIVRD";
  return receipt;
}

void plan_found(Planner& planner) {
  const auto kind = planner.kind("same id at two operators");
  for (int i = planner.some(20); i > 0; --i) {
    const std::string id = planner.digits(9);
    for (const auto* word : {"DELIVRD", "UNDELIV"}) {
      auto message = planner.message(id);
      message.operator_id = word == std::string("DELIVRD") ? kNorth : kSouth;
      auto receipt = planner.receipt(message);
      receipt.raw_stat = word;
      const std::string status = word == std::string("DELIVRD") ? "DELIVERED" : "UNDELIVERED";
      planner.insert(message);
      planner.send(kind, receipt, status);
      planner.expect(kind, Outcome::kApplied);
      planner.fate(message.message_id).final_status = status;
    }
  }
}

// The message is known, the row that leads to it is inserted 2 or 4 seconds after the receipt: found at a second
// look-up.
void plan_early(Planner& planner) {
  const auto kind = planner.kind("receipt before its correlation");
  for (int i = planner.some(30); i > 0; --i) {
    auto message = planner.message();
    const auto receipt = delivered(planner, message);
    auto& later = planner.below(2) == 0 ? planner.manifest().after_2s : planner.manifest().after_4s;
    later.push_back(test::correlation_of(message));
    message.operator_message_id.clear();  // no row of its own
    planner.insert(message);
    planner.send(kind, receipt, "DELIVERED", Phase::kEarly);
    planner.expect(kind, Outcome::kApplied);
    planner.fate(message.message_id).final_status = "DELIVERED";
    ++planner.manifest().retries_at_least;
  }
}

void plan_orphans(Planner& planner) {
  const auto unknown = planner.kind("unknown id");
  for (int i = planner.some(30); i > 0; --i) {
    planner.send(unknown, delivered(planner, planner.message()), "DELIVERED");
    planner.expect(unknown, Outcome::kOrphan);
    planner.manifest().retries_at_least += 2;
  }
  const auto too_old = planner.kind("submitted too long ago");
  for (int i = planner.some(6); i > 0; --i) {
    auto message = planner.message();
    message.age = std::chrono::hours(24 * 6);
    planner.insert(message);
    planner.send(too_old, delivered(planner, message), "DELIVERED");
    planner.expect(too_old, Outcome::kOrphan);
  }
  const auto missing = planner.kind("correlation without a message");
  for (int i = planner.some(6); i > 0; --i) {
    const auto message = planner.message();
    planner.manifest().correlations.push_back(test::correlation_of(message));
    planner.send(missing, delivered(planner, message), "DELIVERED");
    planner.expect(missing, Outcome::kOrphan);
  }
  const auto redelivered = planner.kind("unknown id, same event again");
  for (int i = planner.some(6); i > 0; --i) {
    const auto receipt = delivered(planner, planner.message());
    planner.send(redelivered, receipt, "DELIVERED");
    planner.send(redelivered, receipt, "DELIVERED", Phase::kSecond);
    planner.expect(redelivered, Outcome::kOrphan);
    planner.expect(redelivered, Outcome::kRedelivered);
  }
  const auto found_later = planner.kind("unknown id, known when redelivered");
  for (int i = planner.some(6); i > 0; --i) {
    auto message = planner.message();
    const auto receipt = delivered(planner, message);
    planner.manifest().before_second.push_back(test::correlation_of(message));
    message.operator_message_id.clear();
    planner.insert(message);
    planner.send(found_later, receipt, "DELIVERED");
    planner.send(found_later, receipt, "DELIVERED", Phase::kSecond);
    planner.expect(found_later, Outcome::kOrphan);
    planner.expect(found_later, Outcome::kApplied);
    planner.fate(message.message_id).final_status = "DELIVERED";
  }
}

}  // namespace

void plan_correlations(Planner& planner) {
  plan_found(planner);
  plan_early(planner);
  plan_orphans(planner);
}

}  // namespace dlrgw::demo
