// SPDX-License-Identifier: Apache-2.0
#include "receipt_text.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

ReceiptText parse(std::string_view text) { return parse_receipt_text(text, Labels()); }

TEST(ReceiptText, AllFields) {
  const ReceiptText r = parse(
      "id:7f3a sub:001 dlvrd:001 submit date:2611230545 done date:2611230546 stat:DELIVRD err:000 text:hello there");
  EXPECT_EQ(r.id, "7f3a");
  EXPECT_EQ(r.sub, "001");
  EXPECT_EQ(r.dlvrd, "001");
  EXPECT_EQ(r.submit_date, "2611230545");
  EXPECT_EQ(r.done_date, "2611230546");
  EXPECT_EQ(r.stat, "DELIVRD");
  EXPECT_EQ(r.err, "000");
  EXPECT_FALSE(r.id_after_text || r.stat_after_text);
}

TEST(ReceiptText, AnyOrderCaseAndWhiteSpace) {
  const ReceiptText r = parse("STAT:expired\r\nErr : 0A\tDone  Date:2611230546\n\nID:\t42  submit_date:2611230545");
  EXPECT_EQ(r.stat, "expired");
  EXPECT_EQ(r.err, "0A");
  EXPECT_EQ(r.done_date, "2611230546");
  EXPECT_EQ(r.submit_date, "2611230545");
  EXPECT_EQ(r.id, "42");
}

TEST(ReceiptText, LabelNeedsAWordBoundary) {
  const ReceiptText r = parse("msgid:999 substat:DELIVRD id:A2 stat:EXPIRED");
  EXPECT_EQ(r.id, "A2");
  EXPECT_EQ(r.stat, "EXPIRED");
}

TEST(ReceiptText, ValuesKeepColonsHyphensUnderscoresDotsAndAt) {
  EXPECT_EQ(parse("id:ns:12345 stat:DELIVRD").id, "ns:12345");
  EXPECT_EQ(parse("id:1479978899.39@77 stat:X").id, "1479978899.39@77");
  EXPECT_EQ(parse("id:1 stat:EXP-MSG-Q-EXD err:1").stat, "EXP-MSG-Q-EXD");
  EXPECT_EQ(parse("id:1 err:9 stat:DND_REJECTED").stat, "DND_REJECTED");
}

TEST(ReceiptText, QuotesAndBracketsAroundValues) {
  const ReceiptText r = parse("[id:\"7a\"] [stat:\"ABSENT SUBSCRIBER\"] [err:<027>] [done date:'2026-11-23 05:45:30']");
  EXPECT_EQ(r.id, "7a");
  EXPECT_EQ(r.stat, "ABSENT");
  EXPECT_EQ(r.whole_stat, "ABSENT SUBSCRIBER");
  EXPECT_EQ(r.err, "027");
  EXPECT_EQ(r.done_date, "2026-11-23 05:45:30");
  EXPECT_EQ(parse("({id:7a})").id, "7a");
  EXPECT_EQ(parse("stat:[UNDELIV] id:1").stat, "UNDELIV");
  EXPECT_EQ(parse("stat:[UNDELIV] [027] id:1").stat, "[UNDELIV]") << "two of them are none around all";
  for (const char* id : {"{7a}", "(7a)", "7a\"b", "O'7a", "<7a@mx>", "[7a", "\"7a"})
    EXPECT_EQ(parse("id:" + std::string(id) + " stat:DELIVRD").id, id);
}

TEST(ReceiptText, EmptyValueIsNotTheNextField) {
  const ReceiptText r = parse("id: sub:001 stat: err: IMSI:219100000000001 done date: ");
  EXPECT_EQ(r.id, "");
  EXPECT_EQ(r.sub, "001");
  EXPECT_EQ(r.stat, "");
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.done_date, "");
}

TEST(ReceiptText, FirstOfTwoBeforeTextWins) {
  EXPECT_EQ(parse("id:1 stat:UNDELIV stat:DELIVRD text:").stat, "UNDELIV");
  EXPECT_EQ(parse("id: err:0 id:5 stat:X").id, "") << "an empty label stays empty";
}

TEST(ReceiptText, MessageTextCannotSpoof) {
  for (const char* text :
       {"id:A1 stat:UNDELIV err:034 text:stat:DELIVRD err:000 id:B",
        "id:A1 stat:UNDELIV err:034 text: stat:DELIVRD id:B", "id:A1 stat:UNDELIV err:034 TEXT:x\nstat:DELIVRD\nid:B",
        "id:A1 stat:UNDELIV err:034 text:text:x stat:DELIVRD"}) {
    const ReceiptText r = parse(text);
    EXPECT_EQ(r.stat, "UNDELIV") << text;
    EXPECT_EQ(r.id, "A1") << text;
    EXPECT_EQ(r.err, "034") << text;
    EXPECT_FALSE(r.stat_after_text) << text;
  }
}

TEST(ReceiptText, LabelGluedToTextIsMessageText) {
  EXPECT_EQ(parse("id:1 err:000 text:stat:DELIVRD").stat, "");
  EXPECT_EQ(parse("text:id:9").id, "");
}

TEST(ReceiptText, BehindTextOnlyForWhatIsMissingAndTheLastOne) {
  const ReceiptText r = parse("sub:001 id:74e0 err:000 text: stat:DELIVRD");
  EXPECT_EQ(r.stat, "DELIVRD");
  EXPECT_TRUE(r.stat_after_text);
  EXPECT_FALSE(r.id_after_text);
  EXPECT_EQ(parse("text:fake stat:DELIVRD id:1 stat:UNDELIV").stat, "UNDELIV");
  EXPECT_EQ(parse("id:1 text:x sub:9 dlvrd:9").sub, "");
}

TEST(ReceiptText, ControlCharactersAreBlanks) {
  const std::string text(
      "id:0436\0stat:DELIVRD\x01"
      "err:000\x7F\0",
      30);
  const ReceiptText r = parse(text);
  EXPECT_EQ(r.id, "0436");
  EXPECT_EQ(r.stat, "DELIVRD");
  EXPECT_EQ(r.err, "000");
}

TEST(ReceiptText, NotAReceipt) {
  for (const char* text : {"", " ", "362d9701 2", "id", "id:", ":", "text:", "submit", "submit date", "done date",
                           "hello world", "\x84\x89:"}) {
    const ReceiptText r = parse(text);
    EXPECT_TRUE(r.id.empty() && r.stat.empty() && r.done_date.empty()) << text;
  }
}

}  // namespace
}  // namespace dlrgw::normalise
