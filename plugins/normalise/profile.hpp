// SPDX-License-Identifier: Apache-2.0
// What an operator's profile, [operators."<id>"] in gateway.toml, or that of one of its connectors says about receipts.
// Built once from the configuration, then constant and shared by all lanes.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "date_format.hpp"
#include "error_code.hpp"
#include "id_pattern.hpp"
#include "labels.hpp"
#include "message_id.hpp"
#include "mistake.hpp"
#include "status_map.hpp"
#include "time_zone.hpp"

namespace dlrgw::normalise {

struct Profile {
  TimeZone zone;
  std::optional<DateFormat> date_format;
  std::optional<IdFormats> ids;
  std::optional<IdPattern> id_pattern;
  bool ids_per_connector = false;  // id_scope
  bool text_before_tlvs = false;   // for id and status
  bool gsm7 = false;               // alphabet
  Labels labels;
  bool trust_intermediate = false;  // an intermediate notification's status is believed
  StatusAliases aliases;
  std::map<std::string, std::string, std::less<>> error_codes;  // as received → as reported
  ErrorSource error_source = ErrorSource::kField;
  bool standard_after_failed_quirk = false;
};

// The keys as the configuration holds them; the host has checked those whose words are a closed list.
struct ProfileText {
  std::string_view time_zone = "UTC";
  std::string_view date_format;
  Entries receipt_id;
  Entries submit_id;
  std::string_view id_pattern;
  std::string_view id_scope = "operator";
  std::string_view tlvs = "before_text";
  std::string_view alphabet = "text";
  Entries labels;
  std::string_view intermediate = "unknown";
  Entries status_aliases;
  Entries error_codes;
  std::string_view error_source = "event";
  std::string_view on_failure = "retry";
};

// The profile is usable only when no mistake was added.
Profile read_profile(const ProfileText& text, std::vector<Mistake>& mistakes);

}  // namespace dlrgw::normalise
