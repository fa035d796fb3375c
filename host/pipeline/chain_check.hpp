// SPDX-License-Identifier: Apache-2.0
// Whether a chain of stages can work: pure, used at start, by `check` and by a reload. Every problem is one sentence.
#pragma once
#include <span>
#include <string>
#include <vector>

namespace dlrgw::host {

struct StageDeclaration {
  std::string name;
  std::string plugin;
  bool essential = false;
  std::vector<std::string> needs, provides;
};

struct ChainRequest {
  std::vector<std::string> stages;    // [pipeline] stages
  std::vector<std::string> disabled;  // [pipeline] disabled
  std::vector<std::string> sinks;     // plugins that registered a sink
};

inline constexpr std::string_view kFactPersisted = "persisted";

// Empty = valid. Refused: an unknown stage, an essential stage left out or disabled, a need that no earlier enabled
// stage provides, no stage that provides "persisted", not exactly one sink.
std::vector<std::string> check_chain(const ChainRequest& request, std::span<const StageDeclaration> declared);

}  // namespace dlrgw::host
