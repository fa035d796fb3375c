// SPDX-License-Identifier: Apache-2.0
// What Redis knows about a receipt, and which receipts are stored there. Pure; any thread.
//
// Key dlr:fp:<64 hex digits>, value the event id of the first receipt that was committed with this fingerprint and its
// message, a blank between; nothing behind the blank when it has none (an orphan). For example
// dlr:fp:4d25a702…f860f5c0fe88fb9f = "7d1f3c52-… 0b9a77e1-…" with a TTL of 24 h. A value without a blank is of an
// earlier version: its message is not known, so it marks nobody.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "message/fingerprint_mark.hpp"

namespace dlrgw::dedup {

struct FingerprintHit {
  bool own = false;               // the same event was committed before and comes again: the history recognises it
  bool own_orphan = false;        // it was committed as an orphan: once it has found its message, the key is updated
  message::FingerprintMark mark;  // empty where own, or where nobody else is known
};

// current, previous: the values stored for this and the previous minute.
FingerprintHit judge(const std::optional<std::string>& current, const std::optional<std::string>& previous,
                     std::string_view event_id);

// True for the outcomes that keep the receipt: applied, late, quarantined and orphan. Not for what kept nothing
// (duplicate, dedup, dropped) or was kept by an earlier run (redelivered: the row decides next time, too).
bool is_stored_outcome(std::string_view outcome);

// fingerprint: 32 raw bytes.
std::string redis_key(std::string_view fingerprint);
// message_id: empty = none.
std::string redis_value(std::string_view event_id, std::string_view message_id);

}  // namespace dlrgw::dedup
