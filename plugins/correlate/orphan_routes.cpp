// SPDX-License-Identifier: Apache-2.0
#include "orphan_routes.hpp"

#include "orphan.hpp"
#include "orphan_text.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::string_view kPool = "admin";
constexpr std::string_view kScope = "dlr:admin";
constexpr std::string_view kPersonalScope = "dlr:pii";
constexpr std::uint32_t kSmallBody = 4096;                   // clients send "{}" with a POST that needs no body
constexpr std::int64_t kExportPage = 200;                    // rows of one read; a payload holds up to 256 KiB
constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;  // of the stream
constexpr std::string_view kConsoleRows = "20";
constexpr std::string_view kArchivedHeader = "Dlr-Archived-Months";

// The database is away. A type of its own, because a client that is gone has the same error code.
class ReadFailed : public Error {
 public:
  using Error::Error;
};

RouteSpec route(std::string_view method, std::string_view pattern) {
  return {.listener = DLRGW_LISTENER_ADMIN,
          .method = method,
          .pattern = pattern,
          .scope = kScope,
          .body_limit = method == "GET" ? 0 : kSmallBody};
}

Privacy privacy_of(const HttpRequest& request) {
  return request.claims().has_scope(kPersonalScope) ? Privacy::kFull : Privacy::kMasked;
}

std::string months_text(const std::vector<ArchivedObject>& archived) {
  std::string out;
  std::string_view last;
  for (const ArchivedObject& object : archived) {
    if (object.month == last) continue;
    out.append(out.empty() ? "" : ", ").append(object.month);
    last = object.month;
  }
  return out;
}

std::string archived_json(const std::vector<ArchivedObject>& archived) {
  JsonWriter json;
  json.begin_object().key("archived").begin_array();
  for (const ArchivedObject& object : archived) {
    json.begin_object()
        .member("month", object.month)
        .member("object", object.object_key)
        .member("rows", object.rows)
        .end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

void resolved_already(HttpResponse& response, const OrphanResolution& resolution) {
  response.problem(409, "this orphan is resolved already", [&](JsonWriter& more) {
    more.member("outcome", resolution.outcome);
    more.member("method", resolution.method);
    more.member("resolvedAt", rfc3339_ms(resolution.resolved_at_us));
  });
}

}  // namespace

OrphanRoutes::OrphanRoutes(Host host, const Recorrelation& recorrelation)
    : sql_(host), clock_(host), reader_(host), archived_(host), recorrelation_(recorrelation) {}

void OrphanRoutes::add_to(Registrar& registrar) {
  using Handler = void (OrphanRoutes::*)(const HttpRequest&, HttpResponse&) const;
  const auto add = [&](std::string_view method, std::string_view pattern, Handler handler) {
    registrar.route(route(method, pattern), [this, handler](const HttpRequest& request, HttpResponse& response) {
      try {
        (this->*handler)(request, response);
      } catch (const ReadFailed& e) {
        response.problem(503, e.what());  // ignored when the answer has begun: then the stream is cut
      }
    });
  };
  add("GET", "/v1/admin/dlr/orphans?from&to&limit&cursor&operatorId", &OrphanRoutes::list);
  add("GET", "/console/orphans", &OrphanRoutes::part_of_console);
  add("GET", "/v1/admin/dlr/orphans/export?from&to&format", &OrphanRoutes::export_range);
  add("POST", "/v1/admin/dlr/orphans/{id}/retry", &OrphanRoutes::retry);
}

template <class Read>
auto OrphanRoutes::read(Read&& from) const {
  try {
    const OwnUnitOfWork work = sql_.open(kPool);
    return from(work);
  } catch (const Error& e) {
    if (e.code() != DLRGW_E_UNAVAILABLE && e.code() != DLRGW_E_TRANSIENT) throw;
    throw ReadFailed(e.code(), "PostgreSQL did not answer; try again later");
  }
}

std::vector<OrphanRecord> OrphanRoutes::newest(const ListQuery& query) const {
  const OrphanPage page{query.from_us, query.to_us, query.beyond.value_or(first_place(query.to_us)), query.operator_id,
                        query.limit};
  return read([&](const UnitOfWork& work) { return reader_.newest_first(work, page); });
}

void OrphanRoutes::part_of_console(const HttpRequest&, HttpResponse& response) const {
  const auto query = parse_list_query({{}, {}, kConsoleRows, {}, {}}, clock_.now_us());
  response.send(200, "text/html; charset=utf-8", orphans_html(newest(std::get<ListQuery>(query))));
}

void OrphanRoutes::list(const HttpRequest& request, HttpResponse& response) const {
  const auto parsed = parse_list_query({request.query("from"), request.query("to"), request.query("limit"),
                                        request.query("cursor"), request.query("operatorId")},
                                       clock_.now_us());
  if (const auto* problem = std::get_if<std::string>(&parsed)) return response.problem(400, *problem);
  const auto& query = std::get<ListQuery>(parsed);
  const auto orphans = newest(query);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const OrphanRecord& orphan : orphans) json.raw(orphan_json(orphan, privacy_of(request)));
  const bool full = static_cast<std::int64_t>(orphans.size()) == query.limit;
  json.end_array().member_or_null(
      "next", full ? cursor_text({orphans.back().received_at_us, orphans.back().orphan_id}) : std::string());
  json.end_object();
  response.json(200, json.text());
}

