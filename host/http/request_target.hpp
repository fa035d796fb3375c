// SPDX-License-Identifier: Apache-2.0
// The target of a request line → decoded path and query. Pure. Not Boost.URL, which hides a leading "/./" and refuses
// what browsers leave as it is in a query, such as "|" and "[".
#pragma once
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct RequestTarget {
  std::string path;  // starts with "/"; decoded once
  NameValues query;
};

// Origin form ("/a?b=c") and absolute form ("http://host/a"). Refused: bad percent-encoding, "." and ".." segments in
// any spelling, encoded slashes, backslashes, control characters, no UTF-8.
Result<RequestTarget> parse_request_target(std::string_view text);

}  // namespace dlrgw::host
