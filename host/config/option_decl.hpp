// SPDX-License-Identifier: Apache-2.0
// One option that a plugin declares: a key of its TOML table or of the operators' profiles. A value; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::host {

// Mirrors DLRGW_OPTION_ of the SDK.
enum class OptionType : std::uint32_t {
  kString = 1,
  kInt = 2,
  kFloat = 3,
  kBool = 4,
  kDuration = 5,
  kStringList = 6,
  kStringMap = 7,
};
// "an integer": how a message names what is wanted.
std::string_view wanted(OptionType type);

inline constexpr std::uint32_t kOptionRequired = 1;
inline constexpr std::uint32_t kOptionSecret = 2;
inline constexpr std::uint32_t kOptionOperator = 4;
inline constexpr std::uint32_t kOptionRetries = 8;

struct OptionDecl {
  std::string key;
  OptionType type = OptionType::kString;
  std::uint32_t flags = 0;
  std::string default_value;  // TOML text, strings and durations without quotes; empty = none
  std::string allowed;        // "a|b|c" for strings, also those in lists and maps; empty = any
  std::string help;

  [[nodiscard]] bool per_operator() const { return (flags & kOptionOperator) != 0; }
};

}  // namespace dlrgw::host
