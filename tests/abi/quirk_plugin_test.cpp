// SPDX-License-Identifier: Apache-2.0
// DLRGW_QUIRK_PLUGIN: a quirk in a namespace, under an id that is no operator's, with a service it cannot do without.
#include <gtest/gtest.h>

#include <dlrgw/plugin.hpp>
#include <dlrgw/testing/plugin.hpp>

namespace com::acme {

class Quirk final : public dlrgw::Quirk {
 public:
  static constexpr dlrgw_str kServices[] = {dlrgw::str(DLRGW_SERVICE_PII)};
  explicit Quirk(dlrgw::Host host) : instance_(host.instance()) {}

 private:
  bool apply(dlrgw::QuirkReceipt& receipt) override {
    if (receipt.raw_receipt().empty()) return false;
    receipt.set_raw_status(instance_);
    return true;
  }
  std::string instance_;
};

}  // namespace com::acme

DLRGW_QUIRK_PLUGIN(com::acme::Quirk, "com.acme.quirk", "2.0.1", "mno-acme", "mno-zeta")

namespace {

using namespace dlrgw::testing;

TEST(QuirkPlugin, HasItsOwnIdAndItsOperators) {
  FakeHost host;
  host.grant("pii");
  TestPlugin plugin(host);
  EXPECT_EQ(plugin.id(), "com.acme.quirk");
  EXPECT_EQ(plugin.operators(), (std::vector<std::string>{"mno-acme", "mno-zeta"}));
  TestReceipt& receipt = host.receipt({.operator_id = "mno-zeta", .raw_receipt = "id:1 stat:X"});
  EXPECT_EQ(plugin.apply_quirk(receipt), "handled");
  EXPECT_EQ(receipt.edited(dlrgw::TextField::kRawStatus), "test") << "what its constructor took from the host";
}

TEST(QuirkPlugin, IsRefusedWithoutTheServicesThatItDeclares) {
  FakeHost host;
  try {
    TestPlugin plugin(host);
    FAIL() << "it was created";
  } catch (const dlrgw::Error& refused) {
    EXPECT_STREQ(refused.what(), "needs dlrgw.pii/1, which this fake host does not offer; grant() it");
  }
}

}  // namespace
