// SPDX-License-Identifier: Apache-2.0
// Puts stored orphans through the chain again: by the job `correlate.recorrelate` once their correlation has appeared,
// and by hand. The effects and the resolution are one transaction. Owned by the plugin; its job and routes use it
// concurrently.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "orphan_reader.hpp"

namespace dlrgw::correlate {

// Named by the submission of a stored orphan and read by the stage: its row exists, its resolution is not the stage's.
inline constexpr std::string_view kSkipOrphan = "orphan";

// The job leaves orphans older than this alone, because their message has been decided without them. An administrator
// may try any stored orphan.
inline constexpr std::int64_t kOldestOrphanUs = 72 * 3600LL * 1'000'000;

enum class ResolvedBy { kJob, kHand };

class Recorrelation {
 public:
  // window_us, skew_us: bounds of the submit around the receipt, as in the stage.
  Recorrelation(Host host, std::int64_t window_us, std::int64_t skew_us);

  // Outcome `orphan`: still not found, nothing was written; `rejected` and `retry`: nothing either. Throws
  // DLRGW_E_DENIED when it is resolved already, _DATA when the payload is no receipt, _UNAVAILABLE, _TRANSIENT.
  [[nodiscard]] SubmissionResult submit(const OrphanRecord& orphan, ResolvedBy by, std::string_view actor) const;

  // The job: looks at every unresolved orphan that is young enough and submits those whose correlation is there. A
  // failure is logged and the next orphan is tried; it throws at the end if there was a failure, and at once when a
  // dependency is away. The next run begins behind that place, and the one after it with the oldest orphan again.
  void run(const JobContext& context);

 private:
  struct Looked {
    OrphanPlace place;
    bool due = false;
  };
  [[nodiscard]] std::vector<Looked> look(const OrphanPlace& behind, std::int64_t now_us) const;
  enum class Tried { kDone, kFailed, kAway };
  [[nodiscard]] Tried resolve(const std::string& orphan_id) const;

  std::int64_t window_us_, skew_us_;
  Sql sql_;
  Clock clock_;
  Log log_;
  Pipeline pipeline_;
  OrphanReader reader_;
  Metric resolved_;
  SqlStatement look_, resolution_;
  std::optional<OrphanPlace> gave_up_at_;  // of the job's last run; on its thread
};

}  // namespace dlrgw::correlate
