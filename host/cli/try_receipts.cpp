// SPDX-License-Identifier: Apache-2.0
#include "cli/try_receipts.hpp"

#include <sstream>

#include <boost/json.hpp>

#include "cli/offline_chain.hpp"
#include "cli/trial.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

// "  [by the text's stat:, status_aliases, gateway.toml:12:3]"
void print_rule(const json::value* rule, std::ostream& out) {
  if (rule == nullptr) return;
  out << "  [" << std::string_view(rule->at("rule").as_string());
  if (const json::value* at = rule->as_object().if_contains("at")) out << ", " << std::string_view(at->as_string());
  out << "]";
}

void print(const json::object& result, std::uint64_t number, const std::string& not_run, std::ostream& out) {
  out << "event " << number << ": ";
  if (const json::value* invalid = result.if_contains("invalid")) {
    out << "invalid, " << std::string_view(invalid->as_string()) << "\n";
    return;
  }
  const json::object& receipt = result.at("receipt").as_object();
  out << std::string_view(receipt.at("operatorId").as_string()) << "\n";
  for (const json::value& value : result.at("steps").as_array()) {
    const json::object& step = value.as_object();
    out << "  " << std::string_view(step.at("step").as_string()) << " ("
        << std::string_view(step.at("plugin").as_string()) << "): " << std::string_view(step.at("result").as_string())
        << "\n";
    const json::value* rules = step.if_contains("rules");
    for (const auto& [name, edit] : step.at("edits").as_object()) {
      out << "      " << std::string_view(name) << ": " << json::serialize(edit.as_array()[0]) << " -> "
          << json::serialize(edit.as_array()[1]);
      if (rules != nullptr) print_rule(rules->as_object().if_contains(name), out);
      out << "\n";
    }
  }
  if (!not_run.empty()) out << "  not run, they need servers: " << not_run << "\n";
}

}  // namespace

std::vector<std::string> events_in(const std::string& text) {
  boost::system::error_code wrong;
  const json::value whole = json::parse(text, wrong);
  std::vector<std::string> out;
  if (!wrong && whole.is_array()) {
    for (const json::value& event : whole.as_array()) out.push_back(json::serialize(event));
    return out;
  }
  if (!wrong) return {text};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) out.push_back(line);
  }
  return out;
}

bool try_receipts(TryRequest request, const std::vector<std::string>& events, std::ostream& out,
                  std::vector<std::string>& errors) {
  const auto chain = OfflineChain::build(std::move(request.config), request.plugin_file, errors);
  if (!chain) return false;
  std::string names;
  for (const std::string& name : chain->not_run()) names += (names.empty() ? "" : ", ") + name;
  Trial trial(*chain);
  bool ok = true;
  std::uint64_t number = 0;
  for (const std::string& event : events) {
    json::object result = trial.run({++number, event});
    ok = ok && result.at("ok").as_bool();
    if (!request.json) {
      print(result, number, names, out);
      continue;
    }
    result["event"] = number;
    result["notRun"] = json::array(chain->not_run().begin(), chain->not_run().end());
    out << json::serialize(result) << "\n";
  }
  return ok;
}

}  // namespace dlrgw::host
