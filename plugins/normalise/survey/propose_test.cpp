// SPDX-License-Identifier: Apache-2.0
// Profiles drawn from generated receipts of operators that are made up, each with peculiarities that must be found.
#include "survey/propose.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "survey/find_ids.hpp"

namespace dlrgw::normalise {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kUs = 1'000'000;
constexpr std::int64_t kStart = 1'796'000'400 * kUs;  // 2026-11-30T01:00:00Z

// How a made-up operator writes.
struct Operator {
  std::int64_t offset_s = 0;
  const char* date = "%y%m%d%H%M";
  std::string (*receipt_id)(std::uint64_t) = nullptr;
  std::string (*submit_id)(std::uint64_t) = nullptr;
  const char* delivered = "DELIVRD";
  const char* form = "id:%s sub:001 dlvrd:001 submit date:%s done date:%s stat:%s err:%s text:hello";
};

std::string decimal(std::uint64_t n) { return std::to_string(n); }
std::string upper_hex(std::uint64_t n) {
  char text[32];
  std::snprintf(text, sizeof text, "%010llX", static_cast<unsigned long long>(n));
  return text;
}

std::string date_of(std::int64_t us, std::int64_t offset_s, const char* format) {
  const std::time_t seconds = us / kUs + offset_s;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char text[64];
  std::strftime(text, sizeof text, format, &tm);
  return text;
}

struct Day {
  std::vector<Captured> all;
  KnownIds known;
  [[nodiscard]] Captures captures() const {
    Captures out;
    for (const Captured& captured : all) out.push_back(&captured);
    return out;
  }
};

// Receipts ten seconds apart, some of them late; every seventh message was not delivered.
void add(Day& day, const Operator& op, std::size_t count, const std::string& connector = {}) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = 0x1C54BD63ULL + 7919 * (day.all.size() + 1);
    const bool failed = i % 7 == 3;
    Captured captured;
    captured.line = day.all.size() + 1;
    captured.connector = connector;
    captured.received_at_us = kStart + static_cast<std::int64_t>(i) * 10 * kUs;
    const std::int64_t done_us =
        captured.received_at_us - static_cast<std::int64_t>(2 + i % 40 + (i % 50 == 0 ? 4'000 : 0)) * kUs;
    const std::string id = op.receipt_id != nullptr ? op.receipt_id(number) : decimal(number);
    const std::string done = date_of(done_us, op.offset_s, op.date);
    const std::string submitted = date_of(done_us - 5 * kUs, op.offset_s, op.date);
    char text[512];
    std::snprintf(text, sizeof text, op.form, id.c_str(), submitted.c_str(), done.c_str(),
                  failed ? "UNDELIV" : op.delivered, failed ? "031" : "000");
    captured.raw_receipt = text;
    day.known.insert(op.submit_id != nullptr ? op.submit_id(number) : id);
    day.all.push_back(std::move(captured));
  }
}

TEST(Propose, NothingForAnOperatorWithoutPeculiarities) {
  Day day;
  add(day, {}, 500);
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_EQ(proposal.common.time_zone + proposal.common.date_format + proposal.common.id_pattern, "");
  EXPECT_THAT(proposal.common.submit_id, IsEmpty());
  EXPECT_THAT(proposal.common.labels, IsEmpty());
  EXPECT_THAT(proposal.common.status_aliases, IsEmpty());
  EXPECT_THAT(proposal.evidence.mixed, IsEmpty());
  EXPECT_THAT(proposal.not_explained, IsEmpty());
  EXPECT_EQ(proposal.explained_before, 500U);
}

// 5,000 receipts of an operator with five: labels and sign of its own, decimal ids of hex submits with padding, day
// before month, Indian time, a status of its own.
TEST(Propose, FindsAllFivePeculiarities) {
  const Operator op{5 * 3600 + 1800, "%d%m%y%H%M%S", decimal,
                    upper_hex,       "DELIVERD",     "MsgId=%s;Sent=%s;Done=%s;Status=%s;Error=%s"};
  Day day;
  add(day, op, 5'000);
  const Captures captures = day.captures();
  const Proposal proposal = propose(captures, day.known);
  const Draft& draft = proposal.common;
  EXPECT_EQ(draft.time_zone, "+05:30");
  EXPECT_EQ(draft.date_format, "%d%m%y%H%M%S");
  EXPECT_THAT(draft.receipt_id, ElementsAre(Pair("base", "decimal")));
  EXPECT_THAT(draft.submit_id, ElementsAre(Pair("base", "hex"), Pair("padding", "10"), Pair("case", "upper")));
  EXPECT_THAT(draft.labels, UnorderedElementsAre(Pair("id", "MsgId"), Pair("submit_date", "Sent"),
                                                 Pair("done_date", "Done"), Pair("stat", "Status"),
                                                 Pair("err", "Error"), Pair("assign", "="), Pair("between", ";")));
  EXPECT_THAT(draft.status_aliases, ElementsAre(Pair("DELIVERD", "DELIVERED")));
  EXPECT_EQ(proposal.explained_before, 0U);
  EXPECT_THAT(proposal.not_explained, IsEmpty());
  EXPECT_THAT(proposal.evidence.mixed, IsEmpty());

  const std::string toml = to_toml(proposal, "mno-x", captures);
  EXPECT_THAT(toml, HasSubstr("# Read completely: 0 without a profile, 5,000 with this one.\n"));
  EXPECT_THAT(toml, HasSubstr("done dates lie within ten minutes before their receipt with this offset"));
  EXPECT_THAT(toml,
              HasSubstr("# 5,000 of 5,000 ids are found among those of submit responses when decimal written as hex "
                        "of at least 10 digits in upper case, 0 as they are\nreceipt_id = { base = \"decimal\" }\n"));
  EXPECT_THAT(toml, HasSubstr("\n[operators.\"mno-x\".status_aliases]\n"));
}

// Names that say what they are, names that say nothing, and dates that look like ids.
TEST(Propose, FieldsAreToldByNameValueAndKnownIds) {
  const auto padded = [](std::uint64_t n) { return std::string(n < 1'000'000'000 ? "0" : "") + std::to_string(n); };
  const std::pair<const char*, std::vector<const char*>> forms[] = {
      {"MsgId=%s;Sub=001;Submitted=%s;Finished=%s;Status=%s;Code=%s;Msg=hello",
       {"MsgId", "Submitted", "Finished", "Status", "Code"}},
      {"Ticket=%s;In=%s;Out=%s;Zustand=%s;Grund=%s;Route=alpha-7", {"Ticket", "In", "Out", "Zustand", "Grund"}},
      {"Phone=49171%1$s;Key=%1$s;Opened=%2$s;Closed=%3$s;Outcome=%4$s;Why=%5$s",
       {"Key", "Opened", "Closed", "Outcome", "Why"}}};
  for (const auto& [form, names] : forms) {
    SCOPED_TRACE(form);
    const Operator op{5 * 3600 + 1800, "%d%m%y%H%M", padded, upper_hex, "DELIVERD", form};
    Day day;
    add(day, op, 5'000);
    const Proposal proposal = propose(day.captures(), day.known);
    EXPECT_THAT(proposal.common.labels, ::testing::IsSupersetOf({Pair("id", names[0]), Pair("submit_date", names[1]),
                                                                 Pair("done_date", names[2]), Pair("stat", names[3]),
                                                                 Pair("assign", "="), Pair("between", ";")}));
    EXPECT_EQ(proposal.common.time_zone, "+05:30");
    EXPECT_EQ(proposal.common.date_format, "%d%m%y%H%M");
    EXPECT_THAT(proposal.common.receipt_id, ElementsAre(Pair("base", "decimal")));
    EXPECT_THAT(proposal.common.submit_id,
                ElementsAre(Pair("base", "hex"), Pair("padding", "10"), Pair("case", "upper")));
    EXPECT_THAT(proposal.common.status_aliases, ElementsAre(Pair("DELIVERD", "DELIVERED")));
    EXPECT_THAT(proposal.not_explained, IsEmpty());
  }
}

TEST(Propose, AnIdWithSomethingAroundItBecomesAPattern) {
  Operator op;
  op.receipt_id = [](std::uint64_t n) { return "smsc" + std::to_string(n % 3 + 1) + "-" + std::to_string(n); };
  op.submit_id = decimal;
  Day day;
  add(day, op, 200);
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_EQ(proposal.common.id_pattern, "^smsc[0-9]+\\-(.+)$");
  EXPECT_THAT(proposal.not_explained, IsEmpty());
}

TEST(Propose, AnIdWithSomethingAroundItIsNoDate) {
  Operator op;
  op.receipt_id = [](std::uint64_t n) { return "n1-" + decimal(n); };
  op.submit_id = upper_hex;
  op.form = "Ref=%s;Sent=%s;Finish=%s;State=%s;Code=%s";
  op.date = "%d/%m/%Y %H:%M:%S";
  Day day;
  add(day, op, 50);
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_THAT(proposal.common.labels, ::testing::IsSupersetOf({Pair("id", "Ref"), Pair("done_date", "Finish")}));
  EXPECT_EQ(proposal.common.id_pattern, "^n[0-9]+\\-(.+)$");
  EXPECT_THAT(proposal.not_explained, IsEmpty());
}

TEST(Propose, NamesOfJsonHaveTheirQuotes) {
  Operator op;
  op.form = R"({"msgId":"%s","sent":"%s","done":"%s","status":"%s","code":"%s"})";
  Day day;
  add(day, op, 50);
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_THAT(proposal.common.labels,
              ::testing::IsSupersetOf({Pair("id", "\"msgId\""), Pair("stat", "\"status\""), Pair("between", ",")}));
  EXPECT_THAT(proposal.not_explained, IsEmpty());
}

TEST(Propose, DatesAsDatabasesAndCWriteThem) {
  for (const char* date : {"%d-%b-%y %I.%M.%S %p", "%a %b %d %H:%M:%S %Y"}) {
    Operator op;
    op.date = date;
    Day day;
    add(day, op, 50);
    const Proposal proposal = propose(day.captures(), day.known);
    EXPECT_EQ(proposal.common.date_format, date);
    EXPECT_THAT(proposal.not_explained, IsEmpty());
  }
}

TEST(Propose, FieldsByPosition) {
  Operator op;
  op.form = "%s,%s,%s,%s,%s";
  Day day;
  add(day, op, 200);
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_THAT(proposal.common.labels, Contains(Pair("between", ",")));
  EXPECT_THAT(proposal.common.labels, Contains(Pair("positions", "id submit_date done_date stat -")));
}

TEST(Propose, OctetsOfGsmAreTold) {
  Operator op;
  op.receipt_id = [](std::uint64_t n) { return "AB\x11" + std::to_string(n); };
  op.submit_id = [](std::uint64_t n) { return "AB_" + std::to_string(n); };
  Day day;
  add(day, op, 100);
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_EQ(proposal.common.alphabet, "gsm7");
  EXPECT_THAT(proposal.not_explained, IsEmpty());
}

TEST(Propose, WithoutIdsOfSubmitResponsesTheTlvIsCompared) {
  Operator op;
  op.receipt_id = decimal;
  Day day;
  add(day, op, 100);
  for (std::size_t i = 0; i < day.all.size(); ++i) {
    const std::string id = upper_hex(0x1C54BD63ULL + 7919 * (i + 1));
    for (const char c : id) {
      char octet[3];
      std::snprintf(octet, sizeof octet, "%02X", static_cast<unsigned>(c));
      day.all[i].tlv_id += octet;
    }
  }
  const Proposal proposal = propose(day.captures(), {});
  EXPECT_THAT(proposal.common.receipt_id, ElementsAre(Pair("base", "decimal")));
  EXPECT_THAT(proposal.common.submit_id, Contains(Pair("base", "hex")));
}

TEST(Propose, StatusesAreProvedByTheirStateResembleOneOrStayOpen) {
  Day day;
  add(day, {}, 60);
  for (std::size_t i = 0; i < 30; ++i) {
    day.all[i].raw_status = i < 10 ? "ZUGESTELLT" : i < 20 ? "EXPIRD" : "PARKED";
    if (i < 10) day.all[i].message_state = 2;
  }
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_THAT(proposal.common.status_aliases,
              UnorderedElementsAre(Pair("ZUGESTELLT", "DELIVERED"), Pair("EXPIRD", "EXPIRED")));
  EXPECT_THAT(proposal.evidence.of_alias.at("ZUGESTELLT"), HasSubstr("message_state says DELIVERED in all 10"));
  EXPECT_THAT(proposal.evidence.open, Contains(HasSubstr("\"PARKED\" = \"?\" (10 receipts")));
  EXPECT_EQ(proposal.not_explained.size(), 10U);
}

TEST(Propose, AnErrorThatOnlyTheNetworkTells) {
  Operator op;
  op.form = "id:%s submit date:%s done date:%s stat:%s err:000 text:%s";
  Day day;
  add(day, op, 300);
  for (std::size_t i = 3; i < day.all.size(); i += 7) day.all[i].tlv_network_error = "03000B";
  EXPECT_EQ(propose(day.captures(), day.known).common.error_source, "network");
}

TEST(Propose, AZoneWhoseClocksChangeIsNamed) {
  Day day;
  // 25 October 2026, 01:00 UTC: the clocks of Berlin go back.
  add(day, {2 * 3600, "%Y%m%d%H%M%S"}, 400);
  add(day, {1 * 3600, "%Y%m%d%H%M%S"}, 400);
  constexpr std::int64_t kChange = 1'792'890'000 * kUs;
  for (std::size_t i = 0; i < day.all.size(); ++i) {
    const bool summer = i < 400;
    Captured& captured = day.all[i];
    captured.received_at_us =
        kChange + (summer ? -static_cast<std::int64_t>(410 - i) * 60 : static_cast<std::int64_t>(i - 300) * 60) * kUs;
    const std::string done = date_of(captured.received_at_us - 5 * kUs, summer ? 7200 : 3600, "%Y%m%d%H%M%S");
    captured.raw_receipt = "id:" + std::to_string(i) + " done date:" + done + " stat:DELIVRD err:000";
  }
  const Proposal proposal = propose(day.captures(), {});
  EXPECT_THAT(proposal.common.time_zone, HasSubstr("Europe/")) << "a zone of Central Europe";
  EXPECT_THAT(proposal.evidence.mixed, IsEmpty());
  EXPECT_THAT(proposal.not_explained, IsEmpty());
}

// Two connectors: one in India with hex ids, one plain.
Day two_connectors(const std::string& first, const std::string& second) {
  Day day;
  add(day, {5 * 3600 + 1800, "%y%m%d%H%M", decimal, upper_hex}, 300, first);
  add(day, {}, 200, second);
  return day;
}

TEST(Propose, TwoConnectorsThatDifferGetATableEach) {
  const Day day = two_connectors("smpp-1", "smpp-2");
  const Captures captures = day.captures();
  const Proposal proposal = propose(captures, day.known);
  EXPECT_THAT(
      proposal.evidence.mixed,
      ElementsAre("the connectors smpp-1, smpp-2 differ in receipt_id, submit_id, time_zone: each has a table of "
                  "its own below"));
  EXPECT_EQ(proposal.common.time_zone, "");
  EXPECT_EQ(proposal.connectors.at("smpp-1").time_zone, "+05:30");
  EXPECT_EQ(proposal.connectors.at("smpp-2").time_zone, "");
  EXPECT_THAT(proposal.not_explained, IsEmpty());
  const std::string toml = to_toml(proposal, "mno-x", captures);
  EXPECT_THAT(toml, HasSubstr("[operators.\"mno-x\".connectors.\"smpp-1\"]\n"));
}

TEST(Propose, TwoConnectorsThatAreNotNamedAreTold) {
  const Day day = two_connectors("", "");
  const Captures captures = day.captures();
  const Proposal proposal = propose(captures, day.known);
  EXPECT_THAT(proposal.evidence.mixed, Contains(HasSubstr("done dates are in two zones at the same time")));
  EXPECT_THAT(proposal.evidence.mixed, Contains(HasSubstr("ids are spelled in two ways")));
  EXPECT_THAT(
      to_toml(proposal, "mno-x", captures),
      HasSubstr("# These look like receipts of two connectors: capture each by itself, or with connectorId.\n"));
}

// Most hex ids are no decimal numbers, so a profile for the others finds them too; those that are would be misread.
TEST(Propose, IdsOfTwoBasesAreTold) {
  Day day;
  Operator converted, plain;
  converted.receipt_id = decimal;
  converted.submit_id = plain.receipt_id = plain.submit_id = upper_hex;
  for (int i = 0; i < 10; ++i) {
    add(day, converted, 20);
    add(day, plain, 20);
  }
  const Proposal proposal = propose(day.captures(), day.known);
  EXPECT_THAT(proposal.evidence.mixed, Contains(HasSubstr("ids are spelled in two ways")));
  Day pure;
  add(pure, converted, 200);
  EXPECT_THAT(propose(pure.captures(), pure.known).evidence.mixed, IsEmpty());
}

TEST(Propose, SpellingsHoldTheOneThatWasSubmitted) {
  Operator op;
  op.receipt_id = [](std::uint64_t n) { return "n1-" + std::to_string(n); };
  Day day;
  add(day, op, 3);
  const KnownIds spellings = spellings_of(day.captures());
  EXPECT_TRUE(spellings.contains(upper_hex(0x1C54BD63ULL + 7919)));
  EXPECT_TRUE(spellings.contains("n1-" + decimal(0x1C54BD63ULL + 7919)));
  EXPECT_LT(spellings.size(), 3'000U);
}

// Ids with something around them in texts with labels of their own, of which only a few were asked for at first.
TEST(Propose, TheRestIsAskedForInTheSpellingThatFoundTheFew) {
  Operator op;
  op.receipt_id = [](std::uint64_t n) { return "n1-" + decimal(n); };
  op.submit_id = upper_hex;
  op.form = "MsgId=%s;Sent=%s;Done=%s;Status=%s;Error=%s";
  Day day;
  add(day, op, 500);
  const KnownIds first = spellings_of(day.captures());
  KnownIds found;
  std::ranges::set_intersection(first, day.known, std::inserter(found, found.end()));
  EXPECT_EQ(found.size(), 60U);
  const KnownIds second = spellings_alike(day.captures(), found);
  EXPECT_TRUE(std::ranges::includes(second, day.known)) << "each of the 500";
  EXPECT_LT(second.size(), 3'000U);
  EXPECT_THAT(propose(day.captures(), day.known).not_explained, IsEmpty());
}

}  // namespace
}  // namespace dlrgw::normalise
