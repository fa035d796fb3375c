// SPDX-License-Identifier: Apache-2.0
// mno-joined sends one receipt for a whole long message, with the ids of all its segments joined by commas. Each is a
// candidate; the profile says that this one receipt speaks for all: [operators."mno-joined"] segment_dlr = "single".
#include <vector>

#include <dlrgw/plugin.hpp>

namespace {

class Joined final : public dlrgw::Quirk {
 public:
  explicit Joined(const dlrgw::Edit& edit) : edit_(edit) {}
  bool apply(dlrgw::QuirkReceipt& receipt) override {
    const std::string_view ids = receipt.operator_message_id();
    if (ids.find(',') == std::string_view::npos) return false;
    std::vector<dlrgw::Candidate> candidates;
    for (std::size_t at = 0; at <= ids.size() && candidates.size() < DLRGW_MAX_CANDIDATES;) {
      const std::size_t comma = std::min(ids.find(',', at), ids.size());
      const auto rank = static_cast<std::uint32_t>(candidates.size());
      if (comma > at) candidates.push_back({ids.substr(at, comma - at), rank});
      at = comma + 1;
    }
    if (candidates.empty()) return false;
    edit_.set_candidates(receipt.handle(), candidates);
    receipt.set_operator_message_id(candidates.front().id);
    receipt.add_flag("whole_message");
    return true;
  }

 private:
  const dlrgw::Edit& edit_;
};

class Plugin {
 public:
  static dlrgw::PluginInfo info() { return {.id = "mno-joined", .version = "1.0.0"}; }
  Plugin(dlrgw::Host host, dlrgw::Registrar& registrar) : edit_(host) {
    registrar.quirk({"mno-joined", {"mno-joined"}}, [this](std::uint32_t) { return std::make_unique<Joined>(edit_); });
  }

 private:
  const dlrgw::Edit edit_;
};

}  // namespace

DLRGW_PLUGIN(Plugin)
