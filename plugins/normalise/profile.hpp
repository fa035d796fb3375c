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
  bool text_before_tlvs = false;  // for id and status
  StatusAliases aliases;
  std::map<std::string, std::string, std::less<>> error_codes;  // as received → as reported
  bool standard_after_failed_quirk = false;
};

using Entries = std::vector<std::pair<std::string_view, std::string_view>>;

// The keys as the configuration holds them; the host has checked the words of tlvs and on_failure.
struct ProfileText {
  std::string_view time_zone = "UTC";
  Entries receipt_id;
  Entries submit_id;
  std::string_view tlvs = "before_text";
  Entries status_aliases;
  Entries error_codes;
  std::string_view on_failure = "retry";
};

// A value that means nothing. text says what is wrong and what to write instead.
struct Mistake {
  std::string_view key;
  std::string entry;  // of a map, else empty
  std::string text;
};

// The profile is usable only when no mistake was added.
Profile read_profile(const ProfileText& text, std::vector<Mistake>& mistakes);

}  // namespace dlrgw::normalise
