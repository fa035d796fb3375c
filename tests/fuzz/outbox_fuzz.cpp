// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the outbox's arrays: what is read off any text, and what a payload can do to the array it stands in.
// Boost's parser is the judge of what is JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "outbox/event_array.hpp"
#include "outbox/outbox_page.hpp"

namespace {

using namespace dlrgw::outbox;
namespace json = boost::json;

constexpr std::string_view kId = "00000000-0000-4000-8000-000000000001";

void require(bool holds) {
  if (!holds) std::abort();
}

// Texts that are no JSON are stopped before they are stored; of those that are, both readers say the same.
void check_array(std::string_view text) {
  const auto events = read_events(text);
  boost::system::error_code ec;
  const json::value value = json::parse(text, ec);
  if (ec || !events) return;
  require(value.is_array() && value.get_array().size() == events->size());
  for (std::size_t i = 0; i < events->size(); ++i) {
    const json::value& element = value.get_array()[i];
    require(json::parse((*events)[i].json, ec) == element && !ec);
  }
}

// Whatever the payload is, the array holds this one event and nothing else, or is no JSON.
void check_payload(std::string_view payload) {
  EventRows rows;
  if (!rows.add("s", 1, {kId, "k", "s/1", "", payload})) return;
  const auto made = rows.take();
  boost::system::error_code ec;
  const json::value value = json::parse(made.at(0).events, ec);
  if (ec) return;
  require(value.get_array().size() == 1 && value.get_array()[0].get_object().size() == 3);
  require(json::parse(payload, ec) == value.get_array()[0].at("payload") && !ec);
  const auto events = read_events(made[0].events);
  require(events && events->size() == 1 && (*events)[0].id == kId);
}

void check_texts(std::string_view text) {
  EventRows rows;
  if (!rows.add(text, 1, {kId, text, text, text, "{}"})) return;
  for (const EventRow& row : rows.take()) {
    boost::system::error_code ec;
    const json::value value = json::parse(row.events, ec);
    require(!ec && value.is_array());
    const OutboxItem item{{"s", 1}, 0, 1, row.events};
    require(json::parse(outbox_json({item}, true), ec).is_object() && !ec);
  }
}

void check_query(std::string_view text) {
  for (const OutboxQueryText& wanted :
       {OutboxQueryText{text, {}, {}}, OutboxQueryText{{}, text, {}}, OutboxQueryText{{}, {}, text}}) {
    const auto parsed = parse_outbox_query(wanted);
    const auto* query = std::get_if<OutboxQuery>(&parsed);
    if (query != nullptr) require(query->limit >= 1 && query->limit <= 1000 && query->after.id >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_array(text);
  check_payload(text);
  check_texts(text);
  check_query(text);
  return 0;
}
