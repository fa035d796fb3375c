// Zone-less dates of a receipt: 10 digits YYMMDDhhmm, 12 digits YYMMDDhhmmss or YYYYMMDDhhmm, 14 digits
// YYYYMMDDhhmmss. Calendar-checked, never rolled over. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "time_zone.hpp"

namespace dlrgw::normalise {

struct ReceiptDate {
  std::optional<std::int64_t> us;  // µs since the epoch, UTC
  bool dropped = false;            // a date was given, but it is none or lies too far from the receipt
};

// A date is believed up to a day ahead (a wrongly configured zone) and a year back of the receipt.
bool plausible(std::int64_t us, std::int64_t received_at_us);

// Of two readings the one nearest to received_at_us: 12 digits may be both forms, and around a change of the clocks one
// wall-clock time may be two moments. Empty text and all zeros are "not given".
ReceiptDate read_receipt_date(std::string_view text, const TimeZone& zone, std::int64_t received_at_us);

}  // namespace dlrgw::normalise
