// SPDX-License-Identifier: Apache-2.0
#include "config/raw_table.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace dlrgw::host {
namespace {

const std::string* from_environment(const RawValue& value) {
  return value.interpolated ? std::get_if<std::string>(&value.data) : nullptr;
}

template <class Number>
bool parse_number(const std::string& text, Number& out) {
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, out);
  return failed == std::errc{} && stop == end;
}

}  // namespace

std::string to_string(const ConfigError& error) {
  if (error.file.empty()) return error.text;  // of a configuration that no file holds
  if (error.at == Position{}) return error.file + ": " + error.text;
  return error.file + ":" + std::to_string(error.at.line) + ":" + std::to_string(error.at.column) + ": " + error.text;
}

void sort_errors(std::vector<ConfigError>& errors) {
  std::sort(errors.begin(), errors.end(), [](const ConfigError& a, const ConfigError& b) {
    return std::tie(a.file, a.at, a.text) < std::tie(b.file, b.at, b.text);
  });
  errors.erase(std::unique(errors.begin(), errors.end()), errors.end());
}

const RawEntry* RawTable::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const RawEntry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

bool RawValue::absent() const {
  const std::string* text = from_environment(*this);
  return text != nullptr && text->empty();
}

std::string_view type_name(const RawValue& value) {
  constexpr std::string_view kNames[] = {"a boolean", "an integer", "a float", "a string", "an array", "a table"};
  return kNames[value.data.index()];
}

bool read(const RawValue& value, bool& out) {
  if (const auto* plain = std::get_if<bool>(&value.data)) {
    out = *plain;
    return true;
  }
  const std::string* text = from_environment(value);
  if (text == nullptr || (*text != "true" && *text != "false")) return false;
  out = *text == "true";
  return true;
}

bool read(const RawValue& value, std::int64_t& out) {
  if (const auto* plain = std::get_if<std::int64_t>(&value.data)) {
    out = *plain;
    return true;
  }
  const std::string* text = from_environment(value);
  return text != nullptr && parse_number(*text, out);
}

bool read(const RawValue& value, double& out) {
  if (const auto* plain = std::get_if<double>(&value.data)) {
    out = *plain;
    return true;
  }
  if (const auto* whole = std::get_if<std::int64_t>(&value.data)) {
    out = static_cast<double>(*whole);
    return true;
  }
  const std::string* text = from_environment(value);
  return text != nullptr && parse_number(*text, out);
}

bool read(const RawValue& value, std::string& out) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return false;
  out = *text;
  return true;
}

}  // namespace dlrgw::host
