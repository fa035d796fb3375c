// SPDX-License-Identifier: Apache-2.0
// Whether two phone numbers are the same one, however they are written. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::correlate {

// The digits of an address without the zeros in front of them: what "+49 171 …", "0049171…" and "0171…" are compared
// by. Empty: no number.
std::string phone_digits(std::string_view address);

// Both are phone_digits(). Equal, or one is the end of the other and has at least 7 digits: a national number beside
// the international one.
bool same_phone(std::string_view a, std::string_view b);

}  // namespace dlrgw::correlate
