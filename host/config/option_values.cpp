// SPDX-License-Identifier: Apache-2.0
#include "config/option_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "config/config_keys.hpp"
#include "config/duration.hpp"
#include "config/read_toml.hpp"
#include "config/suggest.hpp"

namespace dlrgw::host {
namespace {

std::string_view wanted(OptionType type) {
  switch (type) {
    case OptionType::kString:
      return "a string";
    case OptionType::kInt:
      return "an integer";
    case OptionType::kFloat:
      return "a number";
    case OptionType::kBool:
      return "true or false";
    case OptionType::kDuration:
      return "a duration such as \"500ms\", \"3s\", \"5m\", \"24h\" or \"30d\"";
    case OptionType::kStringList:
      return "a list of strings";
    case OptionType::kStringMap:
      return "a table of single values";
  }
  return "a known type";
}

bool is_known(OptionType type) { return type >= OptionType::kString && type <= OptionType::kStringMap; }

// A scalar as text, for maps.
bool scalar_text(const RawValue& value, std::string& out) {
  std::array<char, 40> buffer{};
  const auto number = [&](auto n) {
    out.assign(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), n).ptr);
  };
  if (const auto* flag = std::get_if<bool>(&value.data)) {
    out = *flag ? "true" : "false";
  } else if (const auto* whole = std::get_if<std::int64_t>(&value.data)) {
    number(*whole);
  } else if (const auto* real = std::get_if<double>(&value.data)) {
    number(*real);
  } else {
    return read(value, out);
  }
  return true;
}

bool per_operator(const OptionDecl& decl) { return (decl.flags & kOptionOperator) != 0; }

}  // namespace

class OptionValues::Builder {
 public:
  Builder(const Source& source, OptionValues& out, std::vector<ConfigError>& errors)
      : source_(source), out_(out), errors_(errors) {}

  void run() {
    check_declarations();
    static const RawTable kNothing;
    const RawTable& options = source_.options == nullptr ? kNothing : *source_.options;
    refuse_unknown(options);
    fill(options, false, "plugins.options", options.at == Position{} ? source_.at : options.at, out_.values_);
    for (const OptionDecl& decl : out_.declared_)
      if (per_operator(decl)) set_default(decl, out_.operator_defaults_);
    for (const OperatorConfig& op : source_.operators) {
      out_.operators_.push_back(op.id);
      const std::string path = "operators.\"" + op.id + "\"";
      Values& values = out_.by_operator_[op.id];
      fill(op.values, true, path, op.values.at, values);
      for (const ConnectorConfig& connector : op.connectors) {
        out_.connectors_[op.id].push_back(connector.id);
        Values own = values;
        for (auto& [key, placed] : own) placed.inherited = true;
        override_with(connector.values, path + ".connectors.\"" + connector.id + "\"", own);
        out_.by_operator_[op.id + "/" + connector.id] = std::move(own);
      }
    }
  }

 private:
  void fail(Position at, const std::string& text) { errors_.push_back({std::string(source_.file), at, text}); }

  // A fault of the plugin, not of the file.
  void fail_declaration(const OptionDecl& decl, std::string_view text) {
    fail(source_.at, std::string(source_.plugin) + ": declares option \"" + decl.key + "\" " + std::string(text) +
                         "; tell the plugin's author");
  }

  void check_declarations() {
    std::set<std::pair<bool, std::string_view>> seen;
    for (const OptionDecl& decl : out_.declared_) {
      if (decl.key.empty()) fail_declaration(decl, "without a name");
      if (!is_known(decl.type)) fail_declaration(decl, "with an unknown type");
      if (!seen.emplace(per_operator(decl), decl.key).second) fail_declaration(decl, "twice");
    }
  }

  void refuse_unknown(const RawTable& options) {
    std::vector<std::string_view> names;
    for (const OptionDecl& decl : out_.declared_)
      if (!per_operator(decl)) names.push_back(decl.key);
    for (const RawEntry& entry : options.entries)
      if (std::find(names.begin(), names.end(), entry.key) == names.end())
        fail(entry.key_at, "plugins.options." + entry.key + ": " + std::string(source_.plugin) + " has no such option" +
                               suggestion(entry.key, names));
  }

