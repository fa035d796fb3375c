// SPDX-License-Identifier: Apache-2.0
// The demo's judgement: the generator's sums hold for any seed, and a comparison notices one receipt gone wrong.
#include <gtest/gtest.h>

#include "demo/compare.hpp"
#include "demo/manifest.hpp"
#include "support/json.hpp"

namespace dlrgw::demo {
namespace {

class DemoManifest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DemoManifest, EveryReceiptHasExactlyOneExpectedOutcome) {
  const Manifest manifest = make_manifest(GetParam(), 1000);
  EXPECT_GE(manifest.receipts.size(), 1000U);
  std::int64_t sent = 0;
  for (const auto& kind : manifest.kinds) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (const auto& [outcome, range] : kind.expected) {
      low += range.low;
      high += range.high;
    }
    EXPECT_LE(low, kind.sent) << kind.name;
    EXPECT_GE(high, kind.sent) << kind.name;
    EXPECT_GT(kind.sent, 0) << kind.name;
    sent += kind.sent;
  }
  EXPECT_EQ(sent, static_cast<std::int64_t>(manifest.receipts.size()));
}

TEST_P(DemoManifest, ReceiptsAreReadableUnlessMeantToBeInvalid) {
  const Manifest manifest = make_manifest(GetParam(), 1000);
  for (const auto& receipt : manifest.receipts)
    if (!receipt.event_id.empty())
      EXPECT_EQ(test::json_field(receipt.payload, "eventId"), receipt.event_id) << receipt.payload;
    else
      EXPECT_TRUE(manifest.kinds[receipt.kind].expected.contains(Outcome::kInvalid));
}

TEST_P(DemoManifest, TheSameSeedMakesTheSameReceiptsAndMoreOnRequest) {
  const Manifest one = make_manifest(GetParam(), 1000);
  const Manifest two = make_manifest(GetParam(), 1000);
  ASSERT_EQ(one.receipts.size(), two.receipts.size());
  for (std::size_t i = 0; i < one.receipts.size(); ++i) EXPECT_EQ(one.receipts[i].event_id, two.receipts[i].event_id);
  EXPECT_GE(make_manifest(GetParam(), 5000).receipts.size(), 5000U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DemoManifest, testing::Values(1U, 2U, 3U, 77U, 123456789U),
                         [](const auto& seed) { return "Seed" + std::to_string(seed.param); });

// One applied receipt with all its traces.
struct Perfect {
  Manifest manifest;
  Observation seen;
  Perfect() {
    manifest.kinds.push_back({"one", 1, {{Outcome::kApplied, {1, 1}}}});
    manifest.receipts.push_back({0, Phase::kFirst, "e", "DELIVERED", "{}"});
    test::Message message;
    message.message_id = "m";
    manifest.messages.push_back(message);
    manifest.fates["m"] = {"DELIVERED", "SUBMITTED", {0, 0}};
    seen.applied.emplace("e", "DELIVERED");
    seen.messages["m"] = {"DELIVERED", "DELIVERED"};
    for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"})
      seen.events.push_back({subject, "m", "DELIVERED", "true", "1", subject, subject, "{}"});
    seen.metrics = test::Metrics::parse("dlr_received_total 1\ndlr_processed_total{outcome=\"applied\"} 1\n");
  }
  [[nodiscard]] bool agrees() const { return compare(manifest, seen).agrees(); }
};

TEST(DemoComparison, AgreesWhenEverythingIsAsPlanned) { EXPECT_TRUE(Perfect().agrees()); }

TEST(DemoComparison, NoticesAWrongStatusAMissingRowAndADoubleRow) {
  Perfect wrong;
  wrong.seen.applied.clear();
  EXPECT_FALSE(wrong.agrees());
  wrong.seen.applied.emplace("e", "FAILED");
  EXPECT_FALSE(wrong.agrees());
  Perfect twice;
  twice.seen.applied.emplace("e", "DELIVERED");
  EXPECT_FALSE(twice.agrees());
  Perfect also_late;
  also_late.seen.late.emplace("e", "DELIVERED");
  EXPECT_FALSE(also_late.agrees());
}

TEST(DemoComparison, NoticesAReplayThatWasKeptAndAMessageThatLostItsDay) {
  Perfect kept;
  kept.seen.quarantined.emplace("e", "DELIVERED");
  EXPECT_FALSE(kept.agrees());
  Perfect early;
  early.manifest.grace_expired = 1;
  EXPECT_FALSE(early.agrees());
  Perfect kind;
  kind.manifest.late_kinds["after_partial"] = 1;
  EXPECT_FALSE(kind.agrees());
}

TEST(DemoComparison, NoticesASecondBillingEventAndAnUntouchedMessage) {
  Perfect twice;
  twice.seen.events.push_back({"billing.events", "m", "DELIVERED", "", "1", "x", "x", "{}"});
  EXPECT_FALSE(twice.agrees());
  Perfect untouched;
  untouched.seen.messages["m"] = {"SUBMITTED", ""};
  EXPECT_FALSE(untouched.agrees());
}

TEST(DemoComparison, NoticesANumberInALogLine) {
  Perfect leaking;
  leaking.manifest.messages[0].to_addr = "+15551234567";
  EXPECT_TRUE(leaking.agrees());
  leaking.seen.log.emplace_back(R"({"event":"x","to":"15551234567"})");
  EXPECT_FALSE(leaking.agrees());
}

}  // namespace
}  // namespace dlrgw::demo
