// SPDX-License-Identifier: Apache-2.0
// The one table of the gateway's own keys. It drives reading, checking, defaults, the masked dump and the generated
// documentation. Keys of plugins are declared by the plugins.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace dlrgw::host {

enum class KeyType { kString, kInt, kFloat, kBool, kStringList };
[[nodiscard]] std::string_view to_string(KeyType type);

inline constexpr std::uint32_t kKeySecret = 1;      // never printed
inline constexpr std::uint32_t kKeyRequired = 2;    // no default
inline constexpr std::uint32_t kKeyIgnoreCase = 4;  // stored in lower case
inline constexpr std::uint32_t kKeyNotEmpty = 8;
inline constexpr std::uint32_t kKeyAuto = 16;  // an integer, or the word "auto": kAuto

using KeyField = std::variant<std::string*, std::int64_t*, double*, bool*, std::vector<std::string>*>;

struct ConfigKey {
  std::string_view path;  // "intake.batch_max"; "plugins[].file" for each [[plugins]]
  KeyType type = KeyType::kString;
  std::string_view default_text;  // TOML text, strings without quotes; empty list = []
  double min = 0, max = 0;        // numbers; min == max: no range
  std::string_view allowed;       // "a|b|c", empty = any
  std::uint32_t flags = 0;
  std::string_view help;
  KeyField (*field)(Config&, std::size_t index) = nullptr;  // index: which [[plugins]], else 0
};

[[nodiscard]] std::span<const ConfigKey> config_keys();

// The words of "a|b|c".
[[nodiscard]] std::vector<std::string_view> allowed_words(std::string_view allowed);

}  // namespace dlrgw::host
