// SPDX-License-Identifier: Apache-2.0
#include "orphan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/cpp/listing.hpp>

namespace dlrgw::correlate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

OrphanRecord record() {
  OrphanRecord out;
  out.orphan_id = "00000000-0000-5000-8000-000000000001";
  out.received_at_us = 1'795'412'740'123'456;
  out.operator_id = "mno-a";
  out.operator_message_id = "17\"x";
  out.id_candidates = R"(["17\"x", "23"])";
  out.raw_stat = "DELIVRD";
  out.status = "DELIVERED";
  out.dlr_timestamp_us = 1'795'412'739'000'000;
  out.reason = "no_correlation";
  out.attempts = 3;
  out.event_id = "00000000-0000-4000-8000-000000000002";
  out.fingerprint = std::string("\x00\xff", 2);
  out.payload = R"({"sourceAddr":"+15550107777","destAddr":"15550108888","rawReceipt":"text:a \u0000 15550109999"})";
  return out;
}

TEST(OrphanText, Numbers) {
  EXPECT_EQ(mask_number("+15550107777"), "***77");
  EXPECT_EQ(mask_number("+1 (555) 010-7777"), "***77");
  EXPECT_EQ(mask_number("123456"), "***");
  EXPECT_EQ(mask_number("ACME"), "***");
  EXPECT_EQ(mask_number(""), "");
}

TEST(OrphanText, AddressesOfAPayload) {
  EXPECT_EQ(addresses_of(record().payload).source, "+15550107777");
  EXPECT_EQ(addresses_of(record().payload).dest, "15550108888");
  for (const char* other : {"", "{", "[]", "7", R"({"sourceAddr":7})", R"({"nested":{"sourceAddr":"1"}})"})
    EXPECT_EQ(addresses_of(other).source, "") << other;
}

TEST(OrphanText, TheConsoleShowsRowsEscapedAndNothingPersonal) {
  const std::string open = orphans_html({record()});
  EXPECT_THAT(open, HasSubstr("<td>mno-a</td><td>17&quot;x</td><td>DELIVERED</td><td>no_correlation</td>"));
  EXPECT_THAT(open, HasSubstr("data-path=\"/v1/admin/dlr/orphans/00000000-0000-5000-8000-000000000001/retry\""));
  EXPECT_THAT(open, Not(HasSubstr("1555")));
  OrphanRecord resolved = record();
  resolved.resolution = OrphanResolution{"hand", "applied", "", "ops", 0};
  EXPECT_THAT(orphans_html({resolved}), HasSubstr("<td>resolved: applied</td><td></td>"));
  EXPECT_THAT(orphans_html({resolved}), Not(HasSubstr("<button")));
}

TEST(OrphanText, MaskedJson) {
  EXPECT_EQ(orphan_json(record(), Privacy::kMasked),
            R"({"id":"00000000-0000-5000-8000-000000000001","operatorId":"mno-a","operatorMessageId":"17\"x",)"
            R"("idCandidates":["17\"x", "23"],"rawStat":"DELIVRD","dlrStatus":"DELIVERED",)"
            R"("dlrTimestamp":"2026-11-23T05:45:39.000Z","reason":"no_correlation","attempts":3,)"
            R"("receivedAt":"2026-11-23T05:45:40.123Z","eventId":"00000000-0000-4000-8000-000000000002",)"
            R"("fingerprint":"00ff","sourceAddr":"***77","destAddr":"***88","resolution":null})");
}

TEST(OrphanText, FullJsonHoldsThePayloadAsItCame) {
  OrphanRecord orphan = record();
  orphan.resolution = {"manual", "applied", "00000000-0000-4000-8000-000000000003", "ops", 1'795'412'741'000'000};
  const std::string json = orphan_json(orphan, Privacy::kFull);
  EXPECT_THAT(json, HasSubstr(R"("sourceAddr":"+15550107777","destAddr":"15550108888")"));
  EXPECT_THAT(json, HasSubstr(R"("resolution":{"method":"manual","outcome":"applied",)"
                              R"("messageId":"00000000-0000-4000-8000-000000000003","actor":"ops",)"
                              R"("resolvedAt":"2026-11-23T05:45:41.000Z"})"));
  EXPECT_THAT(json, HasSubstr(R"("rawPayload":"{\"sourceAddr\":\"+15550107777\")"));
  EXPECT_THAT(json, Not(HasSubstr("\n")));
}

TEST(OrphanText, NothingPersonalInAnyMaskedForm) {
  for (const std::string& text : {orphan_json(record(), Privacy::kMasked), orphan_csv(record(), Privacy::kMasked)})
    for (const char* number : {"15550107777", "15550108888", "15550109999"}) EXPECT_THAT(text, Not(HasSubstr(number)));
}

TEST(OrphanText, CellsAreNoFormulas) {
  EXPECT_EQ(csv_cell("plain"), "\"plain\"");
  EXPECT_EQ(csv_cell(""), "\"\"");
  EXPECT_EQ(csv_cell("say \"a,b\"\r\n"), "\"say \"\"a,b\"\"\r\n\"");
  for (const char* start : {"=", "+", "-", "@", "\t", "\r", "\n"})
    EXPECT_EQ(csv_cell(std::string(start) + "1+1"), "\"'" + std::string(start) + "1+1\"") << start;
  EXPECT_EQ(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
}

TEST(OrphanText, CsvLinesMatchTheirHeader) {
  EXPECT_EQ(orphan_csv(record(), Privacy::kMasked),
            "\"00000000-0000-5000-8000-000000000001\",\"mno-a\",\"17\"\"x\",\"[\"\"17\\\"\"x\"\", \"\"23\"\"]\","
            "\"DELIVRD\",\"DELIVERED\",\"2026-11-23T05:45:39.000Z\",\"no_correlation\",\"3\","
            "\"2026-11-23T05:45:40.123Z\",\"00000000-0000-4000-8000-000000000002\",\"***77\",\"***88\",\"\",\"\",\"\","
            "\"\"\r\n");
  const auto commas = [](const std::string& line) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = line.find("\",\"", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  EXPECT_EQ(commas(orphan_csv_header()), 16U);
  EXPECT_THAT(orphan_csv_header(), ::testing::EndsWith("\"resolvedAt\"\r\n"));
  EXPECT_THAT(orphan_csv(record(), Privacy::kFull), HasSubstr("\"'+15550107777\",\"15550108888\""));
}

}  // namespace
}  // namespace dlrgw::correlate
