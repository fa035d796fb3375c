// SPDX-License-Identifier: Apache-2.0
// The entries of an operator's profile as the configuration gives them, and the finding about a value that means
// nothing. Values.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlrgw::normalise {

using Entries = std::vector<std::pair<std::string_view, std::string_view>>;  // of a table, in the order of the file

// text says what is wrong and what to write instead.
struct Mistake {
  std::string_view key;
  std::string entry;  // of a table, else empty
  std::string text;
};

}  // namespace dlrgw::normalise
