// SPDX-License-Identifier: Apache-2.0
// Stage dedup.replay: decides what becomes of each receipt. Locks the batch's messages, reads their history, and folds
// decide() in stream order. Late and quarantined receipts are stored and end here. The exception is a segment that
// comes after its message's aggregate: the stage `segments` writes its row. One per lane, without state.
#pragma once
#include <dlrgw/plugin.hpp>

#include "history_writer.hpp"
#include "message/duplicate_tally.hpp"
#include "message/handover.hpp"
#include "message/history_reader.hpp"

namespace dlrgw::dedup {

// What the lanes share. Owned by the plugin.
struct ReplayShared {
  ReplayShared(Host host, message::QuarantineLimits quarantine_limits);
  // Whether the receipt is being released from quarantine, so that the quarantine rule is off for it.
  [[nodiscard]] bool skips_quarantine(std::uint64_t receipt) const;
  message::QuarantineLimits limits;
  Config config;
  Clock clock;
  Sql sql;
  message::Handover handover;
  Edit edit;
  Log log;
  FailPoints fail_points;
  message::HistoryReader reader;
  HistoryWriter writer;
  message::DuplicateTally duplicates;
  Metric late, quarantined;

 private:
  Pipeline pipeline_;
};

class ReplayStage : public Stage {
 public:
  explicit ReplayStage(ReplayShared& shared) : shared_(shared) {}
  void process(Batch& batch) override;

 private:
  // How many segments the message has, as its row and the correlation row say.
  [[nodiscard]] std::uint32_t total_of(const ReceiptView& receipt) const;
  // Whether Redis knows a receipt of the same message with the same fingerprint.
  [[nodiscard]] bool is_copy(const ReceiptView& receipt) const;
  [[nodiscard]] message::Incoming incoming_of(const ReceiptView& receipt) const;
  void execute(Batch& batch, std::uint32_t index, const message::Incoming& incoming, const message::Decision& decision,
               const message::History& before) const;
  // What segments and outbox need to know to carry it out.
  void hand_over(std::uint64_t receipt, message::Course course, const message::History& before,
                 std::uint32_t total_segments) const;
  ReplayShared& shared_;
};

}  // namespace dlrgw::dedup
