// SPDX-License-Identifier: Apache-2.0
#include "console_sections.hpp"

#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>

#include <dlrgw/cpp/html.hpp>

namespace dlrgw::admin_http {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLongestLookUs = 10'000'000;
constexpr std::int64_t kBetweenLooksUs = 1'000'000;
constexpr std::string_view kVerdicts[] = {"continue", "drop", "retry", "reject"};

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

bool flag_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

json::object object_of(std::string_view document) {
  json::value parsed = json::parse(document);
  return parsed.is_object() ? parsed.get_object() : json::object();
}

// Each object of a list of a document.
template <class Use>
void each(const json::object& document, std::string_view list, Use&& use) {
  const json::value* items = document.if_contains(list);
  if (items == nullptr || !items->is_array()) return;
  for (const json::value& item : items->get_array())
    if (item.is_object()) use(item.get_object());
}

json::object member(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : json::object();
}

std::int64_t total(const json::object& stage) {
  const json::object verdicts = member(stage, "verdicts");
  std::int64_t sum = 0;
  for (const std::string_view verdict : kVerdicts) sum += number_of(verdicts, verdict);
  return sum;
}

std::string rate_text(const StageRates& rates, std::string_view stage) {
  const auto found = rates.find(stage);
  return found == rates.end() ? "–" : std::to_string(static_cast<std::int64_t>(found->second + 0.5));
}

std::string mean_text(const json::object& stage) {
  const std::int64_t batches = number_of(stage, "batches");
  if (batches == 0) return "–";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms",
                static_cast<double>(number_of(stage, "busyMs")) / static_cast<double>(batches));
  return text;
}

std::string state_cell(bool enabled) {
  return enabled ? R"(<td><span class="on">on</span></td>)" : R"(<td><span class="off">off</span></td>)";
}

std::string switch_button(bool enabled, const std::string& about, const std::string& path) {
  const std::string verb = enabled ? "Disable" : "Enable";
  return html_console_button(verb, about, verb + " " + about + " on this gateway?",
                             path + (enabled ? "/disable" : "/enable"));
}

// One segment of a path, as encodeURIComponent writes it.
std::string path_segment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.!~*()").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += code;
  }
  return out;
}

std::string table(std::string_view what, std::string_view id, std::initializer_list<std::string_view> heads,
                  const std::string& rows) {
  std::string out = "<div class=\"wide\" role=\"region\" aria-label=\"Table of ";
  out.append(what).append("\" tabindex=\"0\"><table>\n<thead><tr>");
  for (const std::string_view head : heads) out.append("<th scope=\"col\">").append(head).append("</th>");
  out.append("</tr></thead>\n<tbody id=\"").append(id).append("\">\n").append(rows);
  return out.append("</tbody></table></div>\n");
}

std::string fact(std::string_view name, std::string_view id, std::string_view value) {
  std::string out = "<dt>";
  out.append(name).append("</dt><dd id=\"").append(id).append("\">").append(html_text(value));
  return out.append("</dd>\n");
}

std::string reload_text(const json::object& pipeline) {
  const json::object reload = member(pipeline, "lastReload");
  if (reload.empty()) return "none since the start";
  std::string out = text_of(reload, "at") + (flag_of(reload, "ok") ? " ok" : " refused: " + text_of(reload, "error"));
  const json::value* sections = reload.if_contains("needsRestart");
  if (sections == nullptr || !sections->is_array()) return out;
  std::string_view before = "; needs a restart: ";
  for (const json::value& section : sections->get_array()) {
    if (!section.is_string()) continue;
    out.append(before).append(section.get_string());
    before = ", ";
  }
  return out;
}

}  // namespace

