// SPDX-License-Identifier: Apache-2.0
// Counts and logs copies: those found by their fingerprint in Redis (outcome dedup), by whichever stage knows enough to
// say so, and those found in the history (outcome duplicate). Owned by the plugin, shared by its lanes; [stage]
// functions only.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::message {

class DuplicateTally {
 public:
  explicit DuplicateTally(Host host)
      : log_(host),
        dedup_(host, Metric::Type::kCounter, "dlr_dedup_total", "Receipts dropped by their fingerprint in Redis.",
               {"operatorId"}),
        duplicates_(host, Metric::Type::kCounter, "dlr_duplicates_total",
                    "Receipts of the outcomes duplicate and dedup.", {"operatorId"}) {}

  void by_fingerprint(const ReceiptView& receipt) const {
    dedup_.record(receipt.handle(), {receipt.operator_id()});
    tell(receipt, "fingerprint");
  }
  void by_history(const ReceiptView& receipt) const { tell(receipt, "history"); }

 private:
  void tell(const ReceiptView& receipt, std::string_view found_by) const {
    duplicates_.record(receipt.handle(), {receipt.operator_id()});
    log_.info("dlr.duplicate", receipt.handle(),
              {field("messageId", receipt.message_id()), field("operatorId", receipt.operator_id()),
               field("eventId", receipt.event_id()), field("dlrStatus", to_string(receipt.status())),
               field("foundBy", found_by)});
  }

  Log log_;
  Metric dedup_, duplicates_;
};

}  // namespace dlrgw::message
