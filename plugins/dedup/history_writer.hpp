// SPDX-License-Identifier: Apache-2.0
// The rows of receipts that end here: late and quarantined. Owned by the plugin, shared by the lanes; stateless.
#pragma once
#include <dlrgw/plugin.hpp>

#include "message/decide.hpp"

namespace dlrgw::dedup {

class HistoryWriter {
 public:
  explicit HistoryWriter(Host host);

  // decision.outcome is kLate.
  void add_late(const UnitOfWork& work, const ReceiptView& receipt, const message::Incoming& incoming,
                const message::Decision& decision, const message::History& before) const;
  void add_quarantined(const UnitOfWork& work, const ReceiptView& receipt, const message::Incoming& incoming,
                       const message::History& before) const;

 private:
  [[nodiscard]] std::string row_id(std::string_view table, const message::Identity& identity) const;
  Digest digest_;
  Pii pii_;
  SqlStatement late_, quarantined_;
};

}  // namespace dlrgw::dedup
