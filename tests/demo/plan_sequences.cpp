// SPDX-License-Identifier: Apache-2.0
// Several receipts of one message: repeats of every sort, the intermediate before the final one, and what comes too
// late.
#include "demo/planner.hpp"

namespace dlrgw::demo {
namespace {

constexpr const char* kFinals[][2] = {{"DELIVRD", "DELIVERED"}, {"UNDELIV", "UNDELIVERED"}, {"EXPIRED", "EXPIRED"}};

struct First {
  test::Message message;
  test::Receipt receipt;
  std::string status;
};

// A message whose final receipt is sent in the first phase.
First send_first(Planner& planner, std::size_t kind) {
  First first{planner.message(), {}, {}};
  const auto& word = planner.one_of(kFinals);
  first.receipt = planner.receipt(first.message);
  first.receipt.raw_stat = word[0];
  first.status = word[1];
  planner.insert(first.message);
  planner.send(kind, first.receipt, first.status);
  planner.expect(kind, Outcome::kApplied);
  planner.fate(first.message.message_id).final_status = first.status;
  return first;
}

test::Receipt again(Planner& planner, const First& first) {  // the operator repeats itself: a new event
  test::Receipt receipt = first.receipt;
  receipt.event_id = planner.uuid();
  return receipt;
}

void plan_repeats(Planner& planner) {
  const auto same_event = planner.kind("same event twice, at once");
  for (int i = planner.some(25); i > 0; --i) {
    const auto first = send_first(planner, same_event);
    planner.send(same_event, first.receipt, first.status);
    planner.expect(same_event, Outcome::kRedelivered);
  }
  const auto same_event_later = planner.kind("same event again, later");
  for (int i = planner.some(15); i > 0; --i) {
    const auto first = send_first(planner, same_event_later);
    planner.send(same_event_later, first.receipt, first.status, Phase::kSecond);
    planner.expect(same_event_later, Outcome::kRedelivered);
  }
  const auto rapid = planner.kind("five rapid duplicates");
  for (int i = planner.some(12); i > 0; --i) {
    const auto first = send_first(planner, rapid);
    for (int copy = 0; copy < 5; ++copy) planner.send(rapid, again(planner, first), first.status);
    planner.expect(rapid, Outcome::kDuplicate, 5, 5);
  }
  const auto later = planner.kind("duplicate, later");
  for (int i = planner.some(20); i > 0; --i) {
    const auto first = send_first(planner, later);
    auto receipt = again(planner, first);
    receipt.received_at = test::rfc3339_now();
    planner.send(later, receipt, first.status, Phase::kSecond);
    planner.expect(later, Outcome::kDuplicate);
  }
}

void plan_intermediates(Planner& planner) {
  const auto in_order = planner.kind("intermediate, then final");
  for (int i = planner.some(35); i > 0; --i) {
    const auto message = planner.message();
    auto intermediate = planner.receipt(message);
    intermediate.raw_stat = planner.below(2) == 0 ? "ACCEPTD" : "ENROUTE";
    auto final = planner.receipt(message);
    const auto& word = planner.one_of(kFinals);
    final.raw_stat = word[0];
    planner.insert(message);
    planner.send(in_order, intermediate, "UNKNOWN");
    planner.send(in_order, final, word[1], Phase::kSecond);
    planner.expect(in_order, Outcome::kApplied, 2, 2);
    planner.fate(message.message_id) = {word[1], message.status, {1, 1}};
  }
  // Whichever is processed first: the final one counts, the intermediate one is applied before it or late behind it.
  const auto at_once = planner.kind("intermediate and final at once");
  for (int i = planner.some(20); i > 0; --i) {
    const auto first = send_first(planner, at_once);
    auto intermediate = planner.receipt(first.message);
    intermediate.raw_stat = "ACCEPTD";
    planner.send(at_once, intermediate, "UNKNOWN");
    planner.expect(at_once, Outcome::kApplied, 0, 1);
    planner.expect(at_once, Outcome::kLate, 0, 1);
    planner.fate(first.message.message_id).provisional = {0, 1};
  }
  const auto two_raws = planner.kind("two intermediates, one repeated");
  for (int i = planner.some(10); i > 0; --i) {
    const auto message = planner.message();
    planner.insert(message);
    for (const char* raw : {"ACCEPTD", "ENROUTE", "ACCEPTD"}) {
      auto receipt = planner.receipt(message);
      receipt.raw_stat = raw;
      planner.send(two_raws, receipt, "UNKNOWN");
    }
    planner.expect(two_raws, Outcome::kApplied, 2, 2);
    planner.expect(two_raws, Outcome::kDuplicate);
    planner.fate(message.message_id).provisional = {2, 2};
  }
}

void plan_late(Planner& planner) {
  const auto conflict = planner.kind("another final status, later");
  for (int i = planner.some(25); i > 0; --i) {
    const auto first = send_first(planner, conflict);
    auto receipt = planner.receipt(first.message);
    receipt.raw_stat = "REJECTD";
    planner.send(conflict, receipt, "REJECTED", Phase::kSecond);
    planner.expect(conflict, Outcome::kLate);
  }
  const auto transient = planner.kind("intermediate behind the final");
  for (int i = planner.some(15); i > 0; --i) {
    const auto first = send_first(planner, transient);
    auto receipt = planner.receipt(first.message);
    receipt.raw_stat = "ENROUTE";
    planner.send(transient, receipt, "UNKNOWN", Phase::kSecond);
    planner.expect(transient, Outcome::kLate);
  }
  const auto decided = planner.kind("message already final elsewhere");
  for (int i = planner.some(10); i > 0; --i) {
    auto message = planner.message();
    message.status = "EXPIRED";
    auto receipt = planner.receipt(message);
    receipt.raw_stat = "DELIVRD";
    planner.insert(message);
    planner.send(decided, receipt, "DELIVERED");
    planner.expect(decided, Outcome::kLate);
  }
}

}  // namespace

void plan_sequences(Planner& planner) {
  plan_repeats(planner);
  plan_intermediates(planner);
  plan_late(planner);
}

}  // namespace dlrgw::demo
