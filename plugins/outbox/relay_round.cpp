#include "relay_round.hpp"

#include <map>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {

std::vector<SubjectReport> RelayBook::settle(std::span<const Published> round, std::int64_t now_us) {
  std::map<std::string_view, SubjectReport> subjects;
  for (const Published& item : round) {
    SubjectReport& report = subjects[item.subject];
    if (item.result == DLRGW_OK) {
      ++report.acknowledged;
      to_delete_.emplace_back(item.subject, item.id);
    } else if (++report.failed == 1) {
      report.result = item.result;
    }
  }
  std::vector<SubjectReport> out;
  for (auto& [subject, report] : subjects) {
    report.subject = subject;
    // A subject on which something went through works: what failed on it waits for the first step only, so that one
    // event that a stream refuses does not hold the others up.
    if (report.acknowledged != 0 && report.failed == 0) backoff_.succeeded(subject);
    if (report.failed != 0) {
      const bool was_failing = report.acknowledged != 0 && backoff_.succeeded(subject);
      const SubjectBackoff::Failure failure = backoff_.failed(subject, now_us);
      report.wait_us = failure.wait_us;
      report.tell = failure.is_new_step && !was_failing;
    }
    out.push_back(std::move(report));
  }
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
    default:
      return "publish failed";
  }
}

}  // namespace dlrgw::outbox
