// A quirk as it was written for SDK 1.1, and that cannot do without it. The operator mno-weave marks in TLV 0x1403 that
// an intermediate notification is its last word, writes the state of connector weave-b into TLV 0x1404, and sends "0"
// where it has no message id.
#include <dlrgw/plugin.hpp>

namespace {

constexpr std::uint32_t kLastWord = 0x1403;
constexpr std::uint32_t kState = 0x1404;
constexpr std::uint32_t kIntermediate = 0x20;

class MnoWeave final : public dlrgw::Quirk {
  bool apply(dlrgw::QuirkReceipt& receipt) override {
    if (receipt.operator_message_id() == "0") {
      receipt.set_no_id();
      return true;
    }
    if (receipt.connector_id() == "weave-b") {
      const auto state = receipt.tlv_octets(kState);
      if (!state) return false;
      receipt.set_status(*state == "OK" ? dlrgw::DlrStatus::kDelivered : dlrgw::DlrStatus::kFailed);
      return true;
    }
    if (receipt.esm_class() != kIntermediate || receipt.tlv_integer(kLastWord) != 1U) return false;
    receipt.set_finality(dlrgw::Finality::kFinal);
    return true;
  }
};

class Plugin {
 public:
  static dlrgw::PluginInfo info() { return {.id = "mno-weave", .version = "1.0.0", .abi_minor_needed = 1}; }
  Plugin(dlrgw::Host, dlrgw::Registrar& registrar) {
    registrar.quirk({"mno-weave", {"mno-weave"}}, [](std::uint32_t) { return std::make_unique<MnoWeave>(); });
  }
};

}  // namespace

DLRGW_PLUGIN(Plugin)
