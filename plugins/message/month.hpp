// SPDX-License-Identifier: Apache-2.0
// Calendar months in UTC: the partitions of a table that lies by month, and which of them have to exist or may go.
// Pure; any thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::message {

using Month = std::chrono::year_month;

Month month_of(std::int64_t us);
// Its first instant.
std::int64_t first_us(Month month);
std::string month_text(Month month);  // "2026-01"
std::string month_date(Month month);  // "2026-01-01", what SQL takes as a date
// "orphan_dlrs_2026_01" of "orphan_dlrs"; nullopt for any other name.
std::optional<Month> month_of_partition(std::string_view table, std::string_view partition);

struct PartitionPlan {
  Month first;
  unsigned count = 0;
};
// From the oldest month that a receipt of now may still belong to, to three months ahead.
PartitionPlan partitions_needed(std::int64_t now_us);

// The whole month is older than that.
bool older_than(Month month, std::chrono::days age, std::int64_t now_us);

}  // namespace dlrgw::message
