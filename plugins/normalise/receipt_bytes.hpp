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

// UTF-16 of either order, told by its byte order mark or its zeros, or else UTF-8 when it is valid, or else Latin-1. As
// UTF-8 with control characters replaced by blanks, as the host does with rawReceipt.
std::string text_of_octets(std::string_view octets);

}  // namespace dlrgw::normalise
