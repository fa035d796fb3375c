// SPDX-License-Identifier: Apache-2.0
#include "config/load_config.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "config/config_keys.hpp"
#include "config/read_toml.hpp"
#include "config/suggest.hpp"
#include "support/result.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxFileBytes = 1U << 20U;
constexpr std::string_view kPluginPrefix = "plugins[].";

std::string number_text(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

std::string expectation(const ConfigKey& key) {
  std::string out = "must be " + std::string(to_string(key.type));
  if (key.min < key.max) out += " from " + number_text(key.min) + " to " + number_text(key.max);
  if (!key.allowed.empty()) {
    out += " out of ";
    for (const char c : key.allowed) out += c == '|' ? std::string(", ") : std::string(1, c);
  }
  return out;
}

// Walks the document once: known keys go into the config, unknown ones become findings.
class Loader {
 public:
  Loader(Config& config, std::vector<ConfigError>& errors) : config_(config), errors_(errors) {}

  // Of a file that holds nothing else.
  void run_operators(const RawTable& document) {
    for (const RawEntry& entry : document.entries) {
      if (entry.key == "operators")
        operators(entry.value);
      else
        fail(entry.key_at,
             entry.key + ": does not belong here; a profile holds [operators.\"<id>\"] tables and nothing else");
    }
  }

  void run(const RawTable& document) {
    section(document, "", "", 0);
    for (const ConfigKey& key : config_keys()) {
      if (!key.path.starts_with(kPluginPrefix)) {
        fill_default(key, std::string(key.path), 0, {});
        continue;
      }
      for (std::size_t i = 0; i < config_.plugins.size(); ++i)
        fill_default(key, plugin_path(i) + std::string(key.path.substr(kPluginPrefix.size())), i,
                     config_.plugins[i].at);
    }
  }

 private:
  static std::string plugin_path(std::size_t index) { return "plugins[" + std::to_string(index) + "]."; }

  void fail(Position at, std::string text) { errors_.push_back({config_.file, at, std::move(text)}); }

  // prefix is the path as the key table spells it, shown the one with indexes.
  void section(const RawTable& table, const std::string& prefix, const std::string& shown, std::size_t index) {
    for (const RawEntry& entry : table.entries) {
      const std::string path = prefix + entry.key;
      const std::string name = shown + entry.key;
      if (const ConfigKey* key = find_key(path)) {
        value(*key, entry.value, name, index);
      } else if (path == "plugins") {
        plugins(entry.value);
      } else if (path == "operators") {
        operators(entry.value);
      } else if (path == "plugins[].options") {
        if (const auto* options = table_of(entry.value, name)) config_.plugins[index].options = *options;
      } else if (is_section(path)) {
        if (const auto* inner = table_of(entry.value, name)) section(*inner, path + ".", name + ".", index);
      } else {
        unknown(entry, prefix, name);
      }
    }
  }

  static const ConfigKey* find_key(std::string_view path) {
    const auto keys = config_keys();
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const ConfigKey& k) { return k.path == path; });
    return found == keys.end() ? nullptr : &*found;
  }

  static bool is_section(const std::string& path) {
    const auto keys = config_keys();
    return std::any_of(keys.begin(), keys.end(), [&](const ConfigKey& k) { return k.path.starts_with(path + "."); });
  }

  void unknown(const RawEntry& entry, std::string_view prefix, const std::string& name) {
    std::set<std::string_view> names;
    for (const ConfigKey& key : config_keys()) {
      if (!key.path.starts_with(prefix)) continue;
      const std::string_view rest = key.path.substr(prefix.size());
      names.insert(rest.substr(0, rest.find_first_of(".[")));
    }
    if (prefix.empty()) names.insert("operators");
    if (prefix == kPluginPrefix) names.insert("options");
    const std::vector<std::string_view> list(names.begin(), names.end());
    fail(entry.key_at, name + ": unknown key" + suggestion(entry.key, list));
  }

  const RawTable* table_of(const RawValue& value, const std::string& name) {
    const auto* table = std::get_if<RawTable>(&value.data);
    if (table == nullptr) fail(value.at, name + ": is " + std::string(type_name(value)) + ", must be a table");
    return table;
  }

  void plugins(const RawValue& value) {
    const auto* list = std::get_if<RawValue::List>(&value.data);
    if (list == nullptr) {
      fail(value.at,
           "plugins: is " + std::string(type_name(value)) + ", must be written as [[plugins]], once per plugin");
      return;
    }
    for (const RawValue& item : *list) {
      const std::size_t index = config_.plugins.size();
      const auto* table = table_of(item, "plugins[" + std::to_string(index) + "]");
      if (table == nullptr) continue;
      config_.plugins.emplace_back().at = item.at;
      section(*table, std::string(kPluginPrefix), plugin_path(index), index);
    }
  }

  void operators(const RawValue& value) {
    const auto* table = table_of(value, "operators");
    if (table == nullptr) return;
    for (const RawEntry& entry : table->entries) {
      const std::string name = "operators.\"" + entry.key + "\"";
      config_.positions.emplace(name, entry.key_at);
      if (const auto* profile = table_of(entry.value, name))
        config_.operators.push_back(operator_of(entry.key, *profile));
    }
  }

  OperatorConfig operator_of(const std::string& id, const RawTable& profile) {
    OperatorConfig out{id, {profile.at, {}}, {}};
    for (const RawEntry& entry : profile.entries) {
      if (entry.key != "connectors") {
        out.values.entries.push_back(entry);
        continue;
      }
      const std::string path = "operators.\"" + id + "\".connectors";
      const auto* connectors = table_of(entry.value, path);
      if (connectors == nullptr) continue;
      for (const RawEntry& connector : connectors->entries) {
        const std::string name = path + ".\"" + connector.key + "\"";
        config_.positions.emplace(name, connector.key_at);
        if (const auto* keys = table_of(connector.value, name)) out.connectors.push_back({connector.key, *keys});
      }
    }
    return out;
  }

  void fill_default(const ConfigKey& key, const std::string& path, std::size_t index, Position owner) {
    if (seen_.contains(path)) return;
    if ((key.flags & kKeyRequired) != 0) {
      fail(owner, path + ": is missing; " + expectation(key));
      return;
    }
    const std::string_view text = key.default_text;
    const KeyField target = key.field(config_, index);
    if (auto* const* string = std::get_if<std::string*>(&target)) {
      **string = text;
    } else if (auto* const* whole = std::get_if<std::int64_t*>(&target)) {
      std::from_chars(text.data(), text.data() + text.size(), **whole);
    } else if (auto* const* real = std::get_if<double*>(&target)) {
      std::from_chars(text.data(), text.data() + text.size(), **real);
    } else if (auto* const* flag = std::get_if<bool*>(&target)) {
      **flag = text == "true";
    }
  }

  void value(const ConfigKey& key, const RawValue& raw, const std::string& path, std::size_t index) {
    if (raw.absent()) {
      // One that failed to resolve is already reported; a required one is reported as missing, here and now.
      if ((key.flags & kKeyRequired) != 0 && !reported(raw.at)) fail(raw.at, path + ": is empty; " + expectation(key));
      if ((key.flags & kKeyRequired) != 0) seen_.insert(path);
      return;
    }
    seen_.insert(path);
    config_.positions.emplace(path, raw.at);
    const KeyField target = key.field(config_, index);
    const bool typed = std::visit([&](auto* field) { return assign(key, raw, path, *field); }, target);
    if (typed) return;
    fail(raw.at, path + ": is " + std::string(type_name(raw)) + ", " + expectation(key));
    // The default takes its place, so that later checks have no consequential findings.
    if ((key.flags & kKeyRequired) == 0) seen_.erase(path);
  }

  [[nodiscard]] bool reported(Position at) const {
    return std::any_of(errors_.begin(), errors_.end(), [&](const ConfigError& e) { return e.at == at; });
  }

  template <class Scalar>
  bool assign(const ConfigKey& key, const RawValue& raw, const std::string& path, Scalar& field) {
    if constexpr (std::is_same_v<Scalar, std::int64_t>) {
      const auto* word = std::get_if<std::string>(&raw.data);
      if ((key.flags & kKeyAuto) != 0 && word != nullptr && *word == "auto") {
        field = kAuto;
        return true;
      }
    }
    if (!read(raw, field)) return false;
    if constexpr (!std::is_same_v<Scalar, bool>) {
      const auto number = static_cast<double>(field);
      // Written so that NaN is out of range.
      if (key.min < key.max && !(number >= key.min && number <= key.max)) {
        fail(raw.at, path + ": is " + number_text(number) + ", " + expectation(key));
        seen_.erase(path);  // the default takes its place
      }
    }
    return true;
  }

  bool assign(const ConfigKey& key, const RawValue& raw, const std::string& path, std::string& field) {
    if (!read(raw, field)) return false;
    word(key, raw.at, path, field);
    return true;
  }

  bool assign(const ConfigKey& key, const RawValue& raw, const std::string& path, std::vector<std::string>& field) {
    const auto* list = std::get_if<RawValue::List>(&raw.data);
    if (list == nullptr) return false;
    for (const RawValue& item : *list) {
      const std::string name = path + "[" + std::to_string(&item - list->data()) + "]";
      if (item.absent()) continue;
      std::string text;
      if (!read(item, text)) {
        fail(item.at, name + ": is " + std::string(type_name(item)) + ", must be a string");
        continue;
      }
      word(key, item.at, name, text);
      config_.positions.emplace(path + "[" + std::to_string(field.size()) + "]", item.at);
      field.push_back(std::move(text));
    }
    if (field.empty() && (key.flags & kKeyNotEmpty) != 0) fail(raw.at, path + ": must not be empty");
    return true;
  }

  void word(const ConfigKey& key, Position at, const std::string& path, std::string& text) {
    if ((key.flags & kKeyIgnoreCase) != 0)
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (text.empty() && (key.flags & kKeyNotEmpty) != 0) fail(at, path + ": must not be empty");
    if (text.find('\0') != std::string::npos) fail(at, path + ": holds a NUL character; remove it");
    if (key.allowed.empty()) return;
    const auto words = allowed_words(key.allowed);
    if (std::find(words.begin(), words.end(), text) == words.end())
      fail(at, path + ": is \"" + text + "\"" + suggestion(text, words));
  }

  Config& config_;
  std::vector<ConfigError>& errors_;
  std::set<std::string, std::less<>> seen_;
};

