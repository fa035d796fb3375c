// SPDX-License-Identifier: Apache-2.0
#include "labels.hpp"

#include <gtest/gtest.h>

#include "receipt_text.hpp"

namespace dlrgw::normalise {
namespace {

std::string told(const Entries& entries) {
  std::vector<Mistake> mistakes;
  static_cast<void>(Labels::read(entries, mistakes));
  std::string out;
  for (const Mistake& m : mistakes)
    out += std::string(m.key) + (m.entry.empty() ? "" : "." + m.entry) + ": " + m.text + "\n";
  return out;
}

ReceiptText read(std::string_view text, const Entries& entries) {
  std::vector<Mistake> mistakes;
  const Labels labels = Labels::read(entries, mistakes);
  EXPECT_TRUE(mistakes.empty());
  return parse_receipt_text(text, labels);
}

TEST(Labels, NamesTakeThePlaceOfTheStandardOnes) {
  const Entries names{{"id", "Ref|Message ID"}, {"stat", "Outcome"}};
  EXPECT_EQ(read("id:1 ref:2 stat:X outcome:Y", names).id, "2");
  EXPECT_EQ(read("id:1 ref:2 stat:X outcome:Y", names).stat, "Y");
  EXPECT_EQ(read("message_id:3", names).id, "3");
  EXPECT_EQ(read("MESSAGE  ID:3 err:4", names).err, "4") << "what is not named stays";
}

TEST(Labels, SignsOfTheirOwn) {
  const ReceiptText r = read("id=1;stat=DELIVRD;err=a:b;note=x", {{"assign", "="}, {"between", ";"}});
  EXPECT_EQ(r.id, "1");
  EXPECT_EQ(r.stat, "DELIVRD");
  EXPECT_EQ(r.err, "a:b");
}

TEST(Labels, ATextWithoutAnyIsReadByPosition) {
  const Entries by_position{{"between", ",;"}, {"positions", "stat - id done_date"}};
  const ReceiptText r = read("FAILED,x;9 ,2611230545,more", by_position);
  EXPECT_EQ(r.stat, "FAILED");
  EXPECT_EQ(r.id, "9");
  EXPECT_EQ(r.done_date, "2611230545");
  EXPECT_EQ(read("FAILED", by_position).stat, "FAILED");
  EXPECT_EQ(read("", by_position).stat, "");
  EXPECT_EQ(read("id:1,stat:X", by_position).id, "1");
}

TEST(Labels, EveryMistakeIsToldWithWhatWouldBeRight) {
  EXPECT_EQ(told({{"number", "x"}}),
            "labels.number: is not known; use id, sub, dlvrd, submit_date, done_date, stat, err or "
            "text, assign, between or positions\n");
  EXPECT_EQ(told({{"id", "a||b"}}),
            "labels.id: has a name that is none; use 1 to 32 characters, several names joined by \"|\"\n");
  EXPECT_EQ(told({{"id", std::string(33, 'x')}}).substr(0, 21), "labels.id: has a name");
  EXPECT_EQ(told({{"assign", "=="}}),
            "labels.assign: must be the one sign that stands behind a name, such as \":\" or \"=\"\n");
  EXPECT_EQ(told({{"assign", "x"}}).substr(0, 14), "labels.assign:");
  EXPECT_EQ(told({{"between", "a"}}), "labels.between: must be signs that part fields, such as \";\" or \",|\"\n");
  EXPECT_EQ(told({{"positions", "id"}}),
            "labels.positions: needs between, which says at what the text is parted; add between = \",\"\n");
  EXPECT_NE(told({{"between", ","}, {"positions", "id state"}}).find("labels.positions: names \"state\"; use id, sub,"),
            std::string::npos);
  EXPECT_EQ(told({{"between", ":"}}), "labels.between: holds what assign is; they must differ\n");
  EXPECT_EQ(told({{"id", "stat"}}), "labels: gives the name \"stat\" to two fields; remove one\n");
  EXPECT_EQ(told({{"id", "x|y|x|x"}}), std::string(told({{"id", "x|x"}})) + told({{"id", "x|x"}})) << "once for each";
  std::string many = "a";
  for (int i = 0; i < 1'000; ++i) many += "|a" + std::to_string(i);
  EXPECT_EQ(told({{"id", many}}), "labels: holds more than 64 names\n");
}

}  // namespace
}  // namespace dlrgw::normalise
