// SPDX-License-Identifier: Apache-2.0
// What is known of one message, the receipt that has come for it, and how the decision about that receipt becomes part
// of the history. Values and pure functions; any thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/receipt.hpp>

#include "message/segment_indices.hpp"

namespace dlrgw::message {

enum class Outcome { kRedelivered, kQuarantined, kDuplicate, kLate, kApplied };

// terminal_conflict: another final state came first. transient: an intermediate receipt behind the final one, normal
// reordering. after_partial: the message was decided without this segment. superseded_attempt: a failure of a submit
// that was followed by a newer one of the same segment, which alone says how it ends.
enum class LateKind { kTerminalConflict, kTransient, kAfterPartial, kSupersededAttempt };
inline constexpr LateKind kAllLateKinds[] = {LateKind::kTerminalConflict, LateKind::kTransient, LateKind::kAfterPartial,
                                             LateKind::kSupersededAttempt};
std::string_view to_string(LateKind kind);
std::optional<LateKind> late_kind_from(std::string_view name);

// A receipt is recognised by both: one deliver_sm may have two payloads after a quirk has changed.
struct Identity {
  std::string event_id;
  std::string fingerprint;  // 32 raw bytes
  friend bool operator==(const Identity&, const Identity&) = default;
};

struct SeenReceipt {
  std::uint32_t segment = 1;
  DlrStatus status = DlrStatus::kUnknown;
  std::string raw;  // upper case, trimmed; read for kUnknown only
  Identity identity;
  std::optional<LateKind> late;  // empty: applied
};

// Everything that is stored about one message.
struct History {
  std::string message_status;
  std::optional<std::int64_t> terminal_since_us;  // coalesce(processed_at, dlr_received_at), empty = unknown
  bool aggregated = false;                        // its aggregate row exists
  std::vector<SeenReceipt> receipts;              // applied and late
  std::vector<Identity> quarantined;
  std::uint32_t total_segments = 1;  // the largest that its rows name; more than one: several segments
  SegmentIndices unrequested = {};   // segments whose newest submit asked for no receipt
  // Newest submit of each segment; filled where it matters: for failure receipts and several segments.
  std::map<std::uint32_t, std::int64_t> newest_submit_us = {};
  std::uint32_t silent_intermediates = 0;  // stored UNKNOWN receipts that told the customer nothing
  std::int64_t filed_under_us = 0;         // where its rows are; the same from the first one on
  bool terminal_since_cut = false;         // terminal_since_us lay outside of what a time may be
};

struct Incoming {
  std::uint32_t segment = 1;
  bool one_for_all = false;  // the operator's profile: one receipt stands for all segments
  DlrStatus status = DlrStatus::kUnknown;
  std::string raw;
  Identity identity;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::optional<std::int64_t> submitted_at_us = std::nullopt;  // of the attempt that it belongs to
  bool released = false;  // out of quarantine, by hand: that rule has spoken already
};

struct Decision {
  Outcome outcome = Outcome::kApplied;
  std::optional<LateKind> kind;           // of kLate
  std::string prior_status;               // of kLate: what stood there before
  std::uint32_t prior_intermediates = 0;  // of kApplied: UNKNOWN receipts that the customer has been told of
};

// Intermediate receipts of which the customer has been told.
std::uint32_t told_intermediates(const History& history);

// Adds the receipt and what decide() said about it to the history, for the next receipt of the batch.
void fold(History& history, const Incoming& receipt, const Decision& decision, std::int64_t now_us);

}  // namespace dlrgw::message
