// SPDX-License-Identifier: Apache-2.0
// The pure rules of a message over rows in memory: what the stages do, without servers. A batch is folded as
// dedup.replay folds it and carried out as segments does; until it is committed nothing of it is there, so that a crash
// is a batch thrown away. Used by one test, on its thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "message/complete.hpp"
#include "message/decide.hpp"

namespace dlrgw::decisions {

// One row of smpp.message_correlations.
struct Submit {
  std::uint32_t segment = 1;
  std::uint32_t total = 1;
  bool requested = true;
  std::int64_t at_us = 0;
};

struct ModelReceipt {
  message::Identity identity;
  Submit submit;
  DlrStatus status = DlrStatus::kUnknown;
  std::string raw;
  std::string error_code;
  std::int64_t received_at_us = 0;
  std::optional<std::int64_t> dlr_timestamp_us;
};

struct Webhook {
  std::uint32_t sequence = 1;
  std::string status;
  bool final = false;
  friend bool operator==(const Webhook&, const Webhook&) = default;
};

// One message: its row, what is stored about it, and the events that were published.
struct ModelMessage {
  std::uint32_t segment_count = 1;
  bool one_for_all = false;
  std::string status = "SUBMITTED";
  std::optional<std::int64_t> terminal_since_us;
  std::vector<Submit> submits;

  std::vector<message::SeenReceipt> receipts;  // applied and late
  std::vector<message::Identity> quarantined;
  struct SegmentRow {
    message::Segment segment;
    std::uint32_t total = 1;
    bool late = false;
  };
  std::vector<SegmentRow> segment_rows;
  bool aggregate_row = false;
  std::optional<std::int64_t> deadline_us;

  std::vector<message::Aggregate> aggregates;  // sms.dlr.aggregated.v1, and billing with each
  std::vector<Webhook> webhooks;
};

inline constexpr message::QuarantineLimits kModelLimits{300'000'000, 24 * 3'600'000'000LL};
inline constexpr std::int64_t kModelGraceUs = 24 * 3'600'000'000LL;

// One batch of receipts of one message, in stream order; committed when it returns.
std::vector<message::Decision> run_batch(ModelMessage& message, const std::vector<ModelReceipt>& batch,
                                         std::int64_t now_us);
// What segments.sweep does with this message.
void run_sweep(ModelMessage& message, std::int64_t now_us);

}  // namespace dlrgw::decisions
