// SPDX-License-Identifier: Apache-2.0
// The relay's bookkeeping: what a round's answers mean, and what of which rows is still to go from the table. Owned by
// the relay; one thread. No I/O.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parked_rows.hpp"
#include "subject_backoff.hpp"

namespace dlrgw::outbox {

// An event of a row, and what its stream said: DLRGW_OK, a code of dlrgw/abi/publish.h, or that nobody asked it.
struct PublishedEvent {
  static constexpr std::int32_t kNotTried = -1;
  std::string_view id;
  std::string_view json;  // as it stands in the row
  std::int32_t result = kNotTried;
};

// A row of a round, with all its events in their order.
struct PublishedRow {
  std::int64_t id = 0;
  std::string_view subject;
  std::vector<PublishedEvent> events;
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
  std::int64_t row = 0;
  std::string subject, event_id;
  std::int32_t result = 0;
  std::int64_t wait_us = 0;
};

struct RoundReport {
  std::vector<SubjectReport> subjects;  // one for each of the round of which something was tried
  std::vector<EventReport> events;
};

// A row of which something was acknowledged: what is left of it goes back in the transaction that deletes it.
struct SettledRow {
  std::int64_t id = 0;
  std::string subject;
  std::int64_t rest_count = 0;  // 0 = it is deleted for good
  std::string rest;             // a JSON array
};

class RelayBook {
 public:
  // Remembers what was acknowledged, parks what a stream refuses for itself, and lets the failing subjects back off.
  RoundReport settle(std::span<const PublishedRow> round, std::int64_t now_us);
  // A row that cannot be read is parked as well. True: worth a log line.
  bool unreadable(std::int64_t row, std::int64_t now_us);

  // What, as far as known, is still in the table as it was: not to be published again.
  [[nodiscard]] const std::vector<SettledRow>& settled() const { return settled_; }
  void settled_is_stored() { settled_.clear(); }

  // Subjects that fail, and of these the ones whose time to be tried again has come: with one event.
  [[nodiscard]] std::vector<std::string> failing() const { return backoff_.failing(); }
  [[nodiscard]] std::vector<std::string> due(std::int64_t now_us) const { return backoff_.due(now_us); }
  // Rows that a look leaves out: parked or settled.
  [[nodiscard]] std::vector<std::int64_t> without(std::int64_t now_us) const;
  [[nodiscard]] bool left_alone(std::int64_t row, std::string_view event, std::int64_t now_us) const {
    return parked_.left_alone(row, event, now_us);
  }

 private:
  void settle_row(const PublishedRow& row, SubjectReport& subject, std::vector<EventReport>& events,
                  std::int64_t now_us);

  SubjectBackoff backoff_;
  ParkedRows parked_;
  std::vector<SettledRow> settled_;
};

// Why a publish failed, for the log.
std::string_view result_text(std::int32_t result);

}  // namespace dlrgw::outbox
