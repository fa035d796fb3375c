// SPDX-License-Identifier: Apache-2.0
#include "console_sections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "console_page.hpp"

namespace dlrgw::admin_http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string pipeline(std::int64_t applied) {
  return R"({"generation":1,"stages":[{"name":"normalise","plugin":"normalise","essential":true,"enabled":true,
    "verdicts":{"continue":)" +
         std::to_string(applied) + R"(,"drop":0,"retry":0,"reject":0},"batches":4,"busyMs":10},
    {"name":"x<y","plugin":"p","essential":false,"enabled":false,
    "verdicts":{"continue":1,"drop":2,"retry":3,"reject":4},"batches":0,"busyMs":0}],
    "lanes":10,"lanesBusy":3,"backlog":{"pending":7,"unacknowledged":8,"parked":9},
    "lastReload":{"at":"2026-11-23T12:00:00.000Z","ok":false,"error":"no \"outbox\" & <more>","needsRestart":["http","nats"]}})";
}

TEST(ConsoleSections, ShowWhatTheDocumentsSayEscaped) {
  const std::string now = now_section(pipeline(5), {});
  EXPECT_THAT(now, AllOf(HasSubstr("<dd id=\"rate\">–</dd>"), HasSubstr("<dd id=\"lanes\">3 of 10</dd>"),
                         HasSubstr("<dd id=\"pending\">7</dd>"), HasSubstr("<dd id=\"unacknowledged\">8</dd>"),
                         HasSubstr("<dd id=\"parked\">9</dd>")));
  EXPECT_THAT(now, HasSubstr("refused: no &quot;outbox&quot; &amp; &lt;more&gt;; needs a restart: http, nats"));
  const std::string stages = stages_section(pipeline(5), {{"normalise", 12.6}});
  EXPECT_THAT(stages, AllOf(HasSubstr("<th scope=\"row\">normalise</th><td>normalise</td><td>13</td><td>5</td>"),
                            HasSubstr("<td>2.5 ms</td>"), HasSubstr("<td>essential</td>"),
                            HasSubstr("data-path=\"/v1/admin/stages/x%3Cy/enable\""),
                            HasSubstr("aria-label=\"Enable stage x&lt;y\""), Not(HasSubstr("x<y"))));
  const std::string plugins =
      plugins_section(R"({"plugins":[{"id":"dedup","version":"1.0.0","description":null,"enabled":true}]})");
  EXPECT_THAT(plugins, AllOf(HasSubstr("<th scope=\"row\">dedup</th><td>1.0.0</td><td></td>"),
                             HasSubstr("data-path=\"/v1/admin/plugins/dedup/disable\"")));
  const std::string jobs = jobs_section(
      R"({"jobs":[{"name":"outbox.relay","schedule":"continuous","runs":2,"lastEndedAt":null,"lastError":"<b>"}]})");
  EXPECT_THAT(
      jobs, HasSubstr("<th scope=\"row\">outbox.relay</th><td>continuous</td><td>2</td><td>–</td><td>&lt;b&gt;</td>"));
}

TEST(ConsoleSections, RatesComeOutOfTheLooksOfTenSeconds) {
  RateMeter meter;
  EXPECT_TRUE(meter.rates(pipeline(0), 1'000'000).empty());
  EXPECT_TRUE(meter.rates(pipeline(10), 1'500'000).empty()) << "too soon to tell";
  EXPECT_DOUBLE_EQ(meter.rates(pipeline(100), 3'000'000).at("normalise"), 50);
  EXPECT_DOUBLE_EQ(meter.rates(pipeline(40), 5'000'000).at("normalise"), 10) << "of the oldest look";
  EXPECT_DOUBLE_EQ(meter.rates(pipeline(240), 12'000'000).at("normalise"), 140.0 / 9) << "and that one is too old now";
  EXPECT_TRUE(meter.rates(pipeline(240), 60'000'000).empty()) << "nobody looked for a while";
}

TEST(ConsoleSections, ThePageHoldsThemAndNoScriptOfItsOwn) {
  const std::string page =
      console_page({{"now", now_section(pipeline(5), {})}, {"stages", stages_section(pipeline(5), {})}});
  EXPECT_THAT(page,
              AllOf(HasSubstr("<dd id=\"lanes\">3 of 10</dd>"), HasSubstr("<th scope=\"row\">normalise</th>"),
                    HasSubstr("href=\"/console/quarantine\""), Not(HasSubstr("<script>")), Not(HasSubstr(" onclick"))));
}

}  // namespace
}  // namespace dlrgw::admin_http
