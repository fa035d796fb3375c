// SPDX-License-Identifier: Apache-2.0
#include "cli/profile_commands.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <boost/json.hpp>

#include "cli/offline_chain.hpp"
#include "cli/trial.hpp"
#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::string_view kDatabase = "database";
constexpr std::size_t kShownWrong = 50;
constexpr std::size_t kMostOfAKind = 5000;  // of what the database holds, the newest

void tell(std::vector<std::string> sentences, std::vector<std::string>& errors) {
  const std::size_t more = sentences.size() > kShownWrong ? sentences.size() - kShownWrong : 0;
  sentences.resize(sentences.size() - more);
  std::ranges::move(sentences, std::back_inserter(errors));
  if (more != 0) errors.push_back("and " + std::to_string(more) + " further lines that are no receipt");
}

// Empty: errors says why.
std::vector<Capture> read_captures(OfflineChain& chain, const CaptureSource& from, const std::string& operator_id,
                                   std::vector<std::string>& errors) {
  const bool from_file = !from.file.empty();
  const Result<std::string> text =
      from_file ? read_text(from.file)
                : chain.run_tool("captures", {{"operator", operator_id}, {"most", std::to_string(kMostOfAKind)}}, {});
  if (!text) {
    errors.push_back(text.error().text);
    return {};
  }
  const std::string name = from_file ? from.file : std::string(kDatabase);
  std::vector<Capture> captures = captures_in(*text);
  if (captures.empty()) {
    errors.push_back(from_file
                         ? name + ": holds no captured receipt; write inbound payloads into it, one JSON object a line"
                         : "the database holds no receipt of " + operator_id +
                               " that was not understood within the last 7 days; capture some into a file");
    return {};
  }
  if (!from_file && captures.size() >= kMostOfAKind)
    errors.push_back(name + ": the newest " + std::to_string(kMostOfAKind) +
                     " of each kind were read; there may be more");
  tell(take_out_what_is_none(captures, name, operator_id), errors);
  if (captures.empty())
    errors.push_back(name + ": no line is a receipt" +
                     (operator_id.empty() ? std::string() : " of " + operator_id + "; is the operator's id right?"));
  return captures;
}

// The ids of submit responses as lines; nullopt: errors says why.
std::optional<std::string> read_ids(OfflineChain& chain, const ProfileNew& request,
                                    const std::vector<Capture>& captures, std::vector<std::string>& errors) {
  if (request.ids_file.empty() && !request.from.file.empty()) return std::string();
  Result<std::string> ids = std::string();
  if (!request.ids_file.empty()) {
    ids = read_text(request.ids_file);
  } else {
    const auto submitted = [&](const Result<std::string>& asked) {
      return asked ? chain.run_tool("captures.ids", {{"operator", request.operator_id}, {"ids", *asked}}, {}) : asked;
    };
    // A few captures show how ids are spelled; then all are looked for in that spelling.
    ids = submitted(chain.run_tool("profile.spellings", {}, captures));
    if (ids && !ids->empty()) ids = submitted(chain.run_tool("profile.spellings", {{"ids", *ids}}, captures));
  }
  if (ids) return *ids;
  errors.push_back(ids.error().text);
  return std::nullopt;
}

// One line of the report: "line 17: dlrStatus "UNKNOWN" -> "DELIVERED"".
void print_difference(std::uint64_t line, const json::object& differing, std::ostream& out) {
  out << "line " << line << ":";
  for (const auto& [name, values] : differing)
    out << "  " << std::string_view(name) << " " << json::serialize(values.as_array()[0]) << " -> "
        << json::serialize(values.as_array()[1]);
  out << "\n";
}

// What a receipt became: its members without what stages leave for one another, and the verdict of the last stage.
json::object result_of(Trial& trial, const Capture& capture) {
  json::object run = trial.run(capture);
  json::object out = run.contains("receipt") ? run.at("receipt").as_object() : json::object();
  std::vector<std::string> left;
  for (const auto& [name, value] : out)
    if (name.starts_with("dlr.")) left.emplace_back(name);
  for (const std::string& name : left) out.erase(name);
  const json::value* steps = run.if_contains("steps");
  if (steps != nullptr && !steps->as_array().empty()) out["verdict"] = steps->as_array().back().at("result");
  return out;
}

}  // namespace

bool profile_new(ProfileNew request, std::ostream& out, std::vector<std::string>& errors) {
  const auto chain = OfflineChain::build(std::move(request.config), {}, errors);
  if (!chain) return false;
  const std::vector<Capture> captures = read_captures(*chain, request.from, request.operator_id, errors);
  if (captures.empty()) return false;
  const auto ids = read_ids(*chain, request, captures, errors);
  if (!ids) return false;
  const Result<std::string> profile =
      chain->run_tool("profile.new", {{"operator", request.operator_id}, {"ids", *ids}}, captures);
  if (!profile) {
    errors.push_back(profile.error().text);
    return false;
  }
  out << *profile;
  return true;
}

bool profile_check(ProfileCheck request, std::ostream& out, std::vector<std::string>& errors) {
  std::vector<ConfigError> wrong;
  const std::optional<Config> changed = with_operators(request.config, request.profile_file, wrong);
  for (const ConfigError& error : wrong) errors.push_back(to_string(error));
  if (!changed) return false;
  const auto live = OfflineChain::build(std::move(request.config), {}, errors);
  if (!live) return false;
  const auto next = OfflineChain::build(*changed, {}, errors);
  if (!next) return false;
  const std::vector<Capture> captures = read_captures(*live, request.from, request.operator_id, errors);
  if (captures.empty()) return false;
  Trial before(*live);
  Trial after(*next);
  std::size_t differ = 0;
  std::map<std::string, std::size_t, std::less<>> by_member;
  for (const Capture& capture : captures) {
    json::object differing = differences(result_of(before, capture), result_of(after, capture));
    if (differing.empty()) continue;
    ++differ;
    for (const auto& [name, values] : differing) ++by_member[name];
    if (!request.json) print_difference(capture.line, differing, out);
    differing["line"] = capture.line;
    if (request.json) out << json::serialize(differing) << "\n";
  }
  if (request.json) return true;
  out << captures.size() << (captures.size() == 1 ? " receipt, " : " receipts, ") << differ << " differ";
  const char* before_name = ": ";
  for (const auto& [name, count] : by_member) out << std::exchange(before_name, ", ") << name << " of " << count;
  out << "\n";
  return true;
}

}  // namespace dlrgw::host