StageRates RateMeter::rates(std::string_view pipeline, std::int64_t monotonic_us) {
  Look now{monotonic_us, {}};
  each(object_of(pipeline), "stages",
       [&](const json::object& stage) { now.totals[text_of(stage, "name")] = total(stage); });
  while (!looks_.empty() && monotonic_us - looks_.front().at_us > kLongestLookUs) looks_.pop_front();
  StageRates out;
  if (!looks_.empty() && monotonic_us - looks_.front().at_us >= kBetweenLooksUs) {
    const Look& then = looks_.front();
    const double seconds = static_cast<double>(monotonic_us - then.at_us) / 1e6;
    for (const auto& [stage, count] : now.totals) {
      const auto before = then.totals.find(stage);
      if (before == then.totals.end()) continue;
      out[stage] = static_cast<double>(std::max<std::int64_t>(count - before->second, 0)) / seconds;
    }
  }
  if (looks_.empty() || monotonic_us - looks_.back().at_us >= kBetweenLooksUs) looks_.push_back(std::move(now));
  return out;
}

std::string now_section(std::string_view pipeline, const StageRates& rates) {
  const json::object document = object_of(pipeline);
  std::string first;
  each(document, "stages", [&](const json::object& stage) {
    if (first.empty() && flag_of(stage, "enabled")) first = text_of(stage, "name");
  });
  const json::object backlog = member(document, "backlog");
  std::string out = "<dl class=\"facts\">\n";
  out += fact("Receipts per second", "rate", rate_text(rates, first));
  out += fact("Lanes busy", "lanes",
              std::to_string(number_of(document, "lanesBusy")) + " of " + std::to_string(number_of(document, "lanes")));
  out += fact("Not delivered yet", "pending", std::to_string(number_of(backlog, "pending")));
  out += fact("Delivered, not settled", "unacknowledged", std::to_string(number_of(backlog, "unacknowledged")));
  out += fact("Parked for a retry", "parked", std::to_string(number_of(backlog, "parked")));
  out += fact("Last reload", "reload", reload_text(document));
  return out + "</dl>\n";
}

std::string stages_section(std::string_view pipeline, const StageRates& rates) {
  std::string rows;
  each(object_of(pipeline), "stages", [&](const json::object& stage) {
    const std::string name = text_of(stage, "name");
    const bool enabled = flag_of(stage, "enabled");
    const json::object verdicts = member(stage, "verdicts");
    rows.append("<tr>").append(html_row_header(name)).append(html_cell(text_of(stage, "plugin")));
    rows.append(html_cell(rate_text(rates, name)));
    for (const std::string_view verdict : kVerdicts) rows += html_cell(std::to_string(number_of(verdicts, verdict)));
    rows.append(html_cell(mean_text(stage))).append(state_cell(enabled)).append("<td>");
    rows += flag_of(stage, "essential")
                ? "essential"
                : switch_button(enabled, "stage " + name, "/v1/admin/stages/" + path_segment(name));
    rows.append("</td></tr>\n");
  });
  return table(
      "stages", "stages",
      {"Stage", "Plugin", "Receipts/s", "Continue", "Drop", "Retry", "Reject", "Mean per batch", "State", "Switch"},
      rows);
}

std::string plugins_section(std::string_view plugins) {
  std::string rows;
  each(object_of(plugins), "plugins", [&](const json::object& plugin) {
    const std::string id = text_of(plugin, "id");
    const bool enabled = flag_of(plugin, "enabled");
    rows.append("<tr>").append(html_row_header(id)).append(html_cell(text_of(plugin, "version")));
    rows.append(html_cell(text_of(plugin, "description"))).append(state_cell(enabled)).append("<td>");
    rows.append(switch_button(enabled, "plugin " + id, "/v1/admin/plugins/" + path_segment(id))).append("</td></tr>\n");
  });
  return table("plugins", "plugins", {"Plugin", "Version", "What", "State", "Switch"}, rows);
}

std::string jobs_section(std::string_view jobs) {
  std::string rows;
  each(object_of(jobs), "jobs", [&](const json::object& job) {
    const std::string ended = text_of(job, "lastEndedAt");
    rows.append("<tr>").append(html_row_header(text_of(job, "name"))).append(html_cell(text_of(job, "schedule")));
    rows.append(html_cell(std::to_string(number_of(job, "runs")))).append(html_cell(ended.empty() ? "–" : ended));
    rows.append(html_cell(text_of(job, "lastError"))).append("</tr>\n");
  });
  return table("jobs", "jobs", {"Job", "Schedule", "Runs", "Last ended", "Last error"}, rows);
}

}  // namespace dlrgw::admin_http
