// SPDX-License-Identifier: Apache-2.0
// The answer to a JetStream publish. Pure, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

struct PubAck {
  std::optional<ErrorCode> error;  // none = stored, or recognised as a duplicate of what is stored
  std::string text;
};

PubAck parse_pub_ack(std::string_view body);

}  // namespace dlrgw::host
