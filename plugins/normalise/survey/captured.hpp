// SPDX-License-Identifier: Apache-2.0
// A captured receipt as the survey keeps it, and the profile that the survey drafts. Values; main thread of a command.
// Everything in this folder is pure: captures and known ids in, a proposal out.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "normalise.hpp"

namespace dlrgw::normalise {

struct Captured {
  std::uint64_t line = 0;  // among the captures, from 1
  std::string connector;
  std::string operator_message_id, raw_status, error_code, network_error_code, submit_date, done_date;
  std::string raw_receipt, tlv_id, tlv_state, tlv_network_error, tlv_payload;
  std::string source, dest;  // phones, to tell them from ids
  std::optional<std::uint32_t> message_state, esm_class;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::int64_t received_at_us = 0;
  bool received_at_known = true;

  [[nodiscard]] Received received() const;
};
using Captures = std::vector<const Captured*>;  // borrowed, in the order of the captures

// Ids as submit responses gave them, what correlation looks up.
using KnownIds = std::set<std::string, std::less<>>;

// The keys of a profile that the survey can propose. Empty: the key is not written.
struct Draft {
  using Table = std::vector<std::pair<std::string, std::string>>;
  std::string time_zone, date_format, id_pattern, alphabet, error_source;
  Table receipt_id, submit_id, labels, status_aliases;

  // Nothing when it is no profile that the gateway accepts.
  [[nodiscard]] std::optional<Profile> profile() const;
};

// Why a key has its value, one sentence each; and what a person has to know or to decide.
struct Evidence {
  std::map<std::string, std::string, std::less<>> of_key;    // "time_zone"
  std::map<std::string, std::string, std::less<>> of_alias;  // status → sentence
  std::vector<std::string> open;                             // lines that are written as comments
  std::vector<std::string> mixed;                            // why these look like receipts of two connectors
};

// 1 of 20: "5 %".
std::string share_text(std::size_t part, std::size_t whole);
std::string grouped(std::size_t number);  // "5,000"

// At most `most` of them, evenly spread.
Captures sample_of(const Captures& captures, std::size_t most);

}  // namespace dlrgw::normalise
