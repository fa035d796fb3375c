// SPDX-License-Identifier: Apache-2.0
// The relay's bookkeeping: what a round's answers mean, and which acknowledged rows are still to be deleted. Owned by
// the relay; one thread. No I/O.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parked_events.hpp"
#include "subject_backoff.hpp"

namespace dlrgw::outbox {

// One row that was published, and the stream's answer (DLRGW_OK or a code of dlrgw/abi/publish.h).
struct Published {
  std::int64_t id = 0;
  std::string_view subject;
  std::int32_t result = 0;
};

struct SubjectReport {
  std::string subject;
  std::uint32_t acknowledged = 0;
  std::uint32_t failed = 0;  // without those that are parked
  std::int32_t result = 0;   // of the first that failed
  std::int64_t wait_us = 0;  // how long the subject backs off; 0 = not at all
  bool tell = false;         // it is worth a log line
};

// An event that is left alone by itself, worth a log line.
struct EventReport {
  std::int64_t id = 0;
  std::int32_t result = 0;
  std::int64_t wait_us = 0;
};

struct RoundReport {
  std::vector<SubjectReport> subjects;  // one for each of the round
  std::vector<EventReport> events;
};

class RelayBook {
 public:
  // Remembers what was acknowledged, parks what a stream refuses for itself, and lets the failing subjects back off.
  RoundReport settle(std::span<const Published> round, std::int64_t now_us);
  // A row that cannot be read is parked as well. True: worth a log line.
  bool unreadable(std::int64_t id, std::int64_t now_us);
  // Subject and id of what was acknowledged and, as far as known, is still in the table: not to be published again.
  [[nodiscard]] const std::vector<std::pair<std::string, std::int64_t>>& to_delete() const { return to_delete_; }
  void deleted() { to_delete_.clear(); }
  // Subjects that fail, and of these the ones whose time to be tried again has come: with one event.
  [[nodiscard]] std::vector<std::string> failing() const { return backoff_.failing(); }
  [[nodiscard]] std::vector<std::string> due(std::int64_t now_us) const { return backoff_.due(now_us); }
  [[nodiscard]] std::vector<std::int64_t> parked(std::int64_t now_us) const { return parked_.waiting(now_us); }

 private:
  SubjectBackoff backoff_;
  ParkedEvents parked_;
  std::vector<std::pair<std::string, std::int64_t>> to_delete_;
};

// Why a publish failed, for the log.
std::string_view result_text(std::int32_t result);

}  // namespace dlrgw::outbox
