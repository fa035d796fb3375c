// The relay's bookkeeping: what a round's answers mean, and which acknowledged rows are still to be deleted. Owned by
// the relay; one thread. No I/O.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  std::uint32_t failed = 0;
  std::int32_t result = 0;   // of the first that failed
  std::int64_t wait_us = 0;  // how long the subject backs off; 0 = not at all
  bool tell = false;         // worth a log line
};

class RelayBook {
 public:
  // Remembers what was acknowledged and lets the failing subjects back off. One report per subject of the round.
  std::vector<SubjectReport> settle(std::span<const Published> round, std::int64_t now_us);
  // Subject and id of what was acknowledged and, as far as known, is still in the table: not to be published again.
  [[nodiscard]] const std::vector<std::pair<std::string, std::int64_t>>& to_delete() const { return to_delete_; }
  void deleted() { to_delete_.clear(); }
  [[nodiscard]] std::vector<std::string> waiting(std::int64_t now_us) const { return backoff_.waiting(now_us); }

 private:
  SubjectBackoff backoff_;
  std::vector<std::pair<std::string, std::int64_t>> to_delete_;
};

// Why a publish failed, for the log.
std::string_view result_text(std::int32_t result);

}  // namespace dlrgw::outbox
