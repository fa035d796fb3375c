// Reading a stage's verdict: pure. Whatever is not exactly one of the contract's actions fails closed.
#pragma once
#include <optional>
#include <string>

#include "pipeline/receipt.hpp"
#include "pipeline/snapshot.hpp"

namespace dlrgw::host {

// Writes the verdict into `into`; answers what is wrong with it, in which case `into` is unchanged.
std::optional<std::string> take_verdict(Verdict& into, const dlrgw_verdict& given, const StageSlot& stage);

}  // namespace dlrgw::host
