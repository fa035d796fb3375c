// SPDX-License-Identifier: Apache-2.0
#include "nats/slot_book.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
using Kind = SlotBook::Step::Kind;

const PubAck kStored{};
const PubAck kRefused{ErrorCode::kTransient, "refused"};

class Slots : public ::testing::Test {
 protected:
  SlotBook::Step next(std::string_view subject, const std::string& id, std::size_t bytes = 100) {
    return book.next(subject, id, bytes, now);
  }
  std::size_t send(std::string_view subject, const std::string& id) {
    const SlotBook::Step step = next(subject, id);
    EXPECT_EQ(step.kind, Kind::kSend) << subject << " " << id;
    return step.slot;
  }
  // Sends new messages on a subject until it gets no more slots.
  std::vector<std::size_t> fill(std::string_view subject) {
    std::vector<std::size_t> out;
    for (int i = 0;; ++i) {
      const SlotBook::Step step = next(subject, std::string(subject) + std::to_string(i));
      if (step.kind != Kind::kSend) return out;
      out.push_back(step.slot);
    }
  }
  void leave(const std::vector<std::size_t>& slots) {
    for (const std::size_t slot : slots) book.leave(slot);
  }

  SlotBook book{16};
  SlotBook::Time now{1h};
};

TEST_F(Slots, OneMessageOnEachAndItsAnswerFreesIt) {
  const std::size_t a = send("s", "a");
  EXPECT_NE(send("s", "b"), a);
  EXPECT_FALSE(book.take(a));
  book.answered(a, kStored, now);
  ASSERT_TRUE(book.take(a));
  EXPECT_FALSE(book.owes(a));
}

TEST_F(Slots, AMessageIsSentAgainOnItsOwnInboxAndOnNoOther) {
  const std::size_t a = send("s", "a");
  book.leave(a);
  now += 1s;
  EXPECT_EQ(send("s", "a"), a);
}

TEST_F(Slots, ALateAnswerIsKeptForItsMessage) {
  const std::size_t a = send("s", "a");
  book.leave(a);
  now += 1min;
  book.answered(a, kStored, now);
  const SlotBook::Step step = next("s", "a");
  EXPECT_EQ(step.kind, Kind::kDone);
  EXPECT_FALSE(step.answer.error);
}

TEST_F(Slots, NoRestHoweverLongGivesTheInboxOfAnUnansweredMessageToAnother) {
  const auto held = fill("s");
  leave(held);
  now += SlotBook::kRest + 1s;
  std::size_t given = 0;
  for (const char* subject : {"t", "u", "v", "w"}) {
    for (const std::size_t slot : fill(subject)) {
      EXPECT_EQ(std::ranges::count(held, slot), 0) << subject;
      ++given;
    }
  }
  EXPECT_GT(given, 0U);
}

TEST_F(Slots, WhatIsOnItsWayIsWaitedForAndNotSentTwice) {
  const std::size_t a = send("s", "a");
  book.leave(a);
  now += 100ms;
  const SlotBook::Step step = next("s", "a");
  EXPECT_EQ(step.kind, Kind::kJoin);
  EXPECT_EQ(step.slot, a);
}

TEST_F(Slots, AnInboxWithMissingAnswersRestsBehindTheFirstOne) {
  SlotBook one(1);
  ASSERT_EQ(one.next("s", "a", 1, now).kind, Kind::kSend);
  one.leave(0);
  now += 1s;
  ASSERT_EQ(one.next("s", "a", 1, now).kind, Kind::kSend);
  one.answered(0, kStored, now);
  ASSERT_TRUE(one.take(0));
  now += SlotBook::kRest - 1s;
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kNotNow);
  now += 1s;
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kSend);
}

TEST_F(Slots, AnswersOfALostConnectionAreWaitedForLess) {
  SlotBook one(1);
  ASSERT_EQ(one.next("s", "a", 1, now).kind, Kind::kSend);
  one.leave(0);
  one.connection_lost();
  ASSERT_EQ(one.next("s", "a", 1, now).kind, Kind::kSend) << "at once: the connection is another one";
  one.answered(0, kStored, now);
  ASSERT_TRUE(one.take(0));
  now += SlotBook::kRestAfterLoss - 1ms;
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kNotNow);
  now += 1ms;
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kSend);
}

