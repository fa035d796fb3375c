// SPDX-License-Identifier: Apache-2.0
// What every canonical receipt must be, whatever was sent: within the bounds of the contract, in valid UTF-8 without
// control characters. For the fuzz targets of the plugin normalise.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <dlrgw/cpp/utf8.hpp>

#include "normalise.hpp"

namespace dlrgw::normalise {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline bool clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

inline std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

inline void check_canonical(const Received& received, const Profile& profile) {
  const Canonical c = normalise(received, profile, {});
  require(c.status != dlrgw::DlrStatus::kNone);
  require(characters(c.raw_status) <= 64 && characters(c.error_code) <= 32 && characters(c.done_date) <= 32);
  require(characters(c.operator_message_id) <= 255 && c.flags.size() <= 4 && c.network_error_code.size() <= 16);
  require(clean(c.raw) && clean(c.error_code) && clean(c.done_date) && clean(c.operator_message_id));
  require(c.ids.size() <= 6);
  for (const IdCandidate& candidate : c.ids) require(!candidate.id.empty() && characters(candidate.id) <= 255);
  require(c.ids.empty() || c.ids.front().rank == 0);
  if (!c.dlr_timestamp_us) return;
  const std::int64_t age_us = received.received_at_us - *c.dlr_timestamp_us;
  require(age_us >= -86'400'000'000 && age_us <= 366 * 86'400'000'000);
}

}  // namespace dlrgw::normalise
