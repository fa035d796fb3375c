// SPDX-License-Identifier: Apache-2.0
#include "record_routes.hpp"

#include <algorithm>

#include "admin_route.hpp"
#include "answer.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kPersonalScope = "dlr:pii";
constexpr std::int64_t kExportPage = 500;                    // rows of one read
constexpr std::int64_t kPayloadPage = 100;                   // … with payloads, which hold up to 256 KiB
constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;  // of the stream
constexpr std::int64_t kShortestUs = 1000;

// The database is away. A type of its own, because a client that is gone has the same error code.
class ReadFailed : public Error {
 public:
  using Error::Error;
};

template <class Read>
auto reading(Read&& read) {
  try {
    return read();
  } catch (const Error& e) {
    throw ReadFailed(e.code(), away(e).body);  // away() throws what is no outage
  }
}

Parameter parameters_of(const HttpRequest& request) {
  return [&request](std::string_view name) { return request.query(name); };
}

// Puts rows together to chunks of the stream.
class Lines {
 public:
  Lines(const RecordList& list, ExportFormat format, HttpResponse& response)
      : list_(list), format_(format), response_(response) {
    if (format == ExportFormat::kCsv) chunk_ = record_csv_header(list);
  }
  void add(const Record& record) {
    chunk_ += format_ == ExportFormat::kCsv ? record_csv(record) : record_json(list_, record) + "\n";
    if (chunk_.size() >= kChunkBytes) flush();
  }
  void flush() {
    if (!chunk_.empty()) response_.write(chunk_);
    chunk_.clear();
  }

 private:
  const RecordList& list_;
  ExportFormat format_;
  HttpResponse& response_;
  std::string chunk_;
};

// A unit of work per page: while the client reads slowly, no transaction is open. How many rows there were.
std::int64_t write_window(const RecordReader& reader, RecordQuery query, bool with_payload, Lines& lines) {
  std::int64_t total = 0;
  while (true) {
    const std::vector<Record> records = reading([&] { return reader.oldest_first(query, with_payload); });
    for (const Record& record : records) lines.add(record);
    total += static_cast<std::int64_t>(records.size());
    if (static_cast<std::int64_t>(records.size()) < query.limit) return total;
    query.beyond = records.back().place;
  }
}

void write_rows(const RecordReader& reader, const RecordQuery& query, bool with_payload, Lines& lines) {
  const std::int64_t longest = reader.list().window_us;
  if (longest == 0) {
    write_window(reader, query, with_payload, lines);
    return;
  }
  // Each page of a window reads all blocks of it, so windows of about a page each are what costs least.
  RecordQuery window = query;
  std::int64_t length = longest / 16;
  for (std::int64_t at = query.range.from_us; at < query.range.to_us; at = window.range.to_us) {
    window.range = {at, std::min(at + length, query.range.to_us)};
    const std::int64_t rows = write_window(reader, window, with_payload, lines);
    if (rows >= 2 * query.limit) length = std::max(length / 2, kShortestUs);
    if (rows <= query.limit / 2) length = std::min(length * 2, longest);
  }
}

}  // namespace

RecordRoutes::RecordRoutes(Host host) : clock_(host) {
  for (const RecordList& list : record_lists()) readers_.emplace_back(host, list);
}

void RecordRoutes::register_in(Registrar& registrar) const {
  using Handler = void (RecordRoutes::*)(const RecordReader&, const HttpRequest&, HttpResponse&) const;
  const auto add = [&](const std::string& pattern, const RecordReader& reader, Handler handler) {
    registrar.route(admin_route("GET", pattern),
                    [this, &reader, handler](const HttpRequest& request, HttpResponse& response) {
                      try {
                        (this->*handler)(reader, request, response);
                      } catch (const ReadFailed& e) {
                        response.problem(503, e.what());  // refused when the answer has begun: then the stream is cut
                      }
                    });
  };
  for (const RecordReader& reader : readers_) {
    if (reader.list().pages) add(page_pattern(reader.list()), reader, &RecordRoutes::page);
    add(export_pattern(reader.list()), reader, &RecordRoutes::export_range);
  }
}

void RecordRoutes::page(const RecordReader& reader, const HttpRequest& request, HttpResponse& response) const {
  const auto parsed = parse_page(reader.list(), parameters_of(request), clock_.now_us());
  if (const auto* refused = std::get_if<std::string>(&parsed)) return response.problem(400, *refused);
  const auto& query = std::get<RecordQuery>(parsed);
  const bool with_payload = request.claims().has_scope(kPersonalScope);
  const std::vector<Record> records = reading([&] { return reader.newest_first(query, with_payload); });
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const Record& record : records) json.raw(record_json(reader.list(), record));
  const bool full = static_cast<std::int64_t>(records.size()) == query.limit;
  json.end_array().member_or_null("next", full ? cursor_text(records.back().place) : std::string()).end_object();
  response.json(200, json.text());
}

void RecordRoutes::export_range(const RecordReader& reader, const HttpRequest& request, HttpResponse& response) const {
  const RecordList& list = reader.list();
  const auto parsed = parse_export(list, parameters_of(request), clock_.now_us());
  if (const auto* refused = std::get_if<std::string>(&parsed)) return response.problem(400, *refused);
  auto query = std::get<RecordQuery>(parsed);
  const bool with_payload =
      query.format == ExportFormat::kNdjson && !list.payload.empty() && request.claims().has_scope(kPersonalScope);
  query.limit = with_payload ? kPayloadPage : kExportPage;
  response.header("Content-Disposition", "attachment; filename=\"" + std::string(list.name) +
                                             (query.format == ExportFormat::kCsv ? ".csv\"" : ".ndjson\""));
  response.begin(200, content_type(query.format));
  Lines lines(list, query.format, response);
  write_rows(reader, query, with_payload, lines);
  lines.flush();
}

}  // namespace dlrgw::admin_http
