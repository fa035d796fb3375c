// What Redis says about a receipt, and which receipts it is told about. Pure; any thread.
//
// Key dlr:fp:<64 hex digits>, value the event id of the first receipt that was committed with this fingerprint, for
// example dlr:fp:4d25a702…f860f5c0fe88fb9f = 7d1f3c52-… with a TTL of 24 h.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::dedup {

enum class FingerprintHit { kNone, kOwn, kOther };

// current, previous: the event ids stored for this and the previous minute. A receipt that finds its own id anywhere
// was committed before and comes again: it must reach the history, which knows, whatever else is stored.
FingerprintHit judge(const std::optional<std::string>& current, const std::optional<std::string>& previous,
                     std::string_view event_id);

// True for the outcomes that store the receipt against its message: applied, late, quarantined. Not for an orphan (a
// further copy must get its own chance to find a correlation that came meanwhile), and not for what stored nothing
// (duplicate, dedup, dropped) or was stored by an earlier run (redelivered: the row decides next time, too).
bool is_stored_outcome(std::string_view outcome);

// fingerprint: 32 raw bytes.
std::string redis_key(std::string_view fingerprint);

}  // namespace dlrgw::dedup
