// SPDX-License-Identifier: Apache-2.0
// Which rule gave a value of a receipt: for people who look at one receipt, never in a gateway that runs. A value.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::normalise {

struct Rule {
  std::string text;      // "stat: of the receipt text, status_aliases"
  std::string_view key;  // of the profile, where a value of it decided
  std::string entry;     // of a table, else empty
};

// By member of the shown receipt.
struct Rules {
  Rule raw_status, status, ids, operator_message_id, error_code, network_error_code, time;
};

}  // namespace dlrgw::normalise
