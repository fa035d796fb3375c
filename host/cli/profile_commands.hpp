// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway profile new` and `profile check`: from captured receipts to an operator's profile, and what a changed
// profile would make of them, before it goes live. What a receipt means is for the plugins' tools to say.
#pragma once
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace dlrgw::host {

// Where captures come from: a file of inbound payloads, one a line ("-": standard input), or what the plugins find in
// the database of the configuration.
struct CaptureSource {
  std::string file;  // empty: the database
};

struct ProfileNew {
  Config config;
  std::string operator_id;
  CaptureSource from;
  std::string ids_file;  // ids of submit responses, one a line; empty: of the database, where that is asked, else none
};

struct ProfileCheck {
  Config config;             // what is live
  std::string profile_file;  // [operators."…"] tables, which take the place of those of the configuration
  std::string operator_id;   // whose captures are asked for in the database; empty: of all that the profile names
  CaptureSource from;
  bool json = false;
};

// Both: true = done; errors: what was left out, and why nothing could be done. Captures that are no receipt are told,
// each with file, line and reason, and left out.
bool profile_new(ProfileNew request, std::ostream& out, std::vector<std::string>& errors);
bool profile_check(ProfileCheck request, std::ostream& out, std::vector<std::string>& errors);

}  // namespace dlrgw::host
