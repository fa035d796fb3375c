// SPDX-License-Identifier: Apache-2.0
// Reads the quarantined receipts and decides about them: each row is released through the chain or discarded, once.
// Owned by the plugin; its routes use it concurrently.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "quarantine_query.hpp"

namespace dlrgw::dedup {

class QuarantineDesk {
 public:
  explicit QuarantineDesk(Host host);

  [[nodiscard]] std::vector<QuarantineItem> page(const QuarantineQuery& query) const;

  struct Row {
    std::string operator_id;  // empty: the row is past its retention, only its decision is left
    std::string event_id;
    std::int64_t received_at_us = 0;
    std::string payload;  // as it came: phone numbers, message text
    std::optional<QuarantineDecision> decision;
  };
  [[nodiscard]] std::optional<Row> find(std::string_view id) const;

  struct Decider {
    std::string_view id;  // of the row
    std::string_view actor;
    std::string_view reason;  // empty: none
  };
  // Runs the receipt through the chain without the quarantine rule. Outcomes `retry` and `rejected` decide nothing: the
  // row stays open.
  // Throws DLRGW_E_DENIED when it is decided already, _DATA when the payload is no receipt, _UNAVAILABLE, _TRANSIENT.
  [[nodiscard]] SubmissionResult release(const Row& row, const Decider& decider) const;
  // False: it was decided before.
  [[nodiscard]] bool discard(const Decider& decider) const;

 private:
  std::string instance_;
  Sql sql_;
  Clock clock_;
  Log log_;
  Pipeline pipeline_;
  SqlStatement page_, find_, release_, discard_;
};

}  // namespace dlrgw::dedup
