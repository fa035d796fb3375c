// SPDX-License-Identifier: Apache-2.0
// mno-hexel answers a submission with the id in hex, "7C4F2A1", and sends receipts with the same number in decimal,
// padded with zeros to ten digits or more: "0130347681". Some of its sites pad the hex id to eight digits, so both are
// tried.
#include <charconv>

#include <dlrgw/plugin.hpp>

namespace {

constexpr std::size_t kPadded = 8;

class Hexel final : public dlrgw::Quirk {
  bool apply(dlrgw::QuirkReceipt& receipt) override {
    const std::string_view id = receipt.operator_message_id();
    std::uint64_t number = 0;
    const auto [end, wrong] = std::from_chars(id.data(), id.data() + id.size(), number);
    // A UUID, a hex id, a number beyond 64 bits: not one of these receipts.
    if (id.empty() || wrong != std::errc() || end != id.data() + id.size()) return false;
    char digits[16];
    std::string hex(digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr);
    for (char& c : hex) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    const std::string padded = std::string(hex.size() < kPadded ? kPadded - hex.size() : 0, '0') + hex;
    if (padded == hex) {
      receipt.set_candidates({{hex, 0}});
    } else {
      receipt.set_candidates({{hex, 0}, {padded, 1}});
    }
    return true;
  }
};

}  // namespace

DLRGW_QUIRK_PLUGIN(Hexel, "mno-hexel", "1.0.0", "mno-hexel")
