// SPDX-License-Identifier: Apache-2.0
// The stage `normalise`: asks the operator's quirk, then applies the rules of normalise.hpp and writes the result into
// the receipt. One instance per lane; [stage] functions only. Profiles, metrics and inventory belong to the plugin.
#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "inventory.hpp"
#include "message/handover.hpp"
#include "normalise.hpp"

namespace dlrgw::normalise {

// Indexes into the plugin's reasons.
inline constexpr std::uint32_t kReasonQuirkFailed = 0;
inline constexpr std::uint32_t kReasonNoMessageId = 1;

inline constexpr std::uint32_t kQuirkRetryMs = 5000;

// What all lanes share; constant after the plugin's constructor.
struct NormaliseParts {
  explicit NormaliseParts(Host host);
  [[nodiscard]] const Profile& profile_of(std::string_view operator_id, std::string_view connector_id) const;

  struct OperatorProfiles {
    Profile profile;
    std::map<std::string, Profile, std::less<>> connectors;  // those with a table of their own
  };
  std::map<std::string, OperatorProfiles, std::less<>> profiles;
  Profile standard;
  Edit edit;
  message::Handover handover;
  Pii pii;
  Quirks quirks;
  Digest digest;
  Log log;
  Metric unknown_stat;
  Metric flagged;
};

class NormaliseStage : public Stage {
 public:
  NormaliseStage(const NormaliseParts& shared, Inventory& inventory) : shared_(shared), inventory_(inventory) {}
  void process(Batch& batch) override;
  void settled(const Settled& settled) override;
  // Which rule gives each value of the receipt, quirk and profile included, as JSON: member of the shown receipt →
  // {"rule", "key", "entry"}. For people; of a receipt of the running call.
  [[nodiscard]] std::string explain(const ReceiptView& receipt) const;

 private:
  using QuirkTexts = std::array<std::string, 6>;

  [[nodiscard]] Received read(const ReceiptView& receipt) const;
  [[nodiscard]] SetByQuirk what_quirk_set(const ReceiptView& receipt, Received& received, QuirkTexts& texts) const;
  void write(const ReceiptView& receipt, const Received& received, const Canonical& canonical,
             const Profile& profile) const;
  void process_one(Batch& batch, std::uint32_t i);

  // What is not mapped of one receipt of the running batch; empty = all is mapped.
  struct Unmapped {
    std::string status;
    std::string error_code;
    std::vector<std::string> fields;  // what was dropped or replaced
  };
  void note_unmapped(const ReceiptView& receipt, const Canonical& canonical);

  const NormaliseParts& shared_;
  Inventory& inventory_;
  std::map<std::uint64_t, Unmapped> unmapped_;  // by handle; noted only once the batch is committed
};

}  // namespace dlrgw::normalise
