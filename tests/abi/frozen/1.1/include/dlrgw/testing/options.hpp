// SPDX-License-Identifier: Apache-2.0
// dlrgw.config/1 of the fake host: values that a test sets, with the defaults that the plugin declares. One thread.
#pragma once
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <dlrgw/abi/config.h>
#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/base.hpp>

namespace dlrgw::testing {

using OptionEntries = std::vector<std::pair<std::string, std::string>>;  // lists: empty names

class Options {
 public:
  std::vector<std::string> refused;  // "operator key entry: text" of each refuse()

  void set(std::string_view operator_id, std::string_view key, OptionEntries entries) {
    if (!operator_id.empty()) {
      const std::size_t slash = operator_id.find('/');
      auto& connectors = operators_[std::string(operator_id.substr(0, slash))];
      if (slash != std::string_view::npos) connectors.emplace(operator_id.substr(slash + 1));
    }
    values_[{std::string(operator_id), std::string(key)}] = std::move(entries);
  }
  void declare(const dlrgw_plugin& plugin) {
    for (std::uint32_t i = 0; i < plugin.option_count; ++i) {
      const auto* bytes = reinterpret_cast<const char*>(plugin.options) + std::size_t{i} * plugin.option_stride;
      const auto& option = *reinterpret_cast<const dlrgw_option*>(bytes);
      declared_[{(option.flags & DLRGW_OPTION_OPERATOR) != 0, std::string(view(option.key))}] = {
          option.type, std::string(view(option.default_value))};
    }
  }

  [[nodiscard]] dlrgw_config service() {
    return {sizeof(dlrgw_config),
            2,
            this,
            get_string,
            get_int,
            get_float,
            get_bool,
            get_duration,
            get_size,
            get_entry,
            [](void* self) { return static_cast<std::uint32_t>(of(self).operators_.size()); },
            operator_at,
            refuse,
            connector_count,
            connector_at};
  }

 private:
  struct Declared {
    std::uint32_t type = 0;
    std::string fallback;
  };
  static Options& of(void* self) { return *static_cast<Options*>(self); }

