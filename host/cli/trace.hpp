// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway trace`: asks the running gateway for the story of a message, as the admin routes tell it, and prints it
// in the order of time. The command's thread.
#pragma once
#include <iosfwd>
#include <string>

#include "cli/ask_gateway.hpp"

namespace dlrgw::host {

struct TraceWish {
  std::string id{};           // of the message, a UUID; with an operator, the id that the operator gave it
  std::string operator_id{};  // empty: not named
  std::string from{}, to{};   // of receipts, with an operator alone; empty: not named
  bool as_json = false;       // the route's own document, on one line
};

// Refused: with the sentence of whoever refused it, and when nothing is known by that id.
[[nodiscard]] Status trace(const TraceWish& wish, const AskGateway& ask, std::ostream& out);

}  // namespace dlrgw::host
