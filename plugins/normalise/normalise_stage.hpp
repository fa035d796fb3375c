// The stage `normalise`: asks the operator's quirk, then applies the rules of normalise.hpp and writes the result into
// the receipt. One instance per lane; [stage] functions only. Profiles and metrics belong to the plugin.
#pragma once
#include <array>
#include <map>
#include <string>

#include <dlrgw/plugin.hpp>

#include "normalise.hpp"

namespace dlrgw::normalise {

// Indexes into the plugin's reasons.
inline constexpr std::uint32_t kReasonQuirkFailed = 0;
inline constexpr std::uint32_t kReasonNoMessageId = 1;

inline constexpr std::uint32_t kQuirkRetryMs = 5000;

// What all lanes share; constant after the plugin's constructor.
struct Shared {
  explicit Shared(Host host);
  [[nodiscard]] const Profile& profile_of(std::string_view operator_id) const;

  std::map<std::string, Profile, std::less<>> profiles;
  Profile standard;
  Edit edit;
  Attributes attributes;
  Pii pii;
  Quirks quirks;
  Digest digest;
  Metric unknown_stat;
};

class NormaliseStage : public Stage {
 public:
  explicit NormaliseStage(const Shared& shared) : shared_(shared) {}
  void process(Batch& batch) override;

 private:
  using QuirkTexts = std::array<std::string, 6>;

  [[nodiscard]] Received read(const ReceiptView& receipt) const;
  [[nodiscard]] SetByQuirk what_quirk_set(const ReceiptView& receipt, Received& received, QuirkTexts& texts) const;
  void write(const ReceiptView& receipt, const Received& received, const Canonical& canonical) const;
  void process_one(Batch& batch, std::uint32_t i) const;

  const Shared& shared_;
};

}  // namespace dlrgw::normalise
