// SPDX-License-Identifier: Apache-2.0
// Dates of a receipt: 10 digits YYMMDDhhmm, 12 digits YYMMDDhhmmss or YYYYMMDDhhmm, 14 digits YYYYMMDDhhmmss, each also
// with an offset behind it; SMPP's absolute time YYMMDDhhmmsstnnp; ISO 8601 with a blank or T, with or without zone;
// Unix seconds and milliseconds; or the profile's own format. Calendar-checked, never rolled over. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "date_format.hpp"
#include "time_zone.hpp"

namespace dlrgw::normalise {

struct ReceiptDate {
  std::optional<std::int64_t> us;  // µs since the epoch, UTC
  bool dropped = false;            // a date was given, but it is none or lies too far from the receipt
  bool own_zone = false;           // the text says its zone
};

// A date is believed up to a day ahead (a wrongly configured zone) and a year back of the receipt.
bool plausible(std::int64_t us, std::int64_t received_at_us);

// Of several readings the one nearest to received_at_us: 12 digits may be two forms, 10 digits may be seconds, and
// around a change of the clocks one wall-clock time may be two moments. A zone in the text wins over `zone`. With a
// format nothing else is tried. Empty text and all zeros are "not given". A text of several words that is no date is
// read by its first word.
ReceiptDate read_receipt_date(std::string_view text, const TimeZone& zone, std::int64_t received_at_us,
                              const DateFormat* format = nullptr);

// What a date looks like, for people who are to find its format: each digit an "n", the rest as it is, at most 32
// bytes.
std::string shape_of_date(std::string_view text);

}  // namespace dlrgw::normalise
