// SPDX-License-Identifier: Apache-2.0
#include "cli/resubmit.hpp"

#include <ostream>

#include <boost/json.hpp>

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::string_view kRoute = "/v1/admin/dlr/rejected/resubmit";

std::string line_of(const json::object& progress) {
  std::string line =
      text_of(progress, "state") + ": " + text_of(progress, "done") + " of " + text_of(progress, "matching");
  const json::value* outcomes = progress.if_contains("outcomes");
  if (outcomes == nullptr || !outcomes->is_object()) return line;
  for (const auto& [outcome, count] : outcomes->get_object())
    line += ", " + std::string(outcome) + " " + json::serialize(count);
  return line;
}

void name_those_left(const json::object& progress, std::ostream& out) {
  const json::value* left = progress.if_contains("left");
  if (left == nullptr || !left->is_array()) return;
  for (const json::value& item : left->get_array()) {
    if (!item.is_object()) continue;
    const json::object& receipt = item.get_object();
    out << "left " << text_of(receipt, "streamIdentity") << '/' << text_of(receipt, "streamSequence") << ": "
        << text_of(receipt, "reason") << '\n';
  }
}

}  // namespace

Status resubmit(const ResubmitWish& wish, const AskGateway& ask, const std::function<void()>& pause,
                std::ostream& out) {
  json::object selection;
  for (const auto& [key, value] :
       {std::pair{"reason", &wish.reason}, {"stage", &wish.stage}, {"from", &wish.from}, {"to", &wish.to}})
    if (!value->empty()) selection[key] = *value;
  const Result<json::object> begun = ask_object(ask, "POST " + std::string(kRoute) + " " + json::serialize(selection));
  if (!begun) return begun.error();
  const std::string id = text_of(*begun, "id");
  out << "request " << id << ": " << text_of(*begun, "matching") << " receipts match\n" << std::flush;
  std::string told;
  while (true) {
    const Result<json::object> progress = ask_object(ask, "GET " + std::string(kRoute) + "/" + id);
    if (!progress) return progress.error();
    if (const std::string line = line_of(*progress); line != told) {
      out << line << '\n' << std::flush;
      told = line;
    }
    if (text_of(*progress, "state") == "finished") {
      name_those_left(*progress, out);
      return {};
    }
    pause();
  }
}

}  // namespace dlrgw::host
