// SPDX-License-Identifier: Apache-2.0
#include "s3_lifecycle.hpp"

#include <gtest/gtest.h>

#include <dlrgw/cpp/base.hpp>

namespace dlrgw::correlate {
namespace {

constexpr const char* kOurs =
    "<Rule><ID>dlr-gateway-orphans</ID><Filter><Prefix>orphans/</Prefix></Filter><Status>Enabled</Status>"
    "<Expiration><Days>365</Days></Expiration></Rule>";
constexpr const char* kAlone =
    "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>dlr-gateway-orphans</ID>"
    "<Filter><Prefix>orphans/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>365</Days></Expiration>"
    "</Rule></LifecycleConfiguration>";

TEST(OrphanLifecycle, ABucketWithoutDocumentGetsOne) {
  EXPECT_EQ(with_expiry_rule(""), kAlone);
  EXPECT_EQ(with_expiry_rule("<?xml version=\"1.0\"?><LifecycleConfiguration/>"), kAlone);
}

TEST(OrphanLifecycle, RulesOfOthersStay) {
  EXPECT_EQ(with_expiry_rule("<LifecycleConfiguration><Rule><ID>logs</ID></Rule></LifecycleConfiguration>\n"),
            std::string("<LifecycleConfiguration><Rule><ID>logs</ID></Rule>") + kOurs + "</LifecycleConfiguration>\n");
}

TEST(OrphanLifecycle, OursIsPutOnce) {
  EXPECT_EQ(with_expiry_rule(kAlone), std::nullopt);
  EXPECT_EQ(with_expiry_rule("<LifecycleConfiguration><Rule><ID>dlr-gateway-orphans</ID><Expiration><Days>90</Days>"
                             "</Expiration></Rule></LifecycleConfiguration>"),
            std::nullopt)
      << "somebody has changed it on purpose";
}

TEST(OrphanLifecycle, WhatIsNotUnderstoodIsNotReplaced) {
  EXPECT_THROW((void)with_expiry_rule("<html>login</html>"), Error);
  EXPECT_THROW((void)with_expiry_rule("<LifecycleConfiguration><Rule>cut off"), Error);
}

}  // namespace
}  // namespace dlrgw::correlate
