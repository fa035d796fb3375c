// What an operator's profile, [operators."<id>"] in gateway.toml, says about its receipts. Built once from the
// configuration, then constant and shared by all lanes.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message_id.hpp"
#include "status_map.hpp"
#include "time_zone.hpp"

namespace dlrgw::normalise {

struct Profile {
  TimeZone zone;
  std::optional<IdFormats> ids;
  StatusAliases aliases;
  std::map<std::string, std::string, std::less<>> error_codes;  // as received → as reported
  bool standard_after_failed_quirk = false;
};

using Entries = std::vector<std::pair<std::string_view, std::string_view>>;

// The keys as the configuration holds them.
struct ProfileText {
  std::string_view time_zone = "UTC";
  Entries receipt_id;
  Entries submit_id;
  Entries status_aliases;
  Entries error_codes;
  std::string_view on_failure = "retry";
};

// errors gets one sentence per mistake, each naming operator and key; the profile is usable only when none was added.
Profile read_profile(std::string_view operator_id, const ProfileText& text, std::vector<std::string>& errors);

}  // namespace dlrgw::normalise