TEST_F(Slots, AMessageThatNobodyAsksForAnyMoreGivesItsInboxUpAtLast) {
  SlotBook one(1);
  ASSERT_EQ(one.next("s", "a", 1, now).kind, Kind::kSend);
  one.leave(0);
  now += SlotBook::kForget - 1s;
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kNotNow);
  now += 1s;
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kSend);
}

TEST_F(Slots, ARefusalOfOneAttemptIsForgottenWhenTheOtherWasStored) {
  const std::size_t a = send("s", "a");
  book.leave(a);
  now += 1s;
  ASSERT_EQ(send("s", "a"), a);
  book.answered(a, kRefused, now);
  ASSERT_TRUE(book.take(a)->error);
  book.answered(a, kStored, now);
  const SlotBook::Step step = next("s", "a");
  EXPECT_EQ(step.kind, Kind::kDone);
  EXPECT_FALSE(step.answer.error);
}

TEST_F(Slots, ASecondRefusalIsNoNews) {
  const std::size_t a = send("s", "a");
  book.leave(a);
  now += 1s;
  ASSERT_EQ(send("s", "a"), a);
  book.answered(a, kRefused, now);
  ASSERT_TRUE(book.take(a)->error);
  book.answered(a, kRefused, now);
  EXPECT_EQ(next("s", "a").kind, Kind::kSend) << "another attempt, not the old refusal";
}

TEST_F(Slots, NoSubjectTakesMoreThanHalfOfWhatIsLeft) {
  EXPECT_EQ(fill("a").size(), 8U);
  EXPECT_EQ(fill("b").size(), 8U) << "what is in flight and waited for is the other's share";
}

TEST_F(Slots, WhatSilentSubjectsHoldLeavesSomethingForEveryOther) {
  std::vector<std::size_t> held;
  for (const char* subject : {"a", "b", "c", "d"}) {
    held.push_back(fill(subject).size());
    now += 1s;
    for (std::size_t slot = 0; slot < book.size(); ++slot) book.leave(slot);
  }
  EXPECT_EQ(held, (std::vector<std::size_t>{8, 4, 2, 1}));
  EXPECT_EQ(fill("e").size(), 1U);
}

TEST_F(Slots, BytesAreBoundedAndOneMessageAlwaysGoes) {
  EXPECT_EQ(next("s", "a", 2 * SlotBook::kMaxBytes).kind, Kind::kSend);
  EXPECT_EQ(next("s", "b", 1).kind, Kind::kNotNow);
  EXPECT_EQ(next("t", "c", SlotBook::kMaxBytes).kind, Kind::kSend);
}

TEST_F(Slots, ASilentSubjectIsProbedWithOneMessage) {
  leave(fill("s"));
  EXPECT_FALSE(book.silent("s", now));
  now += SlotBook::kSilence;
  EXPECT_TRUE(book.silent("s", now));
  const std::size_t probe = send("s", "s3");
  EXPECT_EQ(next("s", "s4").kind, Kind::kSilent);
  EXPECT_EQ(next("s", "new").kind, Kind::kSilent);
  book.answered(probe, kStored, now);
  EXPECT_FALSE(book.silent("s", now));
  EXPECT_EQ(next("s", "s4").kind, Kind::kSend);
}

TEST_F(Slots, AnotherConnectionIsNoSilence) {
  leave(fill("s"));
  now += SlotBook::kSilence;
  book.connection_lost();
  EXPECT_FALSE(book.silent("s", now));
  for (int i = 0; i < 8; ++i) send("s", "s" + std::to_string(i));
}

TEST_F(Slots, WhatWasNotHandedOverOwesNothing) {
  const std::size_t a = send("s", "a");
  book.not_sent(a);
  EXPECT_FALSE(book.owes(a));
  EXPECT_EQ(fill("t").size(), 8U);
}

TEST_F(Slots, TheSameMessageTwiceWaitsForItself) {
  const std::size_t a = send("s", "a");
  EXPECT_EQ(next("s", "a").kind, Kind::kNotNow);
  book.answered(a, kStored, now);
  ASSERT_TRUE(book.take(a));
  EXPECT_EQ(next("s", "a").kind, Kind::kSend);
}

}  // namespace
}  // namespace dlrgw::host
