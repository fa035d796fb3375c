// SPDX-License-Identifier: Apache-2.0
#include "story_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::admin_http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kId = "4c1f3a52-7b9e-4d11-8a37-90c2d4e6f801";

TEST(StoryPage, ShowsTheMessageAndWhatHappenedInTheOrderOfTheDocument) {
  const std::string page = message_page(
      R"({"messageId":"4c1f3a52-7b9e-4d11-8a37-90c2d4e6f801","message":{"accountId":"a-1","dlrStatus":null},
      "entries":[{"at":"2026-11-22T10:15:00.000Z","kind":"submitted","messageId":"x","segmentIndex":0,"connectorId":null},
                 {"at":"2026-11-22T10:16:00.000Z","kind":"applied","status":"DELIVERED","flags":["a<b"]}],
      "waitingEvents":[{"subject":"billing.events","id":"e-1","waitsSince":"2026-11-22T10:16:01.000Z"}],"note":"a & b"})");
  EXPECT_THAT(
      page, AllOf(HasSubstr("<h1>Message 4c1f3a52"), HasSubstr("<dt>accountId</dt><dd>a-1</dd>"),
                  HasSubstr("<dt>dlrStatus</dt><dd>–</dd>"), HasSubstr("<time datetime=\"2026-11-22T10:15:00.000Z\">"),
                  HasSubstr("<td>submitted</td><td class=\"facts-cell\">segmentIndex: 0</td>"),
                  HasSubstr("status: DELIVERED, flags: [&quot;a&lt;b&quot;]")));
  EXPECT_THAT(page, AllOf(HasSubstr("<td>billing.events</td><td>e-1</td>"), HasSubstr("<p>a &amp; b</p>"),
                          Not(HasSubstr("<script>"))));
}

TEST(StoryPage, AMessageWhoseRowIsGoneSaysSo) {
  const std::string page =
      message_page(R"({"messageId":"m","message":null,"entries":[],"waitingEvents":[],"note":""})");
  EXPECT_THAT(page, AllOf(HasSubstr("its row in orch.sms_messages is gone"), HasSubstr("<p>None.</p>")));
}

TEST(StoryPage, ReceiptsLeadToTheirMessages) {
  const std::string page = receipts_page(
      "mno<1>", "id&1",
      R"({"items":[{"at":null,"kind":"orphan","messageId":null,"reason":"no_match"}],"messages":["4c1f3a52-7b9e-4d11-8a37-90c2d4e6f801"]})");
  EXPECT_THAT(page,
              AllOf(HasSubstr("Receipts of id&amp;1 from mno&lt;1&gt;"),
                    HasSubstr("<a href=\"/console/search?id=" + std::string(kId) + "\">"),
                    HasSubstr("<td>–</td><td>orphan</td><td></td><td class=\"facts-cell\">reason: no_match</td>")));
  EXPECT_THAT(receipts_page("m", "i", R"({"items":[],"messages":[]})"), HasSubstr("None that the operator knew"));
}

TEST(StoryPage, TheReasonForNothingIsEscaped) {
  EXPECT_THAT(no_story_page("<b>"), AllOf(HasSubstr("<p role=\"alert\">&lt;b&gt;</p>"), HasSubstr("role=\"search\"")));
}

}  // namespace
}  // namespace dlrgw::admin_http
