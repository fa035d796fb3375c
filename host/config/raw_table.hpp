// SPDX-License-Identifier: Apache-2.0
// A TOML document as plain values: each with its position, tables in the order of the file, ${…} already replaced.
// Immutable after reading; freely copied. Everything behind the reader works on this, not on the TOML library.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dlrgw::host {

// 1-based; {0, 0} = not from the file.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

// One finding. text says what is wrong with which key, and what to do.
struct ConfigError {
  std::string file;
  Position at;
  std::string text;
  bool operator==(const ConfigError&) const = default;
};
// "gateway.toml:12:3: text"; without a position "gateway.toml: text".
[[nodiscard]] std::string to_string(const ConfigError& error);
// In the order of the file, each once.
void sort_errors(std::vector<ConfigError>& errors);

struct RawEntry;

struct RawTable {
  Position at;
  std::vector<RawEntry> entries;
  [[nodiscard]] const RawEntry* find(std::string_view key) const;
};

struct RawValue {
  using List = std::vector<RawValue>;
  Position at;
  // The text came out of ${…}: it may stand for a number or a boolean, and when empty it counts as absent.
  bool interpolated = false;
  std::variant<bool, std::int64_t, double, std::string, List, RawTable> data;

  [[nodiscard]] bool absent() const;
};

struct RawEntry {
  std::string key;
  Position key_at;
  RawValue value;
};

// "a boolean", "a table", …: for messages.
[[nodiscard]] std::string_view type_name(const RawValue& value);

// Typed reads; a text that came out of ${…} is converted. False: another type.
bool read(const RawValue& value, bool& out);
bool read(const RawValue& value, std::int64_t& out);
bool read(const RawValue& value, double& out);  // integers too
bool read(const RawValue& value, std::string& out);

}  // namespace dlrgw::host
