// SPDX-License-Identifier: Apache-2.0
#include "bulk_request.hpp"

#include <boost/json.hpp>

#include <dlrgw/cpp/text.hpp>
#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxText = 200;  // of a reason or a stage
constexpr std::string_view kTimeHelp = "write it as 2026-11-01 or 2026-11-01T00:00:00Z";

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

// The text of a member; nullopt: not given, null or empty. problem is filled when it is no such text.
std::optional<std::string> text_of(const json::object& object, std::string_view name, std::string& problem) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string() || value->get_string().size() > kMaxText) {
    problem = quoted(name) + " is a text of at most " + std::to_string(kMaxText) + " characters";
    return std::nullopt;
  }
  std::string text(value->get_string());
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) problem = quoted(name) + " holds a control character";
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::int64_t> time_of(const json::object& object, std::string_view name, std::string& problem) {
  const std::optional<std::string> text = text_of(object, name, problem);
  if (!text) return std::nullopt;
  const std::optional<std::int64_t> us = parse_time_us(*text);
  if (!us && problem.empty()) problem = quoted(name) + " is no time; " + std::string(kTimeHelp);
  return us;
}

void add_selection(const BulkSelection& selection, JsonWriter& out) {
  out.member_or_null("reason", selection.reason).member_or_null("stage", selection.stage);
  out.member_or_null("from", selection.from_us ? rfc3339_ms(*selection.from_us) : "");
  out.member("to", rfc3339_ms(selection.to_us));
}

const char* state_of(const BulkProgress& progress) {
  if (progress.finished) return "finished";
  return progress.steps == 0 ? "waiting" : "running";
}

}  // namespace

std::variant<BulkSelection, std::string> parse_bulk_selection(std::string_view body, std::int64_t now_us) {
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object()) return "the body is a JSON object such as {\"reason\": \"quirk_failed\"}";
  const json::object& object = parsed.get_object();
  for (const auto& [key, value] : object) {
    if (key != "reason" && key != "stage" && key != "from" && key != "to")
      return "the body has a member that is none of \"reason\", \"stage\", \"from\", \"to\"";
  }
  std::string problem;
  BulkSelection selection;
  selection.reason = text_of(object, "reason", problem).value_or("");
  selection.stage = text_of(object, "stage", problem).value_or("");
  selection.from_us = time_of(object, "from", problem);
  selection.to_us = time_of(object, "to", problem).value_or(now_us);
  if (!problem.empty()) return problem;
  if (selection.reason.empty() && selection.stage.empty() && !selection.from_us)
    return "name a \"reason\", a \"stage\" or a time \"from\", so that not everything is put through by mistake";
  if (selection.from_us && *selection.from_us >= selection.to_us)
    return "\"from\" must be before \"to\", which is excluded and now unless given";
  return selection;
}

std::string selection_json(const BulkSelection& selection) {
  JsonWriter out;
  out.begin_object();
  add_selection(selection, out);
  return out.end_object().text();
}

std::string tally_json(const Tally& tally) {
  JsonWriter out;
  out.begin_object();
  for (const auto& [outcome, count] : tally) out.member(outcome, count);
  out.end_object();
  return out.take();
}

Tally parse_tally(std::string_view text) {
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error);
  Tally tally;
  if (error || !parsed.is_object()) return tally;
  for (const auto& [outcome, count] : parsed.get_object())
    if (count.is_int64()) tally[std::string(outcome)] = count.get_int64();
  return tally;
}

std::string progress_json(const BulkProgress& progress) {
  Tally all = progress.not_kept;
  std::int64_t done = 0;
  for (const auto& [outcome, count] : progress.kept) all[outcome] += count;
  for (const auto& [outcome, count] : all) done += count;
  JsonWriter out;
  out.begin_object().member("id", progress.id).member("state", state_of(progress)).member("actor", progress.actor);
  add_selection(progress.selection, out);
  out.member("requestedAt", rfc3339_ms(progress.requested_at_us))
      .member("matching", progress.matching)
      .member("done", done)
      .key("outcomes")
      .raw(tally_json(all))
      .key("left")
      .raw(progress.left);
  out.member_or_null("lastStepAt", progress.last_step_us ? rfc3339_ms(*progress.last_step_us) : "");
  out.end_object();
  return out.take();
}

std::string with_progress(std::string_view jobs, std::string_view job, const std::optional<BulkProgress>& progress) {
  boost::system::error_code error;
  json::value document = json::parse(jobs, error);
  json::value* list = error || !document.is_object() ? nullptr : document.get_object().if_contains("jobs");
  if (list == nullptr || !list->is_array()) return std::string(jobs);
  for (json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    const json::value* name = item.get_object().if_contains("name");
    if (name == nullptr || !name->is_string() || name->get_string() != job) continue;
    item.get_object()["progress"] = progress ? json::parse(progress_json(*progress)) : json::value();
  }
  return json::serialize(document);
}

}  // namespace dlrgw::admin_http