Result<std::string> read_file(const std::string& path) {
  const auto refused = [](const char* text) { return Error{ErrorCode::kInvalid, text}; };
  std::ifstream in(path, std::ios::binary);
  if (!in) return refused("cannot be opened; check the path and its permissions, or name another file");
  std::string text(kMaxFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) return refused("cannot be read; is it a directory?");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxFileBytes) return refused("is larger than 1 MiB; is it the right file?");
  return text;
}

}  // namespace

LoadedConfig parse_config(std::string_view text, const std::string& file, const EnvLookup& env) {
  LoadedConfig out;
  Config config;
  config.file = file;
  ReadToml document = read_toml(text, file, env);
  out.errors = std::move(document.errors);
  const bool syntax_error = document.table.entries.empty() && !out.errors.empty();
  if (!syntax_error) {
    Loader(config, out.errors).run(document.table);
    check_config(config, out.errors);
  }
  sort_errors(out.errors);
  if (out.errors.empty()) {
    out.config = std::move(config);
  } else if (!syntax_error) {
    out.draft = std::move(config);
  }
  return out;
}

LoadedConfig load_config(const std::string& path, const EnvLookup& env) {
  const Result<std::string> text = read_file(path);
  if (!text) return LoadedConfig{std::nullopt, {{path, {}, text.error().text}}};
  return parse_config(*text, path, env);
}

std::optional<Config> with_operators(const Config& config, const std::string& path, std::vector<ConfigError>& errors,
                                     const EnvLookup& env) {
  const Result<std::string> text = read_file(path);
  if (!text) {
    errors.push_back({path, {}, text.error().text});
    return std::nullopt;
  }
  const std::size_t before = errors.size();
  ReadToml document = read_toml(*text, path, env);
  std::ranges::move(document.errors, std::back_inserter(errors));
  Config profiles;
  profiles.file = path;
  Loader(profiles, errors).run_operators(document.table);
  if (errors.size() == before && profiles.operators.empty())
    errors.push_back({path, {}, "holds no profile; write [operators.\"<id>\"] and its keys"});
  sort_errors(errors);
  if (errors.size() != before) return std::nullopt;
  Config out = config;
  out.file = path;
  for (OperatorConfig& profile : profiles.operators) {
    const auto own = std::ranges::find(out.operators, profile.id, &OperatorConfig::id);
    if (own == out.operators.end())
      out.operators.push_back(std::move(profile));
    else
      *own = std::move(profile);
  }
  return out;
}

}  // namespace dlrgw::host
