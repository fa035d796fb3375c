// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what is read and written about orphans: times and places in requests, payloads and texts in exports,
// the store's lifecycle document, and archived objects as they come back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <dlrgw/cpp/base.hpp>
#include <dlrgw/cpp/listing.hpp>

#include "archive_file.hpp"
#include "orphan_query.hpp"
#include "orphan_text.hpp"
#include "s3_lifecycle.hpp"

namespace {

using namespace dlrgw::correlate;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_query(std::string_view text) {
  static_cast<void>(dlrgw::parse_time_us(text));
  ListText wanted;
  wanted.cursor = text;
  const auto parsed = parse_list_query(wanted, 0);
  const auto* query = std::get_if<ListQuery>(&parsed);
  if (query == nullptr || !query->beyond) return;
  const auto again = dlrgw::parse_time_us(dlrgw::rfc3339_ms(0));
  require(again && *again == 0 && dlrgw::is_uuid(query->beyond->orphan_id));
}

// Whatever a payload and the fields hold, a line is one JSON object on one line, and a line of CSV has its cells.
void check_texts(std::string_view text) {
  OrphanRecord orphan;
  orphan.id_candidates = "[]";
  orphan.payload = text;
  orphan.raw_stat = text;
  orphan.operator_message_id = text;
  for (const Privacy privacy : {Privacy::kMasked, Privacy::kFull}) {
    const std::string json = orphan_json(orphan, privacy);
    boost::system::error_code error;
    require(boost::json::parse(json, error).is_object() && json.find('\n') == std::string::npos);
  }
  const std::string cell = dlrgw::csv_cell(text);
  require(cell.size() >= 2 && cell.front() == '"' && cell.back() == '"');
  require(std::string_view("=+-@\t\r\n").find(cell[1]) == std::string_view::npos);
  std::size_t quotes = 0;
  for (const char c : cell) quotes += c == '"' ? 1 : 0;
  require(quotes % 2 == 0);
}

void check_store(std::string_view text) {
  try {
    const auto document = with_expiry_rule(text);
    require(!document || document->find("dlr-gateway-orphans") != std::string::npos);
  } catch (const dlrgw::Error&) {
    require(!text.empty());
  }
  ArchiveCheck check;
  check.add(text);
  const ArchiveContents contents = check.finish();
  require(contents.rows >= -1 && contents.bytes == static_cast<std::int64_t>(text.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_query(input);
  check_texts(input);
  check_store(input);
  return 0;
}
