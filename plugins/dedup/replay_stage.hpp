// Stage dedup.replay: decides what becomes of each receipt. Locks the batch's messages, reads their history, folds
// decide() in stream order; late and quarantined receipts are stored and end here. One per lane, without state.
#pragma once
#include <dlrgw/plugin.hpp>

#include "history_reader.hpp"
#include "history_writer.hpp"

namespace dlrgw::dedup {

// What the lanes share. Owned by the plugin.
struct ReplayShared {
  ReplayShared(Host host, QuarantineLimits quarantine_limits);
  // A release from quarantine asks that this one rule be off.
  [[nodiscard]] bool skips_quarantine(std::uint64_t receipt) const;
  QuarantineLimits limits;
  Config config;
  Clock clock;
  Sql sql;
  Attributes attributes;
  Log log;
  HistoryReader reader;
  HistoryWriter writer;
  Metric duplicates, late, quarantined;

 private:
  Pipeline pipeline_;
};

class ReplayStage : public Stage {
 public:
  explicit ReplayStage(ReplayShared& shared) : shared_(shared) {}
  void process(Batch& batch) override;

 private:
  // Of the message, as its row and the correlated one say.
  [[nodiscard]] std::uint32_t total_of(const ReceiptView& receipt) const;
  [[nodiscard]] Incoming incoming_of(const ReceiptView& receipt) const;
  void execute(Batch& batch, std::uint32_t index, const Incoming& incoming, const Decision& decision,
               const History& before) const;
  ReplayShared& shared_;
};

}  // namespace dlrgw::dedup
