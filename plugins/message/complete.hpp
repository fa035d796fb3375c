// SPDX-License-Identifier: Apache-2.0
// When a message of several segments is complete, and what its status is then. Pure; any thread. The stage and the
// sweep call finalise() under the message's lock; the fold of a batch asks is_complete().
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/receipt.hpp>

#include "message/segment_indices.hpp"
#include "message/states.hpp"

namespace dlrgw::message {

// complete: every expected segment has its final receipt. grace_expired: the deadline passed before. single: the
// operator sends one receipt for all segments of a message.
enum class Reason { kComplete, kGraceExpired, kSingle };
inline constexpr Reason kAllReasons[] = {Reason::kComplete, Reason::kGraceExpired, Reason::kSingle};
std::string_view to_string(Reason reason);

// What is known of one segment: its final receipt, or else its newest intermediate one (kUnknown).
struct Segment {
  std::uint32_t index = 1;
  DlrStatus status = DlrStatus::kUnknown;
  std::string error_code;
  std::int64_t received_at_us = 0;
  std::int64_t occurred_at_us = 0;
  std::string network_error_code = {};
};

// The segments of one message, built up from its rows.
class SegmentSet {
 public:
  // A final state stays whatever comes after it; of intermediate ones the newest counts.
  void add(const Segment& segment);
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }  // by index
  // The earliest receipt of any kind, or nothing.
  [[nodiscard]] std::optional<std::int64_t> first_received_at_us() const { return first_received_at_us_; }

 private:
  std::vector<Segment> segments_;
  std::optional<std::int64_t> first_received_at_us_;
};

struct Expectation {
  std::uint32_t total = 1;     // max(total_segments, segment_count)
  SegmentIndices unrequested;  // segments submitted without a request for a receipt
  bool one_for_all = false;    // the profile of operator or connector: segment_dlr = "single"
  bool deadline_passed = false;
};

struct SegmentLine {
  std::uint32_t index = 1;
  std::string status;  // PENDING without a receipt
  std::string error_code;
  std::optional<std::int64_t> received_at_us;
  std::string network_error_code = {};
};

struct Aggregate {
  AggregateStatus status = AggregateStatus::kDelivered;
  Reason reason = Reason::kComplete;
  std::uint32_t expected = 1;
  std::uint32_t received = 0;  // expected segments with a final receipt
  std::uint32_t delivered = 0;
  std::string error_code;           // of the lowest expected segment that failed
  std::string network_error_code;   // of the lowest one that failed and has it
  std::int64_t occurred_at_us = 0;  // the latest of the segments
  std::int64_t first_received_at_us = 0;
  std::int64_t last_received_at_us = 0;
  std::vector<SegmentLine> lines;  // by index
};

// Whether every expected segment has its final receipt; when none is expected, any final receipt will do. finals: the
// segments that have one.
bool is_complete(const SegmentIndices& finals, const Expectation& expectation);

// nullopt while an expected segment is missing or UNKNOWN and the deadline has not passed.
std::optional<Aggregate> finalise(const SegmentSet& set, const Expectation& expectation);

}  // namespace dlrgw::message
