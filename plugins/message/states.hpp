// SPDX-License-Identifier: Apache-2.0
// The states of receipts and messages, and what is derived from them. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::message {

// How a message ends: with the status of its receipts, or PARTIAL.
enum class AggregateStatus : std::int32_t {
  kDelivered = DLRGW_STATUS_DELIVERED,
  kFailed = DLRGW_STATUS_FAILED,
  kUndelivered = DLRGW_STATUS_UNDELIVERED,
  kExpired = DLRGW_STATUS_EXPIRED,
  kRejected = DLRGW_STATUS_REJECTED,
  kPartial = 100,  // no receipt has it
};
inline constexpr AggregateStatus kAllAggregateStatuses[] = {AggregateStatus::kDelivered,   AggregateStatus::kFailed,
                                                            AggregateStatus::kUndelivered, AggregateStatus::kExpired,
                                                            AggregateStatus::kRejected,    AggregateStatus::kPartial};
std::string_view to_string(AggregateStatus status);

// The status shown for a segment without a receipt.
inline constexpr std::string_view kPending = "PENDING";

constexpr bool is_failure(DlrStatus status) { return is_terminal(status) && status != DlrStatus::kDelivered; }

// Whether a status column of a message says that it has ended: it holds one of the AggregateStatus names.
bool is_terminal_message_status(std::string_view status);

// The same set as a list for SQL: 'DELIVERED', 'FAILED', …
std::string terminal_status_list();

// The key of a receipt among those of its segment: 'T' for a terminal status, so that a segment has one final receipt;
// '~RAW' for an intermediate one, so that each raw status is stored once and never stands in the way of the final one.
// raw: trimmed, upper case; may be empty.
std::string state_key(DlrStatus status, std::string_view raw);
// The raw status of an intermediate receipt's key; empty for a final one's.
std::string_view raw_of(std::string_view state_key);

}  // namespace dlrgw::message
