// SPDX-License-Identifier: Apache-2.0
// Captured receipts: inbound payloads, one a line, as `try` and `profile` read them. Pure but for read_text().
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace dlrgw::host {

struct Capture {
  std::uint64_t line = 0;  // from 1
  std::string payload;
};

// A whole file; "-" is standard input.
Result<std::string> read_text(const std::string& file);

// One per line that is not blank.
std::vector<Capture> captures_in(std::string_view text);

// What is wrong with captures, each as "file:line: reason": those that are no receipt. They are taken out. Lines of
// other operators stay where operator_id is empty; else they are taken out and told in one sentence.
std::vector<std::string> take_out_what_is_none(std::vector<Capture>& captures, const std::string& file,
                                               std::string_view operator_id);

}  // namespace dlrgw::host
