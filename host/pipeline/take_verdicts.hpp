// SPDX-License-Identifier: Apache-2.0
// Reading a stage's verdict: pure. Whatever is not exactly one of the contract's actions fails closed.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "boundary/batch.hpp"
#include "boundary/snapshot.hpp"

namespace dlrgw::host {

// Writes the verdict into `into`. Returns what is wrong with it, if anything is; `into` is then unchanged.
std::optional<std::string> take_verdict(Verdict& into, const dlrgw_verdict& given, const StageSlot& stage);

// Takes what a stage made of batch.alive: one verdict each, and its edits. Removes ended receipts from alive and views
// for the next stage. Returns what is wrong with a verdict, if anything is; the batch must then be run again.
std::optional<std::string> take_verdicts(Batch& batch, std::span<const dlrgw_verdict> given, const StageSlot& stage);

}  // namespace dlrgw::host
