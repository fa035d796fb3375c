// SPDX-License-Identifier: Apache-2.0
#include "held_desk.hpp"

#include <dlrgw/cpp/html.hpp>
#include <dlrgw/cpp/text.hpp>

#include "admin_route.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kPool = "admin";
constexpr std::int64_t kUsualLimit = 50, kMostLimit = 200;

// In the order of the streams; the cursor names the last one that was told.
constexpr std::string_view kPage = R"sql(
SELECT i.stream_identity, i.stream_seq, i.operator_id, i.message_id, i.event_id, i.reason, i.detail, i.stage, i.received_at,
       i.stream_time
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT * FROM dlr.invalid_dlrs x
      WHERE x.kind = 'held' AND (x.stream_identity, x.stream_seq) > (r.stream_identity, r.stream_seq)
      ORDER BY x.stream_identity, x.stream_seq LIMIT r.most) i
ORDER BY i.stream_identity, i.stream_seq)sql";

constexpr std::string_view kReasons = R"sql(
SELECT i.reason, count(*), min(i.received_at), min(i.detail)
FROM dlr.invalid_dlrs i WHERE i.kind = 'held' GROUP BY i.reason ORDER BY 2 DESC, 1)sql";

struct Place {
  std::string_view identity;
  std::int64_t seq = 0;
};

// "identity/sequence"; an identity may hold any character.
std::optional<Place> place_of(std::string_view cursor) {
  if (cursor.empty()) return Place{};
  const auto slash = cursor.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<std::int64_t> seq = parse_sequence(cursor.substr(slash + 1));
  if (!seq) return std::nullopt;
  return Place{cursor.substr(0, slash), *seq};
}

std::optional<std::int64_t> limit_of(std::string_view text) {
  if (text.empty()) return kUsualLimit;
  const std::optional<std::int64_t> limit = parse_sequence(text);
  return limit && *limit <= kMostLimit ? limit : std::nullopt;
}

std::string time_text(const SqlResult& rows, std::uint32_t row, std::uint32_t column) {
  const auto at_us = rows.time_us(row, column);
  return at_us ? rfc3339_ms(*at_us) : std::string();
}

}  // namespace

HeldDesk::HeldDesk(Host host)
    : sql_(host),
      page_(sql_.query("held_list", kPage,
                       {{"stream_identity", SqlType::kText}, {"stream_seq", SqlType::kInt}, {"most", SqlType::kInt}})),
      reasons_(sql_.query("held_reasons", kReasons, {})) {}

void HeldDesk::register_in(Registrar& registrar) const {
  registrar.route(admin_route("GET", "/v1/admin/dlr/held?limit&cursor"),
                  [this](const HttpRequest& request, HttpResponse& response) {
                    try {
                      send(response, list(request.query("limit"), request.query("cursor")));
                    } catch (const Error& e) {
                      send(response, refusal(e, 500));
                    }
                  });
}

Answer HeldDesk::list(std::string_view limit, std::string_view cursor) const {
  const std::optional<std::int64_t> most = limit_of(limit);
  if (!most) return {400, "limit is a number from 1 to 200"};
  const std::optional<Place> behind = place_of(cursor);
  if (!behind) return {400, "cursor is the \"next\" of an earlier answer"};
  const OwnUnitOfWork work = sql_.open(kPool);
  work.add(page_, 0, {SqlValue::text(behind->identity), SqlValue::integer(behind->seq), SqlValue::integer(*most)});
  const SqlResult rows = work.query(page_);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    json.begin_object().member("streamIdentity", rows.text(row, 0)).member("streamSequence", rows.integer(row, 1));
    json.member_or_null("operatorId", rows.text(row, 2)).member_or_null("messageId", rows.text(row, 3));
    json.member_or_null("eventId", rows.text(row, 4)).member("reason", rows.text(row, 5));
    json.member_or_null("detail", rows.text(row, 6)).member_or_null("stage", rows.text(row, 7));
    json.member("receivedAt", time_text(rows, row, 8))
        .member_or_null("streamTime", time_text(rows, row, 9))
        .end_object();
  }
  json.end_array();
  std::string next;
  if (rows.rows() == static_cast<std::uint32_t>(*most)) {
    const std::uint32_t last = rows.rows() - 1;
    next = std::string(rows.text(last, 0)) + "/" + std::to_string(rows.integer(last, 1));
  }
  json.member_or_null("next", next).end_object();
  return {200, json.take()};
}

std::string HeldDesk::section() const {
  std::string rows;
  try {
    const OwnUnitOfWork work = sql_.open(kPool);
    const SqlResult found = work.query(reasons_);
    for (std::uint32_t row = 0; row < found.rows(); ++row) {
      rows.append("<tr>").append(html_row_header(found.text(row, 0)));
      rows.append(html_cell(std::to_string(found.integer(row, 1)))).append(html_cell(time_text(found, row, 2)));
      rows.append(html_cell(found.text(row, 3))).append("</tr>\n");
    }
  } catch (const Error&) {
    return "<p>PostgreSQL does not answer: not known now.</p>";
  }
  if (rows.empty()) return "<p>None.</p>";
  return "<div class=\"wide\" role=\"region\" aria-label=\"Table of held receipts\" tabindex=\"0\"><table>\n<thead><tr>"
         "<th scope=\"col\">Reason</th><th scope=\"col\">Receipts</th><th scope=\"col\">Oldest received</th>"
         "<th scope=\"col\">One of the errors</th></tr></thead>\n<tbody id=\"held\">\n" +
         rows + "</tbody></table></div>\n";
}

}  // namespace dlrgw::admin_http
