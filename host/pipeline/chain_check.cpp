// SPDX-License-Identifier: Apache-2.0
#include "pipeline/chain_check.hpp"

#include <algorithm>
#include <set>

namespace dlrgw::host {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

const StageDeclaration* find(std::span<const StageDeclaration> declared, std::string_view name) {
  const auto it =
      std::find_if(declared.begin(), declared.end(), [&](const StageDeclaration& d) { return d.name == name; });
  return it == declared.end() ? nullptr : &*it;
}

// Which stages could provide the fact: tells the operator what to enable or to move.
std::string provider_hint(std::span<const StageDeclaration> declared, std::string_view fact) {
  for (const StageDeclaration& d : declared) {
    if (contains(d.provides, fact))
      return "; stage \"" + d.name + "\" of plugin " + d.plugin + " provides it: put it before";
  }
  return "; no loaded plugin provides it";
}

}  // namespace

std::vector<std::string> check_chain(const ChainRequest& request, std::span<const StageDeclaration> declared) {
  std::vector<std::string> problems;
  std::set<std::string, std::less<>> facts;
  bool persisted = false;
  for (const std::string& name : request.stages) {
    const StageDeclaration* stage = find(declared, name);
    if (stage == nullptr) {
      std::vector<std::string> known;
      for (const StageDeclaration& d : declared) known.push_back(d.name);
      problems.push_back("stage \"" + name +
                         "\" is not contributed by any enabled plugin; known stages: " + joined(known));
      continue;
    }
    if (contains(request.disabled, name)) {
      if (stage->essential) {
        problems.push_back("stage \"" + name + "\" of plugin " + stage->plugin +
                           " is essential and cannot be disabled; remove it from pipeline.disabled");
      }
      continue;
    }
    for (const std::string& need : stage->needs) {
      if (!facts.contains(need)) {
        problems.push_back("stage \"" + name + "\" of plugin " + stage->plugin + " needs \"" + need +
                           "\", which no enabled stage before it provides" + provider_hint(declared, need));
      }
    }
    facts.insert(stage->provides.begin(), stage->provides.end());
    persisted = persisted || contains(stage->provides, kFactPersisted);
  }
  for (const StageDeclaration& d : declared) {
    if (d.essential && !contains(request.stages, d.name)) {
      problems.push_back("stage \"" + d.name + "\" of plugin " + d.plugin + " is essential; add it to pipeline.stages");
    }
  }
  if (!persisted) {
    problems.emplace_back(
        "no enabled stage provides \"persisted\": receipts would be acknowledged without being stored; enable the "
        "stage of "
        "the outbox plugin");
  }
  if (request.sinks.size() != 1) {
    problems.push_back("exactly one sink must be active, " + std::to_string(request.sinks.size()) +
                       " are registered (" + joined(request.sinks) + "); load one plugin that contributes a sink");
  }
  return problems;
}

}  // namespace dlrgw::host
