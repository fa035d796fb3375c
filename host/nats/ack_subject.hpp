// SPDX-License-Identifier: Apache-2.0
// The reply subject of a JetStream delivery says which message it is. Pure, any thread.
// Two forms exist:
//   $JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time ns>.<pending>
//   $JS.ACK.<domain>.<account hash>.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time
//   ns>.<pending>[.<token>]
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dlrgw::host {

struct AckSubject {
  std::string_view domain;  // "" when the server names none ("_" on the wire) or the form is short
  std::string_view stream;
  std::string_view consumer;
  std::uint64_t delivered = 0;  // 1 = first delivery
  std::uint64_t stream_seq = 0;
  std::uint64_t consumer_seq = 0;  // grows with every delivery of this consumer
  std::int64_t stream_time_ns = 0;
  std::uint64_t pending = 0;
};

// Views into `reply`. nullopt = not a JetStream delivery.
std::optional<AckSubject> parse_ack_subject(std::string_view reply);

}  // namespace dlrgw::host
