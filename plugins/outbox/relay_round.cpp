// SPDX-License-Identifier: Apache-2.0
#include "relay_round.hpp"

#include <map>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {
namespace {

// Whether the stream refuses this event for good, which says nothing about other events.
bool refuses_the_event(std::int32_t result) { return result == DLRGW_E_DATA || result == DLRGW_E_INVALID; }

}  // namespace

RoundReport RelayBook::settle(std::span<const Published> round, std::int64_t now_us) {
  std::map<std::string_view, SubjectReport> subjects;
  RoundReport out;
  for (const Published& item : round) {
    SubjectReport& report = subjects[item.subject];
    if (item.result == DLRGW_OK) {
      ++report.acknowledged;
      to_delete_.emplace_back(item.subject, item.id);
      parked_.released(item.id);
      continue;
    }
    if (refuses_the_event(item.result)) {
      if (const auto parked = parked_.park(item.id, now_us)) {
        if (parked->is_new_step) out.events.push_back({item.id, item.result, parked->wait_us});
        continue;
      }
    }
    if (++report.failed == 1) report.result = item.result;
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

bool RelayBook::unreadable(std::int64_t id, std::int64_t now_us) {
  const auto parked = parked_.park(id, now_us);
  return parked && parked->is_new_step;
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
