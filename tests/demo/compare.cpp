// SPDX-License-Identifier: Apache-2.0
#include "demo/compare.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace dlrgw::demo {
namespace {

constexpr std::size_t kDiscrepanciesShown = 20;
using Rows = std::multimap<std::string, std::string>;

void note(Comparison& result, const std::string& text) {
  if (result.discrepancies.size() < kDiscrepanciesShown) result.discrepancies.push_back(text);
}

struct Tally {
  std::map<Outcome, std::int64_t> found;  // rows that carry the right status
  std::int64_t rows = 0;                  // all rows
};

void count_rows(Comparison& result, const Kind& kind, const Planned& receipt, Outcome outcome, const Rows& rows,
                Tally& tally) {
  const auto [first, last] = rows.equal_range(receipt.event_id);
  for (auto row = first; row != last; ++row) {
    ++tally.rows;
    if (!kind.expected.contains(outcome))
      note(result, kind.name + ": event " + receipt.event_id + " is " + to_string(outcome));
    else if (row->second != receipt.status)
      note(result, kind.name + ": event " + receipt.event_id + " means " + receipt.status + ", found " + row->second);
    else
      ++tally.found[outcome];
  }
}

Section compare_kinds(Comparison& result, const Manifest& manifest, const Observation& seen) {
  std::vector<Tally> tallies(manifest.kinds.size());
  std::set<std::string> counted;  // an event that was sent twice has its rows counted once
  for (std::size_t i = 0; i < manifest.receipts.size(); ++i) {
    const Planned& receipt = manifest.receipts[i];
    const Kind& kind = manifest.kinds[receipt.kind];
    Tally& tally = tallies[receipt.kind];
    const auto invalid = static_cast<std::int64_t>(seen.invalid.count(i + 1));  // published in this order, from 1 on
    tally.found[Outcome::kInvalid] += invalid;
    tally.rows += invalid;
    if ((invalid == 1) != kind.expected.contains(Outcome::kInvalid))
      note(result, kind.name + ": stream sequence " + std::to_string(i + 1) + " has " + std::to_string(invalid) +
                       " rows in dlr.invalid_dlrs");
    if (receipt.event_id.empty() || !counted.insert(receipt.event_id).second) continue;
    const std::int64_t before = tally.rows;
    count_rows(result, kind, receipt, Outcome::kApplied, seen.applied, tally);
    count_rows(result, kind, receipt, Outcome::kLate, seen.late, tally);
    count_rows(result, kind, receipt, Outcome::kQuarantined, seen.quarantined, tally);
    count_rows(result, kind, receipt, Outcome::kOrphan, seen.orphans, tally);
    if (tally.rows == before && !kind.expected.contains(Outcome::kDuplicate) && invalid == 0)
      note(result, kind.name + ": event " + receipt.event_id + " has left no row");
  }
  Section section{"What became of each kind (rows in the database)", {}};
  for (std::size_t k = 0; k < manifest.kinds.size(); ++k) {
    const Kind& kind = manifest.kinds[k];
    bool first = true;
    for (const auto& [outcome, expected] : kind.expected) {
      const bool leaves_no_row = outcome == Outcome::kDuplicate || outcome == Outcome::kRedelivered;
      const std::int64_t found = leaves_no_row ? kind.sent - tallies[k].rows : tallies[k].found[outcome];
      section.lines.push_back({first ? kind.name : "", first ? kind.sent : -1, to_string(outcome), expected, found});
      first = false;
    }
  }
  auto unexplained = static_cast<std::int64_t>(seen.applied.size() + seen.late.size() + seen.quarantined.size() +
                                               seen.orphans.size() + seen.invalid.size());
  for (const Tally& tally : tallies)
    for (const auto& [outcome, found] : tally.found) unexplained -= found;
  section.lines.push_back({"rows that no receipt explains", -1, "", {0, 0}, unexplained});
  return section;
}

Section compare_metrics(const Manifest& manifest, const Observation& seen) {
  const auto processed = [&](const char* outcome) {
    return static_cast<std::int64_t>(seen.metrics.sum("dlr_processed_total", {{"outcome", outcome}}));
  };
  const auto metric = [&](const char* name) { return static_cast<std::int64_t>(seen.metrics.sum(name)); };
  const auto sent = static_cast<std::int64_t>(manifest.receipts.size());
  Section section{"Counters of the gateway (/metrics)", {}};
  const auto add = [&](const std::string& name, Range expected, std::int64_t found) {
    section.lines.push_back({name, -1, "", expected, found});
  };
  add("dlr_received_total", {sent, sent}, metric("dlr_received_total"));
  add("dlr_processed_total, all outcomes", {sent, sent}, metric("dlr_processed_total"));
  for (const Outcome outcome : {Outcome::kApplied, Outcome::kLate, Outcome::kQuarantined, Outcome::kOrphan,
                                Outcome::kInvalid, Outcome::kRedelivered})
    add(std::string("… ") + to_string(outcome), manifest.total(outcome), processed(to_string(outcome)));
  add("… duplicate + dedup", manifest.total(Outcome::kDuplicate), processed("duplicate") + processed("dedup"));
  add("… rejected, dropped", {0, 0}, processed("rejected") + processed("dropped"));
  add("dlr_duplicates_total", manifest.total(Outcome::kDuplicate), metric("dlr_duplicates_total"));
  for (const auto& [kind, count] : manifest.late_kinds)
    add("dlr_late_total, " + kind, {count, count},
        static_cast<std::int64_t>(seen.metrics.sum("dlr_late_total", {{"kind", kind}})));
  add("dlr_quarantined_total", manifest.total(Outcome::kQuarantined), metric("dlr_quarantined_total"));
  add("dlr_orphans_total", manifest.total(Outcome::kOrphan), metric("dlr_orphans_total"));
  add("dlr_correlation_retry_total", {manifest.retries_at_least, 3 * sent}, metric("dlr_correlation_retry_total"));
  return section;
}

struct MessageEvents {
  std::vector<const Event*> billing, aggregated, final_webhooks, provisional;
};

bool has_one(const std::vector<const Event*>& events, const std::string& status) {
  return events.size() == 1 && events.front()->status == status;
}

Section compare_events(Comparison& result, const Manifest& manifest, const Observation& seen) {
  std::map<std::string, MessageEvents> by_message;
  std::set<std::string> ids;
  std::int64_t unmatched = 0;
  std::int64_t grace_expired = 0;
  std::int64_t right_id = 0;
  for (const Event& event : seen.events) {
    ids.insert(event.msg_id);
    right_id += !event.msg_id.empty() && event.msg_id == event.event_id ? 1 : 0;
    MessageEvents& of = by_message[event.message_id];
    if (event.subject == "billing.events") of.billing.push_back(&event);
    if (event.subject == "sms.dlr.aggregated.v1") of.aggregated.push_back(&event);
    if (event.subject == "webhook.dispatch")
      (event.final == "true" ? of.final_webhooks : of.provisional).push_back(&event);
    if (event.subject == "sms.dlr.unmatched") ++unmatched;
    if (event.status == "PARTIAL" && event.reason == "grace_expired") ++grace_expired;
  }
  std::int64_t decided = 0, billed = 0, aggregated = 0, hooked = 0, stray = 0, provisional = 0, wrong_sequence = 0;
  Range expected_provisional;
  for (const auto& [message_id, fate] : manifest.fates) {
    const MessageEvents& of = by_message[message_id];
    expected_provisional.low += fate.provisional.low;
    expected_provisional.high += fate.provisional.high;
    provisional += static_cast<std::int64_t>(of.provisional.size());
    std::set<std::string> sequences;
    for (const auto* list : {&of.final_webhooks, &of.provisional})
      for (const Event* event : *list) sequences.insert(event->sequence);
    if (sequences.size() != of.final_webhooks.size() + of.provisional.size()) ++wrong_sequence;
    if (!fate.provisional.holds(static_cast<std::int64_t>(of.provisional.size())))
      note(result, "message " + message_id + " has " + std::to_string(of.provisional.size()) + " provisional webhooks");
    if (fate.final_status.empty()) {
      stray += static_cast<std::int64_t>(of.billing.size() + of.aggregated.size() + of.final_webhooks.size());
      continue;
    }
    ++decided;
    billed += has_one(of.billing, fate.final_status) ? 1 : 0;
    aggregated += has_one(of.aggregated, fate.final_status) ? 1 : 0;
    hooked += has_one(of.final_webhooks, fate.final_status) ? 1 : 0;
    if (!has_one(of.billing, fate.final_status))
      note(result, "message " + message_id + ": " + std::to_string(of.billing.size()) +
                       " billing events, expected one " + fate.final_status);
  }
  for (const auto& [message_id, of] : by_message)
    if (!manifest.fates.contains(message_id)) stray += static_cast<std::int64_t>(of.billing.size());
  const auto events = static_cast<std::int64_t>(seen.events.size());
  Section section{"Events captured from NATS", {}};
  const auto add = [&](const std::string& name, Range expected, std::int64_t found) {
    section.lines.push_back({name, -1, "", expected, found});
  };
  add("messages with exactly one billing event", {decided, decided}, billed);
  add("messages with exactly one aggregated event", {decided, decided}, aggregated);
  add("messages with exactly one final webhook", {decided, decided}, hooked);
  add("messages that are PARTIAL after a day", {manifest.grace_expired, manifest.grace_expired}, grace_expired);
  add("provisional webhooks", expected_provisional, provisional);
  add("final events of messages that none decided", {0, 0}, stray);
  add("messages whose webhooks repeat a sequence", {0, 0}, wrong_sequence);
  add("sms.dlr.unmatched", manifest.total(Outcome::kOrphan), unmatched);
  add("distinct Nats-Msg-Id", {events, events}, static_cast<std::int64_t>(ids.size()));
  add("Nats-Msg-Id that equals eventId", {events, events}, right_id);
  return section;
}

// Digits of every number that a message was sent to, or a receipt names, must not appear anywhere in these texts.
std::int64_t lines_with_numbers(const Manifest& manifest, const std::vector<std::string>& texts) {
  std::set<std::string> numbers;
  for (const auto& message : manifest.messages) numbers.insert(message.to_addr.substr(1));
  for (const auto& receipt : manifest.receipts)
    for (auto at = receipt.payload.find("\"+1555"); at != std::string::npos;
         at = receipt.payload.find("\"+1555", at + 1))
      numbers.insert(receipt.payload.substr(at + 2, 11));
  return std::count_if(texts.begin(), texts.end(), [&](const std::string& text) {
    for (auto at = text.find("1555"); at != std::string::npos; at = text.find("1555", at + 1))
      if (numbers.contains(text.substr(at, 11))) return true;
    return false;
  });
}

Section compare_messages(Comparison& result, const Manifest& manifest, const Observation& seen) {
  std::int64_t decided = 0, right = 0, untouched = 0, still = 0;
  for (const auto& [message_id, fate] : manifest.fates) {
    const auto row = seen.messages.find(message_id);
    const bool there = row != seen.messages.end();
    if (fate.final_status.empty()) {
      ++untouched;
      still += there && row->second.status == fate.initial_status && row->second.dlr_status.empty() ? 1 : 0;
      continue;
    }
    ++decided;
    if (there && row->second.status == fate.final_status && row->second.dlr_status == fate.final_status)
      ++right;
    else
      note(result, "message " + message_id + " is " +
                       (there ? row->second.status + "/" + row->second.dlr_status : "gone") + ", expected " +
                       fate.final_status);
  }
  std::vector<std::string> quiet_events;
  for (const Event& event : seen.events)
    if (event.subject != "webhook.dispatch") quiet_events.push_back(event.data);
  Section section{"Messages, outbox, logs", {}};
  const auto add = [&](const std::string& name, Range expected, std::int64_t found) {
    section.lines.push_back({name, -1, "", expected, found});
  };
  add("messages that a receipt made final", {decided, decided}, right);
  add("messages left as they were", {untouched, untouched}, still);
  for (const auto& [kind, count] : manifest.late_kinds) {
    const auto found = seen.late_kinds.find(kind);
    add("late receipts, " + kind, {count, count}, found == seen.late_kinds.end() ? 0 : found->second);
  }
  add("audit rows of PARTIAL messages", {manifest.grace_expired, manifest.grace_expired}, seen.partial_audits);
  add("events left in dlr.outbox", {0, 0}, seen.outbox_events);
  const auto known_later = static_cast<std::int64_t>(manifest.before_second.size());
  add("orphans resolved by a redelivery", {known_later, known_later}, seen.resolved_orphans);
  add("log lines with a phone number", {0, 0}, lines_with_numbers(manifest, seen.log));
  add("events but webhooks with a phone number", {0, 0}, lines_with_numbers(manifest, quiet_events));
  return section;
}

}  // namespace

bool Comparison::agrees() const {
  return std::all_of(sections.begin(), sections.end(), [](const Section& section) {
    return std::all_of(section.lines.begin(), section.lines.end(), [](const Line& line) { return line.ok(); });
  });
}

Comparison compare(const Manifest& manifest, const Observation& seen) {
  Comparison result;
  result.sections.push_back(compare_kinds(result, manifest, seen));
  result.sections.push_back(compare_metrics(manifest, seen));
  result.sections.push_back(compare_events(result, manifest, seen));
  result.sections.push_back(compare_messages(result, manifest, seen));
  return result;
}

}  // namespace dlrgw::demo
