// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the look into a plugin file before it is loaded: any bytes give findings in short printable
// sentences, and only what exports the entry is not refused.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include <dlrgw/abi/plugin.h>

#include "boundary/loading/inspect.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dlrgw::host;
  constexpr std::size_t kLongestSentence = 2'000;
  const Inspection found = inspect(std::as_bytes(std::span(data, size)));
  for (const Finding& finding : found.findings) {
    if (finding.text.empty() || finding.text.size() > kLongestSentence) std::abort();
    if (!std::ranges::all_of(finding.text, [](char c) { return c >= 0x20 && c < 0x7F; })) std::abort();
  }
  const auto is_entry = [](const ExportedSymbol& symbol) { return symbol.name == DLRGW_PLUGIN_ENTRY_NAME; };
  if (found.refusal() == nullptr && std::ranges::none_of(found.exports, is_entry)) std::abort();
  return 0;
}
