// SPDX-License-Identifier: Apache-2.0
// Reading a stage's verdict: pure. Whatever is not exactly one of the contract's actions fails closed.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "boundary/batch.hpp"
#include "boundary/snapshot.hpp"

namespace dlrgw::host {

// Writes the verdict into `into`; answers what is wrong with it, in which case `into` is unchanged.
std::optional<std::string> take_verdict(Verdict& into, const dlrgw_verdict& given, const StageSlot& stage);

// What a stage made of batch.alive: one verdict each, and its edits. Closes up alive and views for the next stage.
// Answers what is wrong with a verdict; the batch is then good for nothing but another run.
std::optional<std::string> take_verdicts(Batch& batch, std::span<const dlrgw_verdict> given, const StageSlot& stage);

}  // namespace dlrgw::host
