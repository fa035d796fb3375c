// SPDX-License-Identifier: Apache-2.0
#include "pipeline/batch_trace.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace dlrgw::host {
namespace {

double ms(std::int64_t us) { return static_cast<double>(us) / 1e3; }

void add(std::string& out, std::string_view name, std::int64_t us) {
  char number[32];
  std::snprintf(number, sizeof number, " %.2f", ms(us));
  if (!out.empty()) out += ", ";
  out.append(name).append(number);
}

}  // namespace

BatchTrace::BatchTrace(const Batch& batch, const Snapshot& snapshot, const RunDeps& deps)
    : deps_(deps), on_(deps.logger.enabled(Level::kDebug)) {
  if (!on_) return;
  started_us_ = batch.started_mono_us;
  committed_us_ = deps.clock.monotonic_us();
  receipts_ = static_cast<std::int64_t>(batch.receipts.size() + batch.invalid.size());
  for (const Receipt& receipt : batch.receipts)
    waited_us_ = std::max(waited_us_, started_us_ - receipt.delivery().delivered_monotonic_us);
  for (std::size_t i = 0; i < batch.stage_us.size(); ++i) add(stages_, snapshot.stages[i].name, batch.stage_us[i]);
  const UnitOfWork& unit = batch.work->unit;
  for (const UnitOfWork::Execution& execution : unit.executions())
    add(statements_, execution.statement->full_name(), execution.took_us);
  session_us_ = unit.session_us();
  commit_us_ = unit.commit_us();
}

void BatchTrace::settled() {
  if (!on_) return;
  deps_.logger.emit(Level::kDebug, "dlr.batch",
                    {{"receipts", receipts_},
                     {"waitedMs", ms(waited_us_)},
                     {"tookMs", ms(deps_.clock.monotonic_us() - started_us_)},
                     {"stages", stages_},
                     {"statements", statements_},
                     {"sessionMs", ms(session_us_)},
                     {"commitMs", ms(commit_us_)},
                     {"settleMs", ms(deps_.clock.monotonic_us() - committed_us_)}});
}

}  // namespace dlrgw::host
