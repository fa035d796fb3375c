// SPDX-License-Identifier: Apache-2.0
#include "config/read_toml.hpp"

#include <algorithm>

#include <toml++/toml.h>

namespace dlrgw::host {
namespace {

Position position(const toml::source_region& source) { return {source.begin.line, source.begin.column}; }

class Converter {
 public:
  Converter(const std::string& file, const EnvLookup& env, std::vector<ConfigError>& errors)
      : file_(file), env_(env), errors_(errors) {}

  RawTable table(const toml::table& in, const std::string& path) {
    RawTable out{position(in.source()), {}};
    for (const auto& [key, node] : in) {
      const std::string name(key.str());
      out.entries.push_back({name, position(key.source()), value(node, path.empty() ? name : path + "." + name)});
    }
    std::stable_sort(out.entries.begin(), out.entries.end(),
                     [](const RawEntry& a, const RawEntry& b) { return a.key_at < b.key_at; });
    return out;
  }

 private:
  RawValue value(const toml::node& node, const std::string& path) {
    RawValue out{position(node.source()), false, false};
    if (const auto* flag = node.as_boolean()) {
      out.data = flag->get();
    } else if (const auto* whole = node.as_integer()) {
      out.data = whole->get();
    } else if (const auto* real = node.as_floating_point()) {
      out.data = real->get();
    } else if (const auto* text = node.as_string()) {
      auto replaced = interpolate(text->get(), env_);
      if (replaced) {
        out.data = std::move(replaced->text);
        out.interpolated = replaced->replaced;
      } else {
        errors_.push_back({file_, out.at, path + ": " + replaced.error().text});
        // Treated as absent from here on: one finding is enough.
        out.data = std::string();
        out.interpolated = true;
      }
    } else if (const auto* array = node.as_array()) {
      RawValue::List list;
      for (const toml::node& item : *array) list.push_back(value(item, path + "[" + std::to_string(list.size()) + "]"));
      out.data = std::move(list);
    } else if (const auto* inner = node.as_table()) {
      out.data = table(*inner, path);
    } else {
      errors_.push_back({file_, out.at, path + ": dates and times are not used here; write a string"});
      out.data = std::string();
      out.interpolated = true;
    }
    return out;
  }

  const std::string& file_;
  const EnvLookup& env_;
  std::vector<ConfigError>& errors_;
};

}  // namespace

ReadToml read_toml(std::string_view text, const std::string& file, const EnvLookup& env) {
  ReadToml out;
  try {
    const toml::table document = toml::parse(text, std::string_view(file));
    out.table = Converter(file, env, out.errors).table(document, "");
  } catch (const toml::parse_error& error) {
    out.errors.push_back({file, position(error.source()), "not valid TOML: " + std::string(error.description())});
  }
  return out;
}

Result<RawValue> read_toml_value(std::string_view text) {
  const EnvLookup none = [](const std::string&) { return std::optional<std::string>(); };
  ReadToml read = read_toml("v = " + std::string(text), "", none);
  if (!read.errors.empty()) return Error{ErrorCode::kInvalid, read.errors.front().text};
  if (read.table.entries.size() != 1) return Error{ErrorCode::kInvalid, "more than one value"};
  return std::move(read.table.entries.front().value);
}

}  // namespace dlrgw::host
