// SPDX-License-Identifier: Apache-2.0
// A stored orphan as JSON and as a line of CSV, with or without what is personal in it. Pure; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orphan_reader.hpp"

namespace dlrgw::correlate {

enum class Privacy {
  kMasked,  // numbers masked as in logs, no payload
  kFull,
};

struct Addresses {
  std::string source, dest;  // empty: the payload has none
};
// The phone numbers in a payload; none when it is no JSON object.
Addresses addresses_of(std::string_view payload);

// "***77": the last two digits of a number of seven or more, else "***". Empty stays empty.
std::string mask_number(std::string_view number);

// One object on one line, without its end.
std::string orphan_json(const OrphanRecord& orphan, Privacy privacy);

// The table of the console, with a button for what is unresolved. Ids and codes, nothing personal.
std::string orphans_html(const std::vector<OrphanRecord>& orphans);

// RFC 4180, ended by CR LF. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
std::string orphan_csv_header();
std::string orphan_csv(const OrphanRecord& orphan, Privacy privacy);

}  // namespace dlrgw::correlate
