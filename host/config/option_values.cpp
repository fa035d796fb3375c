// SPDX-License-Identifier: Apache-2.0
#include "config/option_values.hpp"

#include <algorithm>

namespace dlrgw::host {

const OptionDecl* OptionValues::declaration(bool of_operator, std::string_view key) const {
  const auto found = std::find_if(declared_.begin(), declared_.end(), [&](const OptionDecl& decl) {
    return decl.key == key && decl.per_operator() == of_operator;
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

}  // namespace dlrgw::host
