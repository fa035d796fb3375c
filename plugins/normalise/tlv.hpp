// SPDX-License-Identifier: Apache-2.0
// SMPP TLVs as the event carries them: hex text. Pure; any thread. A broken value reads as absent.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::normalise {

inline constexpr std::uint32_t kTlvReceiptedMessageId = 0x001E;
inline constexpr std::uint32_t kTlvNetworkErrorCode = 0x0423;
inline constexpr std::uint32_t kTlvMessagePayload = 0x0424;
inline constexpr std::uint32_t kTlvMessageState = 0x0427;

// C-octet string up to its NUL, trimmed; empty unless it is printable ASCII of 1..255 characters, blanks among them.
// gsm7: octets below a blank are letters of GSM 03.38.
std::string tlv_message_id(std::string_view hex, bool gsm7 = false);
// One octet.
std::optional<std::uint32_t> tlv_message_state(std::string_view hex);
// The receipt text that came as message_payload, as readable UTF-8; see receipt_bytes.hpp. gsm7: octets that are
// neither UTF-16 nor marked are letters of GSM 03.38.
std::string tlv_message_payload(std::string_view hex, bool gsm7 = false);
// The hex text in lower case, as long as it fits the contract's 16 characters; else empty. Some operators send one
// octet where the specification has three.
std::string tlv_network_error(std::string_view hex);

}  // namespace dlrgw::normalise