  void fill(const RawTable& table, bool of_operator, const std::string& section, Position at, Values& values) {
    for (const OptionDecl& decl : out_.declared_) {
      if (per_operator(decl) != of_operator || !is_known(decl.type)) continue;
      const RawEntry* entry = table.find(decl.key);
      const std::string path = section + "." + decl.key;
      if (entry != nullptr && !entry->value.absent()) {
        Value value;
        if (convert(decl, entry->value, path, value)) {
          values.emplace(decl.key, Placed{std::move(value), entry->value.at});
        } else if (std::holds_alternative<std::vector<OptionEntry>>(value)) {
          values.emplace(decl.key, Placed{std::move(value), entry->value.at});  // what is right of it
        } else {
          set_default(decl, values);
        }
        continue;
      }
      set_default(decl, values);
      if ((decl.flags & kOptionRequired) != 0 && !values.contains(decl.key))
        fail(entry == nullptr ? at : entry->value.at,
             path + ": is " + (entry == nullptr ? "missing; " : "empty; ") + std::string(source_.plugin) + " needs " +
                 std::string(wanted(decl.type)) + (decl.help.empty() ? "" : ": " + decl.help));
    }
  }

  // What a connector's table says, in the place of what its operator's says.
  void override_with(const RawTable& table, const std::string& section, Values& values) {
    for (const OptionDecl& decl : out_.declared_) {
      const RawEntry* entry = per_operator(decl) && is_known(decl.type) ? table.find(decl.key) : nullptr;
      if (entry == nullptr || entry->value.absent()) continue;
      Value value;
      if (convert(decl, entry->value, section + "." + decl.key, value))
        values.insert_or_assign(decl.key, Placed{std::move(value), entry->value.at});
    }
  }

  void set_default(const OptionDecl& decl, Values& values) {
    if (decl.default_value.empty() || !is_known(decl.type)) return;
    RawValue raw{source_.at, false, decl.default_value};
    if (decl.type != OptionType::kString && decl.type != OptionType::kDuration) {
      auto parsed = read_toml_value(decl.default_value);
      if (!parsed) {
        fail_declaration(decl, "with a default that is no TOML value");
        return;
      }
      raw = std::move(*parsed);
    }
    Value value;
    const std::size_t before = errors_.size();
    if (convert(decl, raw, decl.key, value)) {
      values.emplace(decl.key, Placed{std::move(value), {}});
      return;
    }
    errors_.resize(before);
    fail_declaration(decl, "with a default that does not fit its own type or list of values");
  }

  bool convert(const OptionDecl& decl, const RawValue& raw, const std::string& path, Value& out) {
    switch (decl.type) {
      case OptionType::kString:
        return convert_string(decl, raw, path, out);
      case OptionType::kInt:
        return convert_plain<std::int64_t>(decl, raw, path, out);
      case OptionType::kFloat:
        return convert_plain<double>(decl, raw, path, out);
      case OptionType::kBool:
        return convert_plain<bool>(decl, raw, path, out);
      case OptionType::kDuration:
        return convert_duration(decl, raw, path, out);
      case OptionType::kStringList:
        return convert_list(decl, raw, path, out);
      case OptionType::kStringMap:
        return convert_map(decl, raw, path, out);
    }
    return false;
  }

  bool wrong_type(const OptionDecl& decl, const RawValue& raw, const std::string& path) {
    fail(raw.at, path + ": is " + std::string(type_name(raw)) + ", must be " + std::string(wanted(decl.type)));
    return false;
  }

  bool check_word(const OptionDecl& decl, Position at, const std::string& path, const std::string& text) {
    if (decl.allowed.empty()) return true;
    const auto words = allowed_words(decl.allowed);
    if (std::find(words.begin(), words.end(), text) != words.end()) return true;
    const bool secret = (decl.flags & kOptionSecret) != 0;
    fail(at, path + ": " + (secret ? "has a value that is not allowed" : "is \"" + text + "\"") +
                 suggestion(secret ? std::string_view() : text, words));
    return false;
  }

  template <class Plain>
  bool convert_plain(const OptionDecl& decl, const RawValue& raw, const std::string& path, Value& out) {
    Plain value{};
    if (!read(raw, value)) return wrong_type(decl, raw, path);
    out = value;
    return true;
  }

  bool convert_string(const OptionDecl& decl, const RawValue& raw, const std::string& path, Value& out) {
    std::string text;
    if (!read(raw, text)) return wrong_type(decl, raw, path);
    if (text.empty() && (decl.flags & kOptionRequired) != 0) {
      fail(raw.at, path + ": is empty; " + std::string(source_.plugin) + " needs a value");
      return false;
    }
    if (!check_word(decl, raw.at, path, text)) return false;
    out = std::move(text);
    return true;
  }

