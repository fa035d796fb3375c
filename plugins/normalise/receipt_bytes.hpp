// SPDX-License-Identifier: Apache-2.0
// Receipt texts that are not plain: UTF-16 whose octets became characters on the way (data_coding 8 read as Latin-1),
// and the octets of a TLV. Pure; any thread; never fails, linear in the input.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::normalise {

// A text in which every other character is a blank – the high octets of UTF-16, control characters already replaced –
// without them; empty when it is no such text. Only the beginning has to be so: behind the labels may stand a message
// in any script, which is of no interest.
std::string without_high_octets(std::string_view text);

// UTF-16 of either order, recognised by its byte order mark or its zeros, or else UTF-8 when it is valid, or else
// Latin-1; marks may stand one behind another. As UTF-8, control characters included: an id in which one stands is
// none.
std::string text_of_octets(std::string_view octets);

// Recognised by a byte order mark or by zeros.
bool is_utf16(std::string_view octets);

// A text in the GSM 03.38 alphabet that nobody decoded: its control characters as the letters that they are (0x00 "@",
// 0x11 "_"), escapes included. Printable characters stay as they are: where a connector decoded some, it was those.
std::string text_of_gsm7(std::string_view text);

}  // namespace dlrgw::normalise
