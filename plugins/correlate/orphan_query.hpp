// SPDX-License-Identifier: Apache-2.0
// What callers of the orphan routes ask for: ids, times, limits and places as text. Pure; any thread. A refusal is a
// sentence for the caller; it quotes nothing of the request.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <dlrgw/cpp/listing.hpp>

#include "orphan_reader.hpp"

namespace dlrgw::correlate {

struct ExportQuery {
  TimeRange range;
  ExportFormat format = ExportFormat::kNdjson;
};
std::variant<ExportQuery, std::string> parse_export_query(std::string_view from, std::string_view to,
                                                          std::string_view format, std::int64_t now_us);

struct ListQuery {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
  std::int64_t limit = 0;
  std::optional<OrphanPlace> beyond;  // the last one of the page before
  std::string_view operator_id;
};
struct ListText {
  std::string_view from{}, to{}, limit{}, cursor{}, operator_id{};
};
std::variant<ListQuery, std::string> parse_list_query(const ListText& text, std::int64_t now_us);

// The place of the last item of a page, as the caller gives it back.
std::string cursor_text(const OrphanPlace& place);

}  // namespace dlrgw::correlate
