// SPDX-License-Identifier: Apache-2.0
// The operator mno-acme says its states in German and appends its site to message ids: "00A1B2-FRA".
#include <dlrgw/plugin.hpp>

class MnoAcme final : public dlrgw::Quirk {
  bool apply(dlrgw::QuirkReceipt& receipt) override {
    const std::string_view id = receipt.operator_message_id();
    if (!id.ends_with("-FRA")) return false;  // not mine: profile and standard mapping go on
    receipt.set_operator_message_id(id.substr(0, id.size() - 4));
    if (receipt.raw_status() == "ZUGESTELLT") receipt.set_raw_status("DELIVRD");
    if (receipt.raw_status() == "UNZUSTELLBAR") receipt.set_raw_status("UNDELIV");
    return true;
  }
};

DLRGW_QUIRK_PLUGIN(MnoAcme, "mno-acme", "1.0.0", "mno-acme")
