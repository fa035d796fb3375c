// SPDX-License-Identifier: Apache-2.0
#include "phone.hpp"

#include <algorithm>

namespace dlrgw::correlate {
namespace {
constexpr std::size_t kSubscriberDigits = 7;  // fewer say too little: every tenth number ends in the same digit
}  // namespace

std::string phone_digits(std::string_view address) {
  std::string digits;
  digits.reserve(address.size());
  for (const char c : address) {
    if (c < '0' || c > '9' || (c == '0' && digits.empty())) continue;
    digits += c;
  }
  return digits;
}

bool same_phone(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.empty()) return false;
  return a.size() == b.size() ? a == b : b.size() >= kSubscriberDigits && a.ends_with(b);
}

}  // namespace dlrgw::correlate
