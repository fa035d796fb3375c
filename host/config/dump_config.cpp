// SPDX-License-Identifier: Apache-2.0
#include "config/dump_config.hpp"

#include <algorithm>
#include <sstream>

#include "config/config_keys.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kMask = "\"***\"";

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : mask_url_secrets(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

struct FieldText {
  std::string operator()(const std::string* text) const { return quoted(*text); }
  std::string operator()(const std::int64_t* number) const { return std::to_string(*number); }
  std::string operator()(const double* number) const {
    std::ostringstream out;
    out << *number;
    return out.str();
  }
  std::string operator()(const bool* flag) const { return *flag ? "true" : "false"; }
  std::string operator()(const std::vector<std::string>* list) const {
    std::string out = "[";
    for (const std::string& item : *list) out += (out.size() > 1 ? ", " : "") + quoted(item);
    return out + "]";
  }
};

struct ValueText {
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return FieldText{}(&number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(const RawValue::List& list) const {
    std::string out = "[";
    for (const RawValue& item : list) out += (out.size() > 1 ? ", " : "") + std::visit(*this, item.data);
    return out + "]";
  }
  std::string operator()(const RawTable& table) const {
    std::string out = "{";
    for (const RawEntry& entry : table.entries)
      out += (out.size() > 1 ? ", " : " ") + quoted(entry.key) + " = " + std::visit(*this, entry.value.data);
    return out + " }";
  }
};

bool printable(const std::vector<OptionDecl>& declared, std::string_view key, bool of_operator) {
  bool known = false;
  for (const OptionDecl& decl : declared) {
    if (decl.key != key || ((decl.flags & kOptionOperator) != 0) != of_operator) continue;
    if ((decl.flags & kOptionSecret) != 0) return false;
    known = true;
  }
  return known;
}

std::string key_line(Config& config, const ConfigKey& key, const std::string& path, std::size_t index) {
  const KeyField field = key.field(config, index);
  std::string text = std::visit(FieldText{}, field);
  if ((key.flags & kKeyAuto) != 0 && text == std::to_string(kAuto)) text = quoted("auto");
  if ((key.flags & kKeySecret) != 0 && text != "\"\"") text = kMask;
  return path + " = " + text + "\n";
}

}  // namespace

std::string dump_config(const Config& config, const std::map<std::string, std::vector<OptionDecl>>& declared) {
  Config copy = config;  // the key table hands out mutable fields
  std::string out;
  constexpr std::string_view kPlugin = "plugins[].";
  for (const ConfigKey& key : config_keys())
    if (!key.path.starts_with(kPlugin)) out += key_line(copy, key, std::string(key.path), 0);
  std::vector<OptionDecl> all;
  for (const auto& [file, options] : declared) all.insert(all.end(), options.begin(), options.end());
  for (std::size_t i = 0; i < copy.plugins.size(); ++i) {
    const std::string prefix = "plugins[" + std::to_string(i) + "].";
    for (const ConfigKey& key : config_keys())
      if (key.path.starts_with(kPlugin))
        out += key_line(copy, key, prefix + std::string(key.path.substr(kPlugin.size())), i);
    const auto known = declared.find(copy.plugins[i].file);
    for (const RawEntry& entry : copy.plugins[i].options.entries) {
      const bool shown = known != declared.end() && printable(known->second, entry.key, false);
      out += prefix + "options." + entry.key + " = " +
             (shown ? std::visit(ValueText{}, entry.value.data) : std::string(kMask)) + "\n";
    }
  }
  const auto keys = [&](const RawTable& table, const std::string& path) {
    for (const RawEntry& entry : table.entries)
      out += path + "." + entry.key + " = " +
             (printable(all, entry.key, true) ? std::visit(ValueText{}, entry.value.data) : std::string(kMask)) + "\n";
  };
  for (const OperatorConfig& op : copy.operators) {
    const std::string path = "operators.\"" + op.id + "\"";
    keys(op.values, path);
    for (const ConnectorConfig& connector : op.connectors)
      keys(connector.values, path + ".connectors.\"" + connector.id + "\"");
  }
  return out;
}

}  // namespace dlrgw::host
