// SPDX-License-Identifier: Apache-2.0
#include "config/describe_config.hpp"

#include <map>
#include <sstream>

#include "config/config_keys.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kHead = R"(# Configuration

<!-- Written by `dlr-gateway check --keys`; a test compares it. -->

Every key of `gateway.toml`, its type, default and range, as `dlr-gateway check` checks them. The shipped
`config/gateway.toml` shows each in its place, and which environment variable it is taken from: `"${NAME}"` or
`"${NAME:-default}"`, in any string; a text from the environment may stand for a number or true/false. Durations are
strings: `"500ms"`, `"3s"`, `"5m"`, `"24h"`, `"30d"`. Unknown keys are errors. Secrets belong into files or the
environment; `check` and every route print them as `***`.

`dlr-gateway reload` (or SIGHUP, or `POST /v1/admin/reload`) takes over `plugins`, `pipeline`, `operators` and the log
level; what needs a restart is named in the log and in `lastReload.needsRestart`. What stands in files that the
configuration names (passwords, credentials, certificates, keys) is taken over without it; `lastReload.renewed` names the keys.
)";

// Of a table's cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : "`" + std::string(text) + "`"; }

std::string number(double value) {
  std::ostringstream out;
  out << std::fixed;
  out.precision(value == static_cast<double>(static_cast<std::int64_t>(value)) ? 0 : 2);
  out << value;
  return out.str();
}

std::string words(std::string_view allowed) {
  std::string out;
  for (const std::string_view word : allowed_words(allowed)) out += (out.empty() ? "" : ", ") + code(word);
  return out;
}

std::string range_of(const ConfigKey& key) {
  if (!key.allowed.empty()) return words(key.allowed);
  return key.min == key.max ? std::string() : number(key.min) + " to " + number(key.max);
}

std::string default_of(const ConfigKey& key) {
  if ((key.flags & kKeyRequired) != 0) return "required";
  if (key.default_text.empty()) return key.type == KeyType::kStringList ? "`[]`" : "empty";
  return key.type == KeyType::kString ? code("\"" + std::string(key.default_text) + "\"") : code(key.default_text);
}

std::string_view name_of(OptionType type) {
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
      return "a duration";
    case OptionType::kStringList:
      return "a list of strings";
    case OptionType::kStringMap:
      return "a table of strings";
  }
  return "a value";
}

std::string default_of(const OptionDecl& option) {
  if ((option.flags & kOptionRequired) != 0) return "required";
  if (option.default_value.empty()) return "none";
  const bool quoted = option.type == OptionType::kString || option.type == OptionType::kDuration;
  return code(quoted ? "\"" + option.default_value + "\"" : option.default_value);
}

std::string row(std::string_view key, std::string_view type, const std::string& default_text, const std::string& range,
                std::string_view help) {
  return "| `" + std::string(key) + "` | " + std::string(type) + " | " + cell(default_text) + " | " + cell(range) +
         " | " + cell(help) + " |\n";
}

std::string heading(const std::string& title) {
  return "\n## " + title + "\n\n| key | type | default | values | what |\n|---|---|---|---|---|\n";
}

std::string row_of(const OptionDecl& option) {
  const std::string help = option.help + ((option.flags & kOptionSecret) != 0 ? " Never printed." : "");
  return row(option.key, name_of(option.type), default_of(option), words(option.allowed), help);
}

}  // namespace

std::string describe_config(const std::vector<PluginOptions>& plugins) {
  std::string out(kHead);
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    std::string_view in = key.path.substr(0, key.path.rfind('.'));
    if (in != section) {
      section = in;
      out += heading(section == "plugins[]" ? "[[plugins]]" : "[" + section + "]");
    }
    const std::string help = std::string(key.help) + ((key.flags & kKeySecret) != 0 ? " Never printed." : "");
    out += row(key.path.substr(in.size() + 1), to_string(key.type), default_of(key), range_of(key), help);
  }
  std::map<std::string, OptionDecl> of_operators;
  for (const PluginOptions& plugin : plugins) {
    std::string rows;
    for (const OptionDecl& option : plugin.options) {
      if ((option.flags & kOptionOperator) != 0) {
        of_operators.emplace(option.key, option);
      } else {
        rows += row_of(option);
      }
    }
    if (!rows.empty()) out += heading("[plugins.options] of " + plugin.id) + rows;
  }
  if (!of_operators.empty()) {
    out += heading("[operators.\"<id>\"]");
    for (const auto& [key, option] : of_operators) out += row_of(option);
    out +=
        "\n`[operators.\"<id>\".connectors.\"<connectorId>\"]` holds the same keys for what one connector received; a "
        "key that is "
        "there takes the place of the operator's.\n";
  }
  return out;
}

}  // namespace dlrgw::host
