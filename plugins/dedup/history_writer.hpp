// The rows of receipts that end here: late and quarantined. Owned by the plugin, shared by the lanes; stateless.
#pragma once
#include <dlrgw/plugin.hpp>

#include "decide.hpp"

namespace dlrgw::dedup {

class HistoryWriter {
 public:
  explicit HistoryWriter(Host host);

  // decision.outcome is kLate. A final state behind the aggregate also becomes the segment's row, shown as late.
  void add_late(const UnitOfWork& work, const ReceiptView& receipt, const Incoming& incoming, const Decision& decision,
                const History& before) const;
  void add_quarantined(const UnitOfWork& work, const ReceiptView& receipt, const Incoming& incoming,
                       const History& before) const;

 private:
  [[nodiscard]] std::string row_id(std::string_view table, const Identity& identity) const;
  Digest digest_;
  Pii pii_;
  SqlStatement late_, late_segment_, quarantined_;
};

}  // namespace dlrgw::dedup
