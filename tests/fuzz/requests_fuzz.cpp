// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what callers of the quarantine, of the reports and of the portal send or see: pages and reasons, days,
// and texts of operators on a page.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <dlrgw/cpp/html.hpp>

#include "admin-http/daily_report.hpp"
#include "dedup/quarantine_query.hpp"
#include "segments/portal_page.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_quarantine(std::string_view text) {
  using namespace dlrgw::dedup;
  for (const QuarantineQueryText& wanted :
       {QuarantineQueryText{.operator_id = text}, QuarantineQueryText{.state = text},
        QuarantineQueryText{.limit = text}, QuarantineQueryText{.cursor = text}, QuarantineQueryText{.from = text},
        QuarantineQueryText{.to = text}}) {
    const auto parsed = parse_quarantine_query(wanted);
    const auto* query = std::get_if<QuarantineQuery>(&parsed);
    if (query == nullptr) continue;
    require(query->limit >= 1 && query->limit <= 200);
    const std::string cursor = cursor_text(query->before);
    const auto again = parse_quarantine_query({.cursor = cursor});
    require(std::holds_alternative<QuarantineQuery>(again) &&
            std::get<QuarantineQuery>(again).before.id == query->before.id);
  }
  const auto reason = parse_decision_reason(text);
  if (const auto* accepted = std::get_if<DecisionReason>(&reason)) {
    require(accepted->text.size() <= 500 && accepted->text.find('\0') == std::string::npos);
  }
  const QuarantineItem item{{0, "id"}, std::string(text), std::string(text), "m", "UNKNOWN", {}, {}, {}};
  boost::system::error_code error;
  require(boost::json::parse(quarantine_json(item), error).is_object());
}

void check_day(std::string_view text) {
  const auto day = dlrgw::admin_http::parse_report_day(text);
  if (day) require(day->date == text && dlrgw::admin_http::report_day(day->begins_us, 0).date == text);
}

// Whatever an operator sends, the page has the markup of the page.
void check_page(std::string_view text) {
  using namespace dlrgw::segments;
  const auto tags = [](std::string_view page) {
    std::size_t count = 0;
    for (const char c : page) count += c == '<' ? 1U : 0U;
    return count;
  };
  const auto page_with = [](std::string_view code) {
    return message_page({"id", "FAILED", 1, {{1, "FAILED", std::string(code), 0, false}}}, 0);
  };
  if (text.empty()) return;
  require(tags(page_with(text)) == tags(page_with("x")));
  require(dlrgw::html_text(text).find_first_of("<>\"'") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_quarantine(input);
  check_day(input);
  check_page(input);
  return 0;
}
