// SPDX-License-Identifier: Apache-2.0
// The stage `correlate`: makes one look-up for the whole batch, and further ones for busy ids; then each receipt gets
// its message, a retry, or an orphan row. One instance per lane; [stage] functions only. What lanes share is owned by
// the plugin and is constant or guarded.
#pragma once
#include <set>
#include <string>

#include <dlrgw/plugin.hpp>

#include "lost.hpp"
#include "message/duplicate_tally.hpp"
#include "message/handover.hpp"
#include "orphan_rate.hpp"
#include "recorrelate.hpp"
#include "resolution.hpp"
#include "statements.hpp"

namespace dlrgw::correlate {

// Indexes into the plugin's reasons.
inline constexpr std::uint32_t kReasonAwaiting = 0;
inline constexpr std::uint32_t kReasonNoCorrelation = 1;
inline constexpr std::uint32_t kReasonAmbiguous = 2;
inline constexpr std::uint32_t kReasonMessageMissing = 3;
inline constexpr std::uint32_t kReasonRedelivered = 4;
inline constexpr std::uint32_t kReasonEventIdReused = 5;
inline constexpr std::uint32_t kReasonDedup = 6;

// A submit may be stamped by a clock that runs ahead of the connector's.
inline constexpr std::int64_t kClockSkewUs = 5 * 60'000'000LL;

struct Options {
  std::uint32_t retries = 2;
  std::uint32_t retry_delay_ms = 3000;
  std::int64_t window_us = 0;
};
// Throws Error naming the key.
Options read_options(const Config& config);

struct CorrelateParts {
  explicit CorrelateParts(Host host);
  // Counts receipts into dlr_orphan_rate.
  void count(std::uint64_t seen, std::uint64_t orphaned);

  Options options;
  Statements statements;
  Edit edit;
  message::Handover handover;
  Pii pii;
  Events events;
  Digest digest;
  Clock clock;
  Log log;
  Pipeline pipeline;
  message::DuplicateTally duplicates;
  Metric orphans_total, orphan_total, orphan_rate_gauge, retries_total, wait_seconds;
  OrphanRate orphan_rate;
};

class CorrelateStage : public Stage {
 public:
  explicit CorrelateStage(CorrelateParts& shared) : shared_(shared) {}
  void process(Batch& batch) override;
  void settled(const Settled& settled) override;

 private:
  // One per receipt of the batch; hits holds what they point into.
  [[nodiscard]] std::vector<Resolution> resolve_all(const Batch& batch, const UnitOfWork& uow,
                                                    std::vector<std::vector<Hit>>& hits) const;
  // Replaces the hits of these receipts.
  void look_up(const Batch& batch, const UnitOfWork& uow, std::span<const std::uint32_t> receipts, std::uint32_t page,
               std::vector<std::vector<Hit>>& hits) const;
  void add_rows(const ReceiptView& receipt, std::uint32_t index, std::vector<LookupRow>& rows) const;
  // The profile says that ids are unique on the receipt's connector only.
  [[nodiscard]] bool has_own_ids(const ReceiptView& receipt) const;
  [[nodiscard]] Claim claim_of(const ReceiptView& receipt) const;
  [[nodiscard]] std::string orphan_id(const ReceiptView& receipt) const;
  [[nodiscard]] bool is_copy_of_orphan(const ReceiptView& receipt) const;
  [[nodiscard]] Orphan describe(const ReceiptView& receipt, Finding finding) const;
  void found(const UnitOfWork& uow, const ReceiptView& receipt, const Hit& hit, std::set<std::string>& resolved) const;
  void settle_lost(Batch& batch, const UnitOfWork& uow, const std::vector<LostReceipt>& lost) const;
  void retry(Batch& batch, const LostReceipt& lost) const;
  void keep_orphan(Batch& batch, const UnitOfWork& uow, const LostReceipt& lost) const;
  void observe_wait(const ReceiptView& receipt) const;

  CorrelateParts& shared_;
  bool resubmitted_ = false;  // the current batch is a single stored orphan that is tried again
};

}  // namespace dlrgw::correlate