  bool convert_duration(const OptionDecl& decl, const RawValue& raw, const std::string& path, Value& out) {
    std::string text;
    if (!read(raw, text)) return wrong_type(decl, raw, path);
    const auto us = parse_duration_us(text);
    if (!us) {
      fail(raw.at, path + ": is \"" + text + "\", must be " + std::string(wanted(decl.type)));
      return false;
    }
    out = DurationUs{*us};
    return true;
  }

  bool convert_list(const OptionDecl& decl, const RawValue& raw, const std::string& path, Value& out) {
    const auto* list = std::get_if<RawValue::List>(&raw.data);
    if (list == nullptr) return wrong_type(decl, raw, path);
    std::vector<OptionEntry> entries;
    bool good = true;
    for (const RawValue& item : *list) {
      const std::string name = path + "[" + std::to_string(&item - list->data()) + "]";
      if (item.absent()) continue;
      OptionEntry entry{{}, {}, item.at};
      if (!read(item, entry.value)) {
        fail(item.at, name + ": is " + std::string(type_name(item)) + ", must be a string");
        good = false;
        continue;
      }
      if (!check_word(decl, item.at, name, entry.value)) {
        good = false;
        continue;
      }
      entries.push_back(std::move(entry));
    }
    out = std::move(entries);
    return good;
  }

  bool convert_map(const OptionDecl& decl, const RawValue& raw, const std::string& path, Value& out) {
    const auto* table = std::get_if<RawTable>(&raw.data);
    if (table == nullptr) return wrong_type(decl, raw, path);
    std::vector<OptionEntry> entries;
    bool good = true;
    for (const RawEntry& item : table->entries) {
      OptionEntry entry{item.key, {}, item.key_at};
      if (!scalar_text(item.value, entry.value)) {
        fail(item.value.at,
             path + "." + item.key + ": is " + std::string(type_name(item.value)) + ", must be a single value");
        good = false;
        continue;
      }
      if (!check_word(decl, item.value.at, path + "." + item.key, entry.value)) {
        good = false;
        continue;
      }
      entries.push_back(std::move(entry));
    }
    out = std::move(entries);
    return good;
  }

  const Source& source_;
  OptionValues& out_;
  std::vector<ConfigError>& errors_;
};

OptionValues OptionValues::build(const Source& source, std::vector<OptionDecl> declared,
                                 std::vector<ConfigError>& errors) {
  OptionValues out;
  out.file_ = source.file;
  out.at_ = source.at;
  out.declared_ = std::move(declared);
  Builder(source, out, errors).run();
  return out;
}

const OptionDecl* OptionValues::declaration(bool of_operator, std::string_view key) const {
  const auto found = std::find_if(declared_.begin(), declared_.end(), [&](const OptionDecl& decl) {
    return decl.key == key && per_operator(decl) == of_operator;
  });
  return found == declared_.end() ? nullptr : &*found;
}

Result<const OptionValues::Value*> OptionValues::find(std::string_view operator_id, std::string_view key,
                                                      OptionType type) const {
  const bool of_operator = !operator_id.empty();
  const OptionDecl* decl = declaration(of_operator, key);
  const auto described = [&] { return "option \"" + std::string(key) + (of_operator ? "\" of operators" : "\""); };
  if (decl == nullptr) return Error{ErrorCode::kInvalid, described() + " is not declared; declare it in the plugin"};
  const bool lists = decl->type == OptionType::kStringList || decl->type == OptionType::kStringMap;
  const bool wants_list = type == OptionType::kStringList;
  if (lists ? !wants_list : decl->type != type)
    return Error{ErrorCode::kInvalid, described() + " is declared as " + std::string(wanted(decl->type)) +
                                          ", read as " + std::string(wanted(type)) + "; use the matching getter"};
  const Values& values = values_of(operator_id);
  const auto found = values.find(key);
  if (found == values.end()) return Error{ErrorCode::kNotFound, described() + " has neither value nor default"};
  return &found->second.value;
}

const OptionValues::Values& OptionValues::values_of(std::string_view operator_id) const {
  if (operator_id.empty()) return values_;
  auto profile = by_operator_.find(operator_id);
  if (profile == by_operator_.end()) profile = by_operator_.find(operator_id.substr(0, operator_id.find('/')));
  return profile == by_operator_.end() ? operator_defaults_ : profile->second;
}

std::span<const std::string> OptionValues::connectors(std::string_view operator_id) const {
  const auto found = connectors_.find(operator_id);
  if (found == connectors_.end()) return {};
  return found->second;
}

