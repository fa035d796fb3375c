// SPDX-License-Identifier: Apache-2.0
#include "nats/ack_subject.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace dlrgw::host {
namespace {

constexpr std::size_t kShortTokens = 9;
constexpr std::size_t kLongTokens = 11;
constexpr std::size_t kMaxTokens = 13;  // more is a form that nobody has defined

template <class Number>
bool number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= 0;
}

}  // namespace

std::optional<AckSubject> parse_ack_subject(std::string_view reply) {
  std::array<std::string_view, kMaxTokens> tokens;
  std::size_t count = 0;
  while (true) {
    if (count == kMaxTokens) return std::nullopt;
    const std::size_t dot = reply.find('.');
    tokens[count] = reply.substr(0, dot);
    if (tokens[count].empty()) return std::nullopt;
    ++count;
    if (dot == std::string_view::npos) break;
    reply.remove_prefix(dot + 1);
  }
  if (count < kShortTokens || tokens[0] != "$JS" || tokens[1] != "ACK") return std::nullopt;
  if (count != kShortTokens && count < kLongTokens) return std::nullopt;

  AckSubject ack;
  std::size_t at = 2;
  if (count >= kLongTokens) {
    ack.domain = tokens[2] == "_" ? std::string_view{} : tokens[2];
    at = 4;
  }
  ack.stream = tokens[at];
  ack.consumer = tokens[at + 1];
  if (!number(tokens[at + 2], ack.delivered) || !number(tokens[at + 3], ack.stream_seq) ||
      !number(tokens[at + 4], ack.consumer_seq) || !number(tokens[at + 5], ack.stream_time_ns) ||
      !number(tokens[at + 6], ack.pending))
    return std::nullopt;
  return ack;
}

}  // namespace dlrgw::host
