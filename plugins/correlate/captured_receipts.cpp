// SPDX-License-Identifier: Apache-2.0
#include "captured_receipts.hpp"

#include <algorithm>
#include <charconv>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kReachUs = 7LL * 24 * 60 * 60 * 1'000'000;
constexpr std::size_t kAskedAtOnce = 5'000;  // well within the statement's time

// Receipts without a message, refused ones, and those of which status or a field was not understood.
constexpr std::string_view kCaptures = R"sql(
SELECT c.payload, c.received_at
FROM dlrgw_rows r
CROSS JOIN LATERAL (
  (SELECT x.raw_payload AS payload, x.received_at FROM dlr.orphan_dlrs x
   WHERE x.operator_id = r.operator_id AND x.received_at >= r.from_at ORDER BY x.received_at DESC LIMIT r.max_rows)
  UNION ALL
  (SELECT x.payload, x.received_at FROM dlr.invalid_dlrs x
   WHERE x.operator_id = r.operator_id AND x.received_at >= r.from_at AND x.kind <> 'held'
   ORDER BY x.received_at DESC LIMIT r.max_rows)
  UNION ALL
  (SELECT x.raw_payload, x.received_at FROM dlr.delivery_receipts x
   WHERE x.operator_id = r.operator_id AND x.processed_at >= r.from_at AND (x.dlr_status = 'UNKNOWN' OR x.flags <> '')
   ORDER BY x.processed_at DESC LIMIT r.max_rows)) c
ORDER BY c.received_at)sql";

constexpr std::string_view kSubmitted = R"sql(
SELECT r.candidate
FROM dlrgw_rows r
WHERE EXISTS (SELECT FROM smpp.message_correlations x
              WHERE x.operator_id = r.operator_id AND x.operator_message_id = r.candidate))sql";

}  // namespace

CapturedReceipts::CapturedReceipts(Host host) : sql_(host), clock_(host) {
  using enum SqlType;
  captures_ =
      sql_.query("captured_receipts", kCaptures, {{"operator_id", kText}, {"from_at", kTime}, {"max_rows", kInt}});
  submitted_ = sql_.query("submitted_ids", kSubmitted, {{"operator_id", kText}, {"candidate", kText}});
}

void CapturedReceipts::add_to(Tools& tools) const {
  tools.add("captures", [this](const ToolCall& call) { write_captures(call); });
  tools.add("captures.ids", [this](const ToolCall& call) { write_submitted(call); });
}

std::string CapturedReceipts::line_of(std::string_view payload, std::int64_t received_at_us) {
  std::string out(payload);
  std::ranges::replace_if(
      out, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  const std::size_t brace = out.find_first_not_of(" \t");
  if (brace == std::string::npos || out[brace] != '{' || out.find("\"receivedAt\"") != std::string::npos) return out;
  const bool more = out.find_first_not_of(" \t", brace + 1) != out.find('}', brace + 1);
  return out.insert(brace + 1, "\"receivedAt\":\"" + rfc3339_ms(received_at_us) + (more ? "\"," : "\""));
}

void CapturedReceipts::write_captures(const ToolCall& call) const {
  const std::string_view most = call.input("most");
  std::int64_t max_rows = 0;
  const auto [end, wrong] = std::from_chars(most.data(), most.data() + most.size(), max_rows);
  if (wrong != std::errc() || end != most.data() + most.size() || max_rows < 1)
    throw Error(DLRGW_E_INVALID, "input most is no number of receipts");
  const OwnUnitOfWork work = sql_.open("svc");
  work.add(captures_, 0,
           {SqlValue::text(call.input("operator")), SqlValue::time(clock_.now_us() - kReachUs),
            SqlValue::integer(max_rows)});
  const SqlResult rows = work.query(captures_);
  for (std::uint32_t row = 0; row < rows.rows(); ++row)
    call.write(line_of(rows.bytes(row, 0), rows.time_us(row, 1).value_or(0)) + "\n");
}

void CapturedReceipts::write_submitted(const ToolCall& call) const {
  std::string_view ids = call.input("ids");
  while (!ids.empty()) {
    const OwnUnitOfWork work = sql_.open("svc");
    for (std::size_t asked = 0; asked < kAskedAtOnce && !ids.empty(); ++asked) {
      const std::size_t end = std::min(ids.find('\n'), ids.size());
      if (end != 0)
        work.add(submitted_, 0, {SqlValue::text(call.input("operator")), SqlValue::text(ids.substr(0, end))});
      ids.remove_prefix(std::min(end + 1, ids.size()));
    }
    const SqlResult rows = work.query(submitted_);
    for (std::uint32_t row = 0; row < rows.rows(); ++row) call.write(std::string(rows.text(row, 0)) + "\n");
  }
}

}  // namespace dlrgw::correlate
