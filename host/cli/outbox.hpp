// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway outbox list|show`: asks the running gateway which events wait for their stream, as the admin routes tell
// it. The command's thread.
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>

#include "cli/ask_gateway.hpp"

namespace dlrgw::host {

struct OutboxWish {
  std::string subject{};     // of list; empty: of all subjects
  std::int64_t limit = 100;  // of list: about so many events, whole rows
  std::string event{};       // of show: as list names it, "42/<event id>"
  bool as_json = false;      // the route's own objects, one a line
};

// One line for each event, the oldest of each subject first. Refused: with the sentence of whoever refused it.
[[nodiscard]] Status list_outbox(const OutboxWish& wish, const AskGateway& ask, std::ostream& out);
// One line for each thing that is known of the event. Its payload is private, and shown over HTTP alone.
[[nodiscard]] Status show_outbox(const OutboxWish& wish, const AskGateway& ask, std::ostream& out);

}  // namespace dlrgw::host
