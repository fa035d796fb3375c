// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway try`: receipts through an operator's quirk, profile and every stage that needs no server, on one lane,
// showing what each step did. Nothing is connected to, written or counted.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct TryRequest {
  Config config;
  std::string plugin_file;  // empty: what the configuration has
  bool json = false;
};

// One JSON text per event: the file is one object, an array of them, or one object per line.
std::vector<std::string> events_in(const std::string& text);

// True when every event went through every step; errors: why nothing could be tried.
bool try_receipts(TryRequest request, const std::vector<std::string>& events, std::ostream& out,
                  std::vector<std::string>& errors);

}  // namespace dlrgw::host