  // The value that counts, or a code.
  std::int32_t find(dlrgw_str operator_id, dlrgw_str key, std::uint32_t type, const OptionEntries** out) {
    const std::string id(view(operator_id)), name(view(key));
    const auto declared = declared_.find({!id.empty(), name});
    if (declared == declared_.end() || declared->second.type != type) return DLRGW_E_INVALID;
    for (const std::string& whose : {id, id.substr(0, id.find('/'))}) {  // the connector's, else the operator's
      const auto value = values_.find({whose, name});
      if (value == values_.end()) continue;
      *out = &value->second;
      return DLRGW_OK;
    }
    const bool many = type == DLRGW_OPTION_STRING_LIST || type == DLRGW_OPTION_STRING_MAP;
    if (many || declared->second.fallback.empty()) return DLRGW_E_NOT_FOUND;
    *out = &(values_[{id, name}] = {{"", declared->second.fallback}});
    return DLRGW_OK;
  }
  template <class T, class Read>
  static std::int32_t scalar(void* self, dlrgw_str operator_id, dlrgw_str key, std::uint32_t type, T* out,
                             Read&& read) {
    const OptionEntries* found = nullptr;
    const std::int32_t code = of(self).find(operator_id, key, type, &found);
    if (code == DLRGW_OK) *out = read(found->front().second);
    return code;
  }
  static std::int32_t get_string(void* self, dlrgw_str id, dlrgw_str key, dlrgw_str* out) {
    return scalar(self, id, key, DLRGW_OPTION_STRING, out, [](const std::string& t) { return str(t); });
  }
  static std::int32_t get_int(void* self, dlrgw_str id, dlrgw_str key, std::int64_t* out) {
    return scalar(self, id, key, DLRGW_OPTION_INT, out,
                  [](const std::string& t) { return std::int64_t{std::atoll(t.c_str())}; });
  }
  static std::int32_t get_float(void* self, dlrgw_str id, dlrgw_str key, double* out) {
    return scalar(self, id, key, DLRGW_OPTION_FLOAT, out, [](const std::string& t) { return std::atof(t.c_str()); });
  }
  static std::int32_t get_bool(void* self, dlrgw_str id, dlrgw_str key, std::int32_t* out) {
    return scalar(self, id, key, DLRGW_OPTION_BOOL, out, [](const std::string& t) { return t == "true" ? 1 : 0; });
  }
  static std::int32_t get_duration(void* self, dlrgw_str id, dlrgw_str key, std::int64_t* out) {
    return scalar(self, id, key, DLRGW_OPTION_DURATION, out, [](const std::string& t) {
      char* unit = nullptr;
      const double number = std::strtod(t.c_str(), &unit);
      const std::string_view u(unit);
      const double us = u == "ms" ? 1e3 : u == "s" ? 1e6 : u == "m" ? 60e6 : u == "h" ? 3600e6 : u == "d" ? 86400e6 : 0;
      return static_cast<std::int64_t>(number * us);
    });
  }
  std::int32_t find_many(dlrgw_str id, dlrgw_str key, const OptionEntries** out) {
    const std::int32_t as_list = find(id, key, DLRGW_OPTION_STRING_LIST, out);
    return as_list == DLRGW_E_INVALID ? find(id, key, DLRGW_OPTION_STRING_MAP, out) : as_list;
  }
  static std::int32_t get_size(void* self, dlrgw_str id, dlrgw_str key, std::uint32_t* out) {
    const OptionEntries* found = nullptr;
    const std::int32_t code = of(self).find_many(id, key, &found);
    if (code == DLRGW_OK) *out = static_cast<std::uint32_t>(found->size());
    return code;
  }
  static std::int32_t get_entry(void* self, dlrgw_str id, dlrgw_str key, std::uint32_t index, dlrgw_str* name,
                                dlrgw_str* value) {
    const OptionEntries* found = nullptr;
    const std::int32_t code = of(self).find_many(id, key, &found);
    if (code != DLRGW_OK) return code;
    if (index >= found->size()) return DLRGW_E_NOT_FOUND;
    *name = str((*found)[index].first);
    *value = str((*found)[index].second);
    return DLRGW_OK;
  }
  static std::int32_t operator_at(void* self, std::uint32_t index, dlrgw_str* out) {
    for (const auto& [id, connectors] : of(self).operators_) {
      if (index-- != 0) continue;
      *out = str(id);
      return DLRGW_OK;
    }
    return DLRGW_E_NOT_FOUND;
  }
  static std::uint32_t connector_count(void* self, dlrgw_str operator_id) {
    const auto found = of(self).operators_.find(std::string(view(operator_id)));
    return found == of(self).operators_.end() ? 0 : static_cast<std::uint32_t>(found->second.size());
  }
  static std::int32_t connector_at(void* self, dlrgw_str operator_id, std::uint32_t index, dlrgw_str* out) {
    if (index >= connector_count(self, operator_id)) return DLRGW_E_NOT_FOUND;
    auto id = of(self).operators_.find(std::string(view(operator_id)))->second.begin();
    std::advance(id, index);
    *out = str(*id);
    return DLRGW_OK;
  }
  static std::int32_t refuse(void* self, dlrgw_str id, dlrgw_str key, dlrgw_str entry, dlrgw_str text) {
    std::string line;
    for (const dlrgw_str part : {id, key, entry}) {
      if (part.len != 0) line += (line.empty() ? "" : " ") + std::string(view(part));
    }
    of(self).refused.push_back(line + ": " + std::string(view(text)));
    return DLRGW_OK;
  }

  std::map<std::pair<bool, std::string>, Declared> declared_;  // {of an operator, key}
  std::map<std::pair<std::string, std::string>, OptionEntries> values_;
  std::map<std::string, std::set<std::string>> operators_;  // with the connectors that have a table
};

}  // namespace dlrgw::testing
