// SPDX-License-Identifier: Apache-2.0
// Stage outbox: appends the receipt's row, which provides "persisted". It decides nothing. One per lane, without state.
#pragma once
#include <dlrgw/plugin.hpp>

#include "message/handover.hpp"

namespace dlrgw::outbox {

// What the lanes share. Owned by the plugin.
struct ReceiptShared {
  explicit ReceiptShared(Host host);
  Clock clock;
  Sql sql;
  message::Handover handover;
  Pii pii;
  SqlStatement insert;
};

class ReceiptStage : public Stage {
 public:
  explicit ReceiptStage(ReceiptShared& shared) : shared_(shared) {}
  void process(Batch& batch) override;

 private:
  ReceiptShared& shared_;
};

}  // namespace dlrgw::outbox
