// SPDX-License-Identifier: Apache-2.0
#include "portal_reader.hpp"

#include <algorithm>

namespace dlrgw::segments {
namespace {

constexpr std::string_view kPool = "portal";

// For this transaction only: the next one on the connection begins without a tenant, whose messages are none.
constexpr std::string_view kTenant = R"(
SELECT set_config('app.account_id', account_id::text, true), set_config('app.message_id', message_id::text, true)
FROM dlrgw_rows)";

constexpr std::string_view kSegments = R"(
SELECT message_id, message_status, segment_count, segment_index, status, error_code, received_at, late
FROM dlr.portal_segments
ORDER BY segment_index)";

}  // namespace

PortalReader::PortalReader(Host host)
    : sql_(host),
      tenant_(sql_.query("portal_tenant", kTenant, {{"account_id", SqlType::kUuid}, {"message_id", SqlType::kUuid}})),
      segments_(sql_.query("portal_segments", kSegments, {})) {}

std::optional<PortalMessage> PortalReader::find(std::string_view account_id, std::string_view message_id) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  work.add(tenant_, 0, {SqlValue::uuid(account_id), SqlValue::uuid(message_id)});
  static_cast<void>(work.query(tenant_));
  const SqlResult result = work.query(segments_);
  if (result.rows() == 0) return std::nullopt;
  PortalMessage message{std::string(result.text(0, 0)), std::string(result.text(0, 1)), result.integer(0, 2), {}};
  message.segments.resize(result.rows());
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    message.segments[row] = {result.integer(row, 3), std::string(result.text(row, 4)), std::string(result.text(row, 5)),
                             result.time_us(row, 6), result.boolean(row, 7)};
  }
  return message;
}

}  // namespace dlrgw::segments
