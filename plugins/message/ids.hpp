// SPDX-License-Identifier: Apache-2.0
// Names and ids by which a message's rows and events are recognised when they come again. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <dlrgw/cpp/receipt.hpp>

#include "message/history.hpp"

namespace dlrgw::message {

// The space of all name-based UUIDs of the gateway's plugins; each name below is hashed in it.
inline constexpr std::string_view kUuidSpace = "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13";

// The name of an event: message id, subject and sequence, so that a repeat has the same id.
std::string event_name(std::string_view message_id, std::string_view subject, std::uint32_t sequence);
// The name of an orphan: the event id of its receipt.
std::string orphan_name(std::string_view event_id);
// The name of a late or quarantined row. table: "late", "quarantined".
std::string row_name(std::string_view table, const Identity& identity);

// The operator's id of the message: as received, else the one that was found in the receipt text. Into the receipt.
std::string_view operator_message_id(const ReceiptView& receipt);

}  // namespace dlrgw::message
