// SPDX-License-Identifier: Apache-2.0
// Stage segments: carries out what the decisions mean for the message. A message of one segment is decided by its final
// receipt, a message of several segments by all their receipts together. One per lane, without state.
#pragma once
#include <dlrgw/plugin.hpp>

#include "message/handover.hpp"
#include "message/history_reader.hpp"
#include "publisher.hpp"
#include "segment_store.hpp"

namespace dlrgw::segments {

// Index into the plugin's reasons: a verdict names one by it.
inline constexpr std::uint32_t kReasonLate = 0;

// What the lanes and the sweep share. Owned by the plugin.
struct SegmentsShared {
  SegmentsShared(Host host, std::int64_t grace, bool legacy_subjects);
  // Whether the operator sends one receipt for all segments of a message through this connector.
  [[nodiscard]] bool one_for_all(std::string_view operator_id, std::string_view connector_id) const;
  std::int64_t grace_us;
  Config config;
  Clock clock;
  Sql sql;
  message::Handover handover;
  message::HistoryReader history;
  SegmentStore store;
  Publisher publisher;
};

class SegmentsStage : public Stage {
 public:
  explicit SegmentsStage(SegmentsShared& shared) : shared_(shared) {}
  void process(Batch& batch) override;

 private:
  struct Item;
  [[nodiscard]] Item item_of(const ReceiptView& receipt) const;
  void one_segment(const UnitOfWork& work, const ReceiptView& receipt, const Item& item) const;
  void several_segments(const UnitOfWork& work, const ReceiptView& receipt, const Item& item,
                        OpenMessage& message) const;
  SegmentsShared& shared_;
};

}  // namespace dlrgw::segments