void OrphanRoutes::export_range(const HttpRequest& request, HttpResponse& response) const {
  const auto parsed =
      parse_export_query(request.query("from"), request.query("to"), request.query("format"), clock_.now_us());
  if (const auto* problem = std::get_if<std::string>(&parsed)) return response.problem(400, *problem);
  const auto& query = std::get<ExportQuery>(parsed);
  const auto archived =
      read([&](const UnitOfWork& work) { return archived_.between(work, query.range.from_us, query.range.to_us); });
  const bool csv = query.format == ExportFormat::kCsv;
  response.header("Content-Disposition",
                  csv ? "attachment; filename=\"orphans.csv\"" : "attachment; filename=\"orphans.ndjson\"");
  if (!archived.empty()) response.header(kArchivedHeader, months_text(archived));
  response.begin(200, content_type(query.format));
  if (csv) response.write(orphan_csv_header());
  write_rows(query, response, privacy_of(request));
  if (!csv && !archived.empty()) response.write(archived_json(archived));
}

// A unit of work per page: while the client reads slowly, no transaction is open.
void OrphanRoutes::write_rows(const ExportQuery& query, HttpResponse& response, Privacy privacy) const {
  OrphanPage page{query.range.from_us, query.range.to_us, first_place(query.range.from_us), {}, kExportPage};
  std::string chunk;
  for (std::int64_t found = kExportPage; found == kExportPage;) {
    const auto orphans = read([&](const UnitOfWork& work) { return reader_.oldest_first(work, page); });
    for (const OrphanRecord& orphan : orphans) {
      chunk += query.format == ExportFormat::kCsv ? orphan_csv(orphan, privacy) : orphan_json(orphan, privacy) + "\n";
      if (chunk.size() < kChunkBytes) continue;
      response.write(chunk);
      chunk.clear();
    }
    found = static_cast<std::int64_t>(orphans.size());
    if (found != 0) page.beyond = {orphans.back().received_at_us, orphans.back().orphan_id};
  }
  if (!chunk.empty()) response.write(chunk);
}

std::optional<OrphanResolution> OrphanRoutes::resolution(std::string_view orphan_id) const {
  return read([&](const UnitOfWork& work) { return reader_.resolution(work, orphan_id); });
}

void OrphanRoutes::retry(const HttpRequest& request, HttpResponse& response) const {
  const std::string_view id = request.param("id");
  if (!is_uuid(id)) return response.problem(400, "the id of an orphan is a UUID");
  const std::string actor(request.claims().subject());
  if (actor.empty()) {
    return response.problem(403, "the token names no subject (sub); a write needs one for its audit row");
  }
  if (const auto resolved = resolution(id)) return resolved_already(response, *resolved);
  const auto orphan = read([&](const UnitOfWork& work) { return reader_.by_id(work, id); });
  if (!orphan) return response.problem(404, "there is no orphan with this id; archived ones are in the bucket");
  retry_known(*orphan, actor, response);
}

void OrphanRoutes::retry_known(const OrphanRecord& orphan, std::string_view actor, HttpResponse& response) const {
  try {
    const SubmissionResult result = recorrelation_.submit(orphan, ResolvedBy::kHand, actor);
    JsonWriter json;
    json.begin_object().member("outcome", result.outcome).member_or_null("reason", result.reason).end_object();
    response.json(200, json.text());
  } catch (const Error& e) {
    switch (e.code()) {
      case DLRGW_E_DENIED:
        if (const auto first = resolution(orphan.orphan_id)) return resolved_already(response, *first);
        throw;
      case DLRGW_E_DATA:
        return response.problem(422, e.what());
      case DLRGW_E_UNAVAILABLE:
      case DLRGW_E_TRANSIENT:
        return response.problem(503, e.what());
      default:
        throw;
    }
  }
}

}  // namespace dlrgw::correlate
