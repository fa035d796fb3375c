// SPDX-License-Identifier: Apache-2.0
// The checked values of one plugin: its [plugins.options] and, per operator, the keys it declared for
// [operators."<id>"]. Built before the plugin's create(); constant afterwards, so any thread may read.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/option_decl.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// One element of a list (name empty) or map, in the order of the file.
struct OptionEntry {
  std::string name;
  std::string value;
  Position at;
};

class OptionValues {
 public:
  // Which plugin, for messages, and where its values stand. All borrowed until build() returns.
  struct Source {
    std::string_view file;    // the configuration file
    std::string_view plugin;  // how messages name the plugin
    Position at;              // its [[plugins]]
    const RawTable* options = nullptr;
    std::span<const OperatorConfig> operators;
  };

  // Appends what is wrong: unknown keys in [plugins.options], wrong types, missing required keys, values outside
  // `allowed`, faulty declarations. A wrong value is replaced by its default, if there is one, so that the plugin can
  // say what is wrong with the others.
  static OptionValues build(const Source& source, std::vector<OptionDecl> declared, std::vector<ConfigError>& errors);

  // operator_id empty: [plugins.options]; else [operators."<id>"], with the declared default for operators without a
  // profile. "operator/connector": what the connector's table says, else what the operator's says. kNotFound: neither
  // value nor default. kInvalid: undeclared there, or of another type. Views live as long as this object, wherever it
  // is moved.
  Result<std::string_view> get_string(std::string_view operator_id, std::string_view key) const;
  Result<std::int64_t> get_int(std::string_view operator_id, std::string_view key) const;
  Result<double> get_float(std::string_view operator_id, std::string_view key) const;
  Result<bool> get_bool(std::string_view operator_id, std::string_view key) const;
  Result<std::int64_t> get_duration_us(std::string_view operator_id, std::string_view key) const;
  Result<std::uint32_t> get_size(std::string_view operator_id, std::string_view key) const;
  struct EntryView {
    std::string_view name, value;
  };
  // kNotFound beyond the last entry.
  Result<EntryView> get_entry(std::string_view operator_id, std::string_view key, std::uint32_t index) const;

  // What the plugin itself says is wrong with one of its values, with key and place. entry: of a map, or empty.
  [[nodiscard]] ConfigError refusal(std::string_view operator_id, std::string_view key, std::string_view entry,
                                    std::string_view text) const;
  // What is wrong with the plugin as a whole, at its [[plugins]].
  [[nodiscard]] ConfigError finding(std::string text) const { return {file_, at_, std::move(text)}; }

  // The operators that have a profile, in the order of the file.
  [[nodiscard]] const std::vector<std::string>& operators() const { return operators_; }
  // The connectors of an operator that have a table of their own, likewise.
  [[nodiscard]] std::span<const std::string> connectors(std::string_view operator_id) const;
  [[nodiscard]] const std::vector<OptionDecl>& declared() const { return declared_; }

 private:
  struct DurationUs {
    std::int64_t value;
  };
  using Value = std::variant<std::string, std::int64_t, double, bool, DurationUs, std::vector<OptionEntry>>;
  struct Placed {
    Value value;
    Position at;             // of a default: {0, 0}
    bool inherited = false;  // a connector's, from its operator
  };
  using Values = std::map<std::string, Placed, std::less<>>;
  class Builder;

  [[nodiscard]] const OptionDecl* declaration(bool of_operator, std::string_view key) const;
  [[nodiscard]] const Values& values_of(std::string_view operator_id) const;
  Result<const Value*> find(std::string_view operator_id, std::string_view key, OptionType type) const;
  Result<const std::vector<OptionEntry>*> entries(std::string_view operator_id, std::string_view key) const;

  std::string file_;
  Position at_;  // of [[plugins]]
  std::vector<OptionDecl> declared_;
  std::vector<std::string> operators_;
  Values values_;                                           // [plugins.options] with defaults
  Values operator_defaults_;                                // for operators without a profile
  std::map<std::string, Values, std::less<>> by_operator_;  // also by "operator/connector"
  std::map<std::string, std::vector<std::string>, std::less<>> connectors_;
};

// Keys of [operators."<id>"] and of its connectors that no plugin declares; `declared` holds the options of every
// loaded plugin.
std::vector<ConfigError> check_operator_keys(const Config& config, std::span<const std::vector<OptionDecl>> declared);

}  // namespace dlrgw::host
