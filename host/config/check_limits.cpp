// SPDX-License-Identifier: Apache-2.0
#include "config/check_limits.hpp"

#include <string>

namespace dlrgw::host {
namespace {

constexpr std::string_view kLimit = "intake.max_retries";

std::string where(const std::string& file, Position at) {
  if (at == Position{}) return "its default";
  return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace

std::vector<ConfigError> check_retries(const Config& config, const OptionValues& values) {
  std::vector<ConfigError> findings;
  for (const OptionDecl& decl : values.declared()) {
    if ((decl.flags & kOptionRetries) == 0 || (decl.flags & kOptionOperator) != 0) continue;
    const auto wanted = values.get_int({}, decl.key);
    if (!wanted || *wanted <= config.intake.max_retries) continue;
    const Position limit = config.position(kLimit);
    ConfigError finding = values.refusal(
        {}, decl.key, {},
        "is " + std::to_string(*wanted) + ", but " + std::string(kLimit) + " (" + where(config.file, limit) + ") is " +
            std::to_string(config.intake.max_retries) +
            ": a receipt would be rejected before it has been tried that often; raise the one or lower the other");
    if (finding.at == Position{}) finding.at = limit;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace dlrgw::host
