// SPDX-License-Identifier: Apache-2.0
#include "relay_round.hpp"

#include <algorithm>
#include <map>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {
namespace {

// Whether the stream refuses this event for good, which says nothing about other events.
bool refuses_the_event(std::int32_t result) { return result == DLRGW_E_DATA || result == DLRGW_E_INVALID; }

// What is left of a row of which something was acknowledged.
SettledRow settled_row(const PublishedRow& row) {
  SettledRow out{row.id, std::string(row.subject), 0, {}};
  for (const PublishedEvent& event : row.events) {
    if (event.result == DLRGW_OK) continue;
    out.rest += out.rest_count++ == 0 ? '[' : ',';
    out.rest += event.json;
  }
  if (out.rest_count != 0) out.rest += ']';
  return out;
}

}  // namespace

void RelayBook::settle_row(const PublishedRow& row, SubjectReport& subject, std::vector<EventReport>& events,
                           std::int64_t now_us) {
  std::vector<std::string_view> refused, left;
  std::uint32_t acknowledged = 0;
  const auto count_failure = [&](std::int32_t result) {
    if (++subject.failed == 1) subject.result = result;
  };
  for (const PublishedEvent& event : row.events) {
    if (event.result == DLRGW_OK) {
      ++acknowledged;
      continue;
    }
    left.push_back(event.id);
    if (event.result == PublishedEvent::kNotTried) continue;
    refuses_the_event(event.result) ? refused.push_back(event.id) : count_failure(event.result);
  }
  const auto parked = refused.empty() ? std::nullopt : parked_.refused(row.id, refused, now_us);
  for (const PublishedEvent& event : row.events) {
    if (!refuses_the_event(event.result)) continue;
    if (!parked) count_failure(event.result);
    if (parked && parked->is_new_step)
      events.push_back({row.id, std::string(row.subject), std::string(event.id), event.result, parked->wait_us});
  }
  parked_.holds(row.id, left);
  if (acknowledged != 0) settled_.push_back(settled_row(row));
  subject.acknowledged += acknowledged;
}

RoundReport RelayBook::settle(std::span<const PublishedRow> round, std::int64_t now_us) {
  std::map<std::string_view, SubjectReport> subjects;
  RoundReport out;
  for (const PublishedRow& row : round) {
    const auto tried = [](const PublishedEvent& event) { return event.result != PublishedEvent::kNotTried; };
    if (std::ranges::any_of(row.events, tried)) settle_row(row, subjects[row.subject], out.events, now_us);
  }
  for (auto& [subject, report] : subjects) {
    report.subject = subject;
    if (report.failed == 0) backoff_.succeeded(subject);  // only parked events failed: the stream itself answers
    if (report.failed != 0) {
      // A subject on which something went through works: what failed on it waits for the first step only.
      const bool was_failing = report.acknowledged != 0 && backoff_.succeeded(subject);
      const SubjectBackoff::Failure failure = backoff_.failed(subject, now_us);
      report.wait_us = failure.wait_us;
      report.tell = failure.is_new_step && !was_failing;
    }
    out.subjects.push_back(std::move(report));
  }
  return out;
}

bool RelayBook::unreadable(std::int64_t row, std::int64_t now_us) {
  const auto parked = parked_.unreadable(row, now_us);
  return parked && parked->is_new_step;
}

std::vector<std::int64_t> RelayBook::without(std::int64_t now_us) const {
  std::vector<std::int64_t> out = parked_.waiting(now_us);
  for (const SettledRow& row : settled_) out.push_back(row.id);
  return out;
}

std::string_view result_text(std::int32_t result) {
  switch (result) {
    case DLRGW_E_UNAVAILABLE:
      return "no connection to NATS";
    case DLRGW_E_TRANSIENT:
      return "no PubAck within the time-out";
    case DLRGW_E_NOT_FOUND:
      return "no stream takes the subject";
    case DLRGW_E_DATA:
      return "the stream refused the message";
    case DLRGW_E_INVALID:
      return "nothing can be published to this subject";
    default:
      return "publish failed";
  }
}

}  // namespace dlrgw::outbox
