// SPDX-License-Identifier: Apache-2.0
#include "outbox_routes.hpp"

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::outbox {
namespace {

constexpr std::string_view kAdminPool = "admin";
constexpr std::string_view kConsoleLimit = "20";

constexpr std::string_view kPage = R"(
SELECT o.id, o.subject, o.created_at, o.event_count
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT x.id, x.subject, x.created_at, x.event_count FROM dlr.outbox x
      WHERE (x.subject, x.id) > (r.after_subject COLLATE "C", r.after_id) AND x.subject <= r.last_subject COLLATE "C"
      ORDER BY x.subject, x.id LIMIT r.most) o)";

constexpr std::string_view kFind = R"(
WITH RECURSIVE subjects AS (
  (SELECT o.subject FROM dlr.outbox o ORDER BY o.subject LIMIT 1)
  UNION ALL
  SELECT (SELECT o.subject FROM dlr.outbox o WHERE o.subject > s.subject ORDER BY o.subject LIMIT 1)
  FROM subjects s WHERE s.subject IS NOT NULL)
SELECT o.id, o.subject, o.created_at, o.event_count
FROM dlrgw_rows r CROSS JOIN subjects s JOIN dlr.outbox o ON o.subject = s.subject AND o.id = r.id)";

constexpr std::string_view kText = R"(
SELECT o.events::text FROM dlrgw_rows r JOIN dlr.outbox o ON o.subject = r.subject AND o.id = r.id)";

OutboxItem item_at(const SqlResult& result, std::uint32_t row) {
  return {{std::string(result.text(row, 1)), result.integer(row, 0)},
          result.time_us(row, 2).value_or(0),
          result.integer(row, 3),
          std::nullopt};
}

}  // namespace

OutboxRoutes::OutboxRoutes(Host host)
    : sql_(host),
      page_(sql_.query("page", kPage,
                       {{"after_subject", SqlType::kText},
                        {"after_id", SqlType::kInt},
                        {"last_subject", SqlType::kText},
                        {"most", SqlType::kInt}})),
      find_(sql_.query("find_row", kFind, {{"id", SqlType::kInt}})),
      text_(sql_.query("row_text", kText, {{"subject", SqlType::kText}, {"id", SqlType::kInt}})) {}

void OutboxRoutes::add_to(Registrar& registrar) {
  using Handler = void (OutboxRoutes::*)(const HttpRequest&, HttpResponse&) const;
  const auto add = [&](std::string_view pattern, Handler handler) {
    registrar.route({.listener = DLRGW_LISTENER_ADMIN, .pattern = pattern, .scope = "dlr:admin"},
                    [this, handler](const HttpRequest& request, HttpResponse& response) {
                      try {
                        (this->*handler)(request, response);
                      } catch (const Error& e) {
                        if (e.code() != DLRGW_E_UNAVAILABLE && e.code() != DLRGW_E_TRANSIENT) throw;
                        response.problem(503, "PostgreSQL did not answer; try again later");
                      }
                    });
  };
  add("/v1/admin/outbox?subject&limit&cursor", &OutboxRoutes::list);
  add("/v1/admin/outbox/{outboxId}/{eventId}?", &OutboxRoutes::show);
  add("/console/outbox", &OutboxRoutes::part_of_console);
}

void OutboxRoutes::list(const HttpRequest& request, HttpResponse& response) const {
  const auto parsed = parse_outbox_query({request.query("subject"), request.query("limit"), request.query("cursor")});
  if (const auto* problem = std::get_if<std::string>(&parsed)) return response.problem(400, *problem);
  const Page found = page(std::get<OutboxQuery>(parsed));
  response.json(200, outbox_json(found.rows, found.more));
}

void OutboxRoutes::show(const HttpRequest& request, HttpResponse& response) const {
  const auto id = parse_outbox_id(request.param("outboxId"));
  if (!id || !is_uuid(request.param("eventId")))
    return response.problem(400, "an event of the outbox is named by the number of its row and its id, a UUID");
  std::optional<OutboxItem> row = find(*id);
  const auto event = row && read_text(*row)
                         ? outbox_event_json(*row, request.param("eventId"), request.claims().has_scope("dlr:pii"))
                         : std::nullopt;
  if (!event) return response.problem(404, "this event does not wait in the outbox; most likely it was published");
  response.json(200, *event);
}

void OutboxRoutes::part_of_console(const HttpRequest&, HttpResponse& response) const {
  const auto oldest = parse_outbox_query({{}, kConsoleLimit, {}});
  response.send(200, "text/html; charset=utf-8", outbox_html(page(std::get<OutboxQuery>(oldest)).rows));
}

OutboxRoutes::Page OutboxRoutes::page(const OutboxQuery& query) const {
  Page found;
  std::int64_t events = 0;
  for (OutboxItem& row : rows_behind(query)) {
    found.more = events >= query.limit;
    if (found.more) break;
    if (!read_text(row)) continue;
    events += row.event_count;
    found.rows.push_back(std::move(row));
  }
  return found;
}

std::vector<OutboxItem> OutboxRoutes::rows_behind(const OutboxQuery& query) const {
  const OwnUnitOfWork work = sql_.open(kAdminPool);
  work.add(page_, 0,
           {SqlValue::text(query.after.subject), SqlValue::integer(query.after.id), SqlValue::text(query.last_subject),
            SqlValue::integer(query.limit + 1)});
  const SqlResult result = work.query(page_);
  std::vector<OutboxItem> rows;
  for (std::uint32_t row = 0; row < result.rows(); ++row) rows.push_back(item_at(result, row));
  return rows;
}

std::optional<OutboxItem> OutboxRoutes::find(std::int64_t id) const {
  const OwnUnitOfWork work = sql_.open(kAdminPool);
  work.add(find_, 0, {SqlValue::integer(id)});
  const SqlResult result = work.query(find_);
  if (result.rows() == 0) return std::nullopt;
  return item_at(result, 0);
}

bool OutboxRoutes::read_text(OutboxItem& row) const {
  try {
    const OwnUnitOfWork work = sql_.open(kAdminPool);
    work.add(text_, 0, {SqlValue::text(row.place.subject), SqlValue::integer(row.place.id)});
    const SqlResult result = work.query(text_);
    if (result.rows() == 0) return false;
    row.text = std::string(result.text(0, 0));
    return true;
  } catch (const Error&) {
    return find(row.place.id).has_value();  // throws when it is not this row
  }
}

}  // namespace dlrgw::outbox
