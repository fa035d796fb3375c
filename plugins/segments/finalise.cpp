#include "finalise.hpp"

#include <algorithm>

namespace dlrgw::segments {
namespace {

AggregateStatus same_as(DlrStatus status) {
  switch (status) {
    case DlrStatus::kDelivered:
      return AggregateStatus::kDelivered;
    case DlrStatus::kFailed:
      return AggregateStatus::kFailed;
    case DlrStatus::kUndelivered:
      return AggregateStatus::kUndelivered;
    case DlrStatus::kExpired:
      return AggregateStatus::kExpired;
    case DlrStatus::kRejected:
      return AggregateStatus::kRejected;
    case DlrStatus::kUnknown:
    case DlrStatus::kNone:
      break;
  }
  return AggregateStatus::kPartial;
}

// All final. A mix in which nothing was delivered is FAILED: PARTIAL would say that something arrived.
AggregateStatus status_of(const std::vector<const Segment*>& finals) {
  const auto is = [](DlrStatus status) { return [status](const Segment* s) { return s->status == status; }; };
  if (std::any_of(finals.begin(), finals.end(), is(DlrStatus::kFailed))) return AggregateStatus::kFailed;
  if (std::all_of(finals.begin(), finals.end(), is(finals.front()->status))) return same_as(finals.front()->status);
  return std::any_of(finals.begin(), finals.end(), is(DlrStatus::kDelivered)) ? AggregateStatus::kPartial
                                                                              : AggregateStatus::kFailed;
}

// With nothing to wait for, a final receipt that came without being asked for is what the message has.
std::set<std::uint32_t> expected_segments(const SegmentSet& set, const Expectation& expectation) {
  std::set<std::uint32_t> expected;
  for (std::uint32_t index = 1; index <= expectation.total; ++index)
    if (!expectation.unrequested.contains(index)) expected.insert(index);
  if (expected.empty())
    for (const Segment& segment : set.segments())
      if (is_terminal(segment.status)) expected.insert(segment.index);
  return expected;
}

std::vector<SegmentLine> lines_of(const SegmentSet& set, const std::set<std::uint32_t>& expected) {
  std::vector<SegmentLine> lines;
  for (const Segment& segment : set.segments())
    lines.push_back(
        {segment.index, std::string(to_string(segment.status)), segment.error_code, segment.received_at_us});
  for (const std::uint32_t index : expected) {
    const auto same = [index](const SegmentLine& line) { return line.index == index; };
    if (std::none_of(lines.begin(), lines.end(), same)) lines.push_back({index, "PENDING", {}, std::nullopt});
  }
  std::sort(lines.begin(), lines.end(), [](const SegmentLine& a, const SegmentLine& b) { return a.index < b.index; });
  return lines;
}

}  // namespace

std::string_view to_string(AggregateStatus status) {
  switch (status) {
    case AggregateStatus::kDelivered:
      return "DELIVERED";
    case AggregateStatus::kFailed:
      return "FAILED";
    case AggregateStatus::kUndelivered:
      return "UNDELIVERED";
    case AggregateStatus::kExpired:
      return "EXPIRED";
    case AggregateStatus::kRejected:
      return "REJECTED";
    case AggregateStatus::kPartial:
      return "PARTIAL";
  }
  return {};
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kComplete:
      return "complete";
    case Reason::kGraceExpired:
      return "grace_expired";
    case Reason::kSingle:
      return "single";
  }
  return {};
}

bool is_terminal_message_status(std::string_view status) {
  return std::any_of(std::begin(kAllAggregateStatuses), std::end(kAllAggregateStatuses),
                     [&](AggregateStatus s) { return to_string(s) == status; });
}

void SegmentSet::add(const Segment& segment) {
  first_received_at_us_ = std::min(first_received_at_us_.value_or(segment.received_at_us), segment.received_at_us);
  const auto at = std::lower_bound(segments_.begin(), segments_.end(), segment.index,
                                   [](const Segment& s, std::uint32_t index) { return s.index < index; });
  if (at == segments_.end() || at->index != segment.index) {
    segments_.insert(at, segment);
    return;
  }
  if (is_terminal(at->status)) return;
  if (is_terminal(segment.status) || segment.received_at_us >= at->received_at_us) *at = segment;
}

std::optional<Aggregate> finalise(const SegmentSet& set, const Expectation& expectation) {
  const std::set<std::uint32_t> expected = expected_segments(set, expectation);
  std::vector<const Segment*> finals;
  for (const Segment& segment : set.segments())
    if (is_terminal(segment.status) && (expectation.one_for_all || expected.contains(segment.index)))
      finals.push_back(&segment);
  if (expectation.one_for_all && finals.size() > 1) finals.erase(finals.begin() + 1, finals.end());

  const std::size_t wanted = expectation.one_for_all ? 1 : expected.size();
  const bool complete = !finals.empty() && finals.size() >= wanted;
  if (!complete && !expectation.deadline_passed) return std::nullopt;

  Aggregate out;
  out.status = complete ? status_of(finals) : AggregateStatus::kPartial;
  out.reason = !complete                                          ? Reason::kGraceExpired
               : expectation.one_for_all && expectation.total > 1 ? Reason::kSingle
                                                                  : Reason::kComplete;
  out.expected = static_cast<std::uint32_t>(std::max<std::size_t>(wanted, 1));
  out.received = static_cast<std::uint32_t>(finals.size());
  for (const Segment* segment : finals) {
    if (segment->status == DlrStatus::kDelivered) ++out.delivered;
    if (segment->status != DlrStatus::kDelivered && out.error_code.empty()) out.error_code = segment->error_code;
  }
  for (const Segment& segment : set.segments()) {
    out.occurred_at_us = std::max(out.occurred_at_us, segment.occurred_at_us);
    out.last_received_at_us = std::max(out.last_received_at_us, segment.received_at_us);
  }
  out.first_received_at_us = set.first_received_at_us().value_or(0);
  out.lines = lines_of(set, expectation.one_for_all ? std::set<std::uint32_t>{} : expected);
  return out;
}

}  // namespace dlrgw::segments
