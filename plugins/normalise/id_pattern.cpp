// SPDX-License-Identifier: Apache-2.0
#include "id_pattern.hpp"

#include <re2/re2.h>

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kMaxPatternMemory = 1 << 20;  // of the automaton; a pattern that needs more is refused
constexpr std::size_t kMaxPatternBytes = 1024;

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::variant<IdPattern, std::string> IdPattern::compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) return "is longer than 1024 bytes; use a shorter pattern";
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemory);
  auto compiled = std::make_shared<const RE2>(piece(pattern), options);
  if (!compiled->ok()) return "is no regular expression of RE2: " + compiled->error();
  const int groups = compiled->NumberOfCapturingGroups();
  if (groups == 0) return "has no group; put the part that is the id into ( )";
  if (groups > 1)
    return "has " + std::to_string(groups) + " groups; keep ( ) around the id alone and write the others as (?: )";
  IdPattern out;
  out.pattern_ = std::move(compiled);
  return out;
}

std::string_view IdPattern::id_in(std::string_view id) const {
  re2::StringPiece whole_and_group[2];
  if (!pattern_->Match(piece(id), 0, id.size(), RE2::UNANCHORED, whole_and_group, 2)) return id;
  const re2::StringPiece& group = whole_and_group[1];
  return {group.data() == nullptr ? "" : group.data(), group.size()};
}

}  // namespace dlrgw::normalise