ConfigError OptionValues::refusal(std::string_view operator_id, std::string_view key, std::string_view entry,
                                  std::string_view text) const {
  const Values& values = values_of(operator_id);
  const auto found = values.find(key);
  const auto slash = operator_id.find('/');
  // A value that a connector inherits is reported once, at its operator.
  const bool of_connector = slash != std::string_view::npos && (found == values.end() || !found->second.inherited);
  ConfigError error{file_, {}, "plugins.options"};
  if (!operator_id.empty()) error.text = "operators.\"" + std::string(operator_id.substr(0, slash)) + "\"";
  if (of_connector) error.text += ".connectors.\"" + std::string(operator_id.substr(slash + 1)) + "\"";
  error.text.append(".").append(key);
  if (!entry.empty()) error.text.append(".").append(entry);
  error.text.append(": ").append(text);
  if (found == values.end()) return error;
  error.at = found->second.at;
  if (const auto* entries = std::get_if<std::vector<OptionEntry>>(&found->second.value)) {
    for (const OptionEntry& candidate : *entries)
      if (!entry.empty() && candidate.name == entry) error.at = candidate.at;
  }
  return error;
}

Result<std::string_view> OptionValues::get_string(std::string_view operator_id, std::string_view key) const {
  const auto value = find(operator_id, key, OptionType::kString);
  if (!value) return value.error();
  return std::string_view(std::get<std::string>(**value));
}

Result<std::int64_t> OptionValues::get_int(std::string_view operator_id, std::string_view key) const {
  const auto value = find(operator_id, key, OptionType::kInt);
  if (!value) return value.error();
  return std::get<std::int64_t>(**value);
}

Result<double> OptionValues::get_float(std::string_view operator_id, std::string_view key) const {
  const auto value = find(operator_id, key, OptionType::kFloat);
  if (!value) return value.error();
  return std::get<double>(**value);
}

Result<bool> OptionValues::get_bool(std::string_view operator_id, std::string_view key) const {
  const auto value = find(operator_id, key, OptionType::kBool);
  if (!value) return value.error();
  return std::get<bool>(**value);
}

Result<std::int64_t> OptionValues::get_duration_us(std::string_view operator_id, std::string_view key) const {
  const auto value = find(operator_id, key, OptionType::kDuration);
  if (!value) return value.error();
  return std::get<DurationUs>(**value).value;
}

Result<const std::vector<OptionEntry>*> OptionValues::entries(std::string_view operator_id,
                                                              std::string_view key) const {
  const auto value = find(operator_id, key, OptionType::kStringList);
  if (!value) return value.error();
  return &std::get<std::vector<OptionEntry>>(**value);
}

Result<std::uint32_t> OptionValues::get_size(std::string_view operator_id, std::string_view key) const {
  const auto list = entries(operator_id, key);
  if (!list) return list.error();
  return static_cast<std::uint32_t>((*list)->size());
}

Result<OptionValues::EntryView> OptionValues::get_entry(std::string_view operator_id, std::string_view key,
                                                        std::uint32_t index) const {
  const auto list = entries(operator_id, key);
  if (!list) return list.error();
  if (index >= (*list)->size())
    return Error{ErrorCode::kNotFound, "option \"" + std::string(key) + "\" has " + std::to_string((*list)->size()) +
                                           " entries; asked for number " + std::to_string(index)};
  const OptionEntry& entry = (**list)[index];
  return EntryView{entry.name, entry.value};
}

std::vector<ConfigError> check_operator_keys(const Config& config, std::span<const std::vector<OptionDecl>> declared) {
  std::set<std::string_view> known;
  for (const auto& plugin : declared)
    for (const OptionDecl& decl : plugin)
      if (per_operator(decl)) known.insert(decl.key);
  const std::vector<std::string_view> names(known.begin(), known.end());
  std::vector<ConfigError> errors;
  const auto check = [&](const RawTable& table, const std::string& path) {
    for (const RawEntry& entry : table.entries)
      if (!known.contains(entry.key))
        errors.push_back({config.file, entry.key_at,
                          path + "." + entry.key + ": no loaded plugin knows this key" + suggestion(entry.key, names)});
  };
  for (const OperatorConfig& op : config.operators) {
    const std::string path = "operators.\"" + op.id + "\"";
    check(op.values, path);
    for (const ConnectorConfig& connector : op.connectors)
      check(connector.values, path + ".connectors.\"" + connector.id + "\"");
  }
  return errors;
}

}  // namespace dlrgw::host
