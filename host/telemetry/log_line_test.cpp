// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kAt = 1'795'412'740'123'456;  // 2026-11-23T05:45:40.123456Z

std::string line(std::initializer_list<Field> fields, TraceIds trace = {}) {
  return log_line(kAt, Level::kWarn, "some.event", "gw-1", std::span(fields.begin(), fields.size()), trace);
}

TEST(LogLine, HasTheFixedFieldsInOrderAndEveryType) {
  EXPECT_EQ(line({{"text", std::string_view("a\"b")},
                  {"count", std::int64_t{-3}},
                  {"ratio", 0.25},
                  {"ok", true},
                  {"at", TimeUs{kAt}}},
                 {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"}),
            R"({"ts":"2026-11-23T05:45:40.123Z","level":"warn","event":"some.event","instance":"gw-1",)"
            R"("traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","text":"a\"b","count":-3,)"
            R"("ratio":0.25,"ok":true,"at":"2026-11-23T05:45:40.123Z"})"
            "\n");
}

TEST(LogLine, WithoutTraceTheKeysStay) { EXPECT_THAT(line({}), HasSubstr(R"("traceId":"","spanId":""})")); }

TEST(LogLine, MasksPhoneNumbers) {
  EXPECT_THAT(line({{"to", Msisdn{"+49 170 1234567"}}}), HasSubstr(R"("to":"***67")"));
  EXPECT_THAT(line({{"to", Msisdn{"12345"}}}), HasSubstr(R"("to":"***")"));
  EXPECT_THAT(line({{"to", Msisdn{"Sender"}}}), HasSubstr(R"("to":"***")"));
}

TEST(LogLine, KeepsNamesUnique) {
  const std::string text = line({{"level", std::int64_t{7}}, {"a", std::int64_t{1}}, {"a", std::int64_t{2}}});
  EXPECT_THAT(text, HasSubstr(R"("level_":7)"));
  EXPECT_THAT(text, HasSubstr(R"("a":1)"));
  EXPECT_THAT(text, Not(HasSubstr(R"("a":2)")));
}

TEST(LogLine, CutsLongTextsAndStaysOneLine) {
  const std::string big(100'000, 'x');
  const std::string text = line({{"t", std::string_view(big)}, {"n", std::string_view("a\nb")}});
  EXPECT_LT(text.size(), kMaxFieldBytes + 400);
  EXPECT_THAT(text, HasSubstr("x…\""));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

}  // namespace
}  // namespace dlrgw::host
