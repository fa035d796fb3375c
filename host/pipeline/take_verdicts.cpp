// SPDX-License-Identifier: Apache-2.0
#include "pipeline/take_verdicts.hpp"

#include <dlrgw/abi/plugin.h>

namespace dlrgw::host {

std::optional<std::string> take_verdict(Verdict& into, const dlrgw_verdict& given, const StageSlot& stage) {
  if (given.action == DLRGW_ACTION_CONTINUE) return std::nullopt;
  if (given.action == DLRGW_ACTION_UNSET) return "left a verdict unset; give every receipt a verdict";
  if (given.action > DLRGW_ACTION_REJECT) {
    return "gave the unknown action " + std::to_string(given.action) + "; use one of DLRGW_ACTION_";
  }
  if (given.reason >= stage.plugin->reasons.size()) {
    return "gave reason " + std::to_string(given.reason) + ", but the plugin declares " +
           std::to_string(stage.plugin->reasons.size()) + " reasons; declare it";
  }
  const Reason& reason = stage.plugin->reasons[given.reason];
  into.reason = reason.name;
  into.stage = stage.name;
  into.plugin = stage.plugin->id;
  switch (given.action) {
    case DLRGW_ACTION_DROP:
      into.action = Verdict::Action::kDrop;
      into.outcome =
          reason.outcome.empty() ? std::string_view(DLRGW_OUTCOME_DROPPED) : std::string_view(reason.outcome);
      break;
    case DLRGW_ACTION_RETRY:
      into.action = Verdict::Action::kRetry;
      into.retry_after_ms = given.retry_after_ms;
      into.counts_as_retry = true;
      break;
    default:
      into.action = Verdict::Action::kReject;
      into.outcome = DLRGW_OUTCOME_REJECTED;
      break;
  }
  return std::nullopt;
}

std::optional<std::string> take_verdicts(Batch& batch, std::span<const dlrgw_verdict> given, const StageSlot& stage) {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < given.size(); ++k) {
    const std::uint32_t index = batch.alive[k];
    Receipt& receipt = batch.receipts[index];
    const bool edited = receipt.apply_edits();
    if (given[k].action != DLRGW_ACTION_CONTINUE) {
      if (auto breach = take_verdict(receipt.verdict, given[k], stage)) return breach;
      continue;
    }
    if (edited || kept != k) batch.views[kept] = receipt.view();
    batch.alive[kept++] = index;
  }
  batch.alive.resize(kept);
  batch.views.resize(kept);
  return std::nullopt;
}

}  // namespace dlrgw::host
