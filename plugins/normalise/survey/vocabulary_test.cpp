// SPDX-License-Identifier: Apache-2.0
#include "survey/vocabulary.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

DlrStatus meaning(std::string_view word) {
  const auto found = usual_meaning(word);
  return found ? found->status : DlrStatus::kNone;
}

TEST(Vocabulary, UsualWordsAndThoseButForALetter) {
  EXPECT_EQ(meaning("DELIVERED"), DlrStatus::kDelivered);
  EXPECT_EQ(meaning("not delivered"), DlrStatus::kUndelivered);
  EXPECT_EQ(meaning("DELIVERD"), DlrStatus::kDelivered);
  EXPECT_EQ(meaning("UNDELIVRD"), DlrStatus::kUndelivered);
  EXPECT_EQ(meaning("UNDELIVERD"), DlrStatus::kUndelivered);
  EXPECT_EQ(meaning("REJECT"), DlrStatus::kRejected);
  EXPECT_EQ(usual_meaning("EXPIRD")->because, "is EXPIRED but for 1 letter");
}

TEST(Vocabulary, NobodyGuessesTheRest) {
  for (const char* word : {"HANDED OVER", "X1", "00", "OK", "PARKED", "", "KO", "NDELIVRD", "NO DELIVRD"})
    EXPECT_FALSE(usual_meaning(word)) << word;
  EXPECT_FALSE(is_status_word("447000000001"));
  EXPECT_TRUE(is_status_word("delivrd"));
}

TEST(Vocabulary, NamesOfLabels) {
  EXPECT_EQ(usual_field("Message ID"), "id");
  EXPECT_EQ(usual_field("done_date"), "done_date");
  EXPECT_EQ(usual_field("MessageStatus"), "stat");
  EXPECT_EQ(usual_field("campaign"), "");
}

}  // namespace
}  // namespace dlrgw::normalise
