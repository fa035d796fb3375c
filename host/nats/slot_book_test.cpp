// SPDX-License-Identifier: Apache-2.0
#include "nats/slot_book.hpp"

#include <algorithm>
#include <utility>

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
  // The subject has answered before.
  void answers(std::string_view subject) {
    const std::size_t slot = send(subject, "first of " + std::string(subject));
    book.answered(slot, kStored, now);
    EXPECT_TRUE(book.take(slot));
  }
  // Sends new messages on a subject that has answered before until it gets no more slots.
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
  answers("s");
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
  for (const char* subject : {"s", "t", "u", "v", "w"}) answers(subject);
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
  EXPECT_EQ(one.next("s", "b", 1, now).kind, Kind::kSilent);
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

TEST_F(Slots, NoSubjectTakesMoreThanItLeavesFree) {
  answers("a");
  answers("b");
  EXPECT_EQ(fill("a").size(), 8U);
  EXPECT_EQ(fill("b").size(), 4U) << "what is in flight and waited for may never be answered";
}

TEST_F(Slots, WhatSilentSubjectsHoldLeavesSomethingForEveryOther) {
  for (const char* subject : {"a", "b", "c", "d", "e"}) answers(subject);
  std::vector<std::size_t> held;
  for (const char* subject : {"a", "b", "c", "d"}) {
    held.push_back(fill(subject).size());
    now += 1s;
    for (std::size_t slot = 0; slot < book.size(); ++slot) book.leave(slot);
  }
  EXPECT_EQ(held, (std::vector<std::size_t>{8, 4, 2, 1}));
  EXPECT_EQ(fill("e").size(), 1U);
}

TEST_F(Slots, SubjectsThatFallSilentTogetherLeaveSomethingForEveryOther) {
  for (const char* subject : {"a", "b", "c", "d"}) answers(subject);
  bool any = true;
  for (int i = 0; std::exchange(any, false); ++i)
    for (const char* subject : {"a", "b", "c"}) any |= next(subject, subject + std::to_string(i)).kind == Kind::kSend;
  EXPECT_GE(fill("d").size(), 2U);
}

// As are those that the gateway may not publish: the server says nothing to the message.
TEST_F(Slots, OneThatHasNeverAnsweredHasOneMessageOnItsWay) {
  answers("t");
  send("s", "a");
  EXPECT_EQ(next("s", "b").kind, Kind::kNotNow);
  now += SlotBook::kSilence;
  EXPECT_EQ(next("s", "b").kind, Kind::kSilent);
  EXPECT_GE(fill("t").size(), 7U);
}

TEST_F(Slots, HoweverManyNeverAnswerSomethingIsLeft) {
  answers("t");
  std::size_t sent = 0;
  for (std::size_t i = 0; i < 2 * book.size(); ++i)
    if (next("s" + std::to_string(i), "a").kind == Kind::kSend) ++sent;
  EXPECT_EQ(sent, book.size() - 1);
  EXPECT_EQ(next("another", "a").kind, Kind::kSilent) << "it fails at once, no call waits for it";
  EXPECT_EQ(fill("t").size(), 1U);
}

TEST_F(Slots, BytesAreBoundedAndOneMessageAlwaysGoes) {
  answers("s");
  EXPECT_EQ(next("s", "a", 2 * SlotBook::kMaxBytes).kind, Kind::kSend);
  EXPECT_EQ(next("s", "b", 1).kind, Kind::kNotNow);
  EXPECT_EQ(next("t", "c", SlotBook::kMaxBytes).kind, Kind::kSend);
}

TEST_F(Slots, ASilentSubjectIsProbedWithOneMessage) {
  answers("s");
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
  answers("s");
  leave(fill("s"));
  now += SlotBook::kSilence;
  book.connection_lost();
  EXPECT_FALSE(book.silent("s", now));
  for (int i = 0; i < 8; ++i) send("s", "s" + std::to_string(i));
}

// Another gateway published them meanwhile, say.
TEST_F(Slots, WhatNobodyAsksForAgainHoldsUpNoOtherMessageOfItsSubject) {
  for (const char* subject : {"s", "t"}) answers(subject);
  std::vector<std::size_t> sent;
  for (const char* round : {"a", "b", "c", "d"}) {
    std::size_t count = 0;
    for (int i = 0; next("s", round + std::to_string(i)).kind == Kind::kSend; ++i) ++count;
    sent.push_back(count);
    for (std::size_t slot = 0; slot < book.size(); ++slot) book.leave(slot);
    book.connection_lost();
  }
  EXPECT_EQ(sent, (std::vector<std::size_t>{8, 4, 2, 1}));
  EXPECT_EQ(next("s", "another").kind, Kind::kNotNow) << "the last is for subjects that answer";
  EXPECT_EQ(next("t", "another").kind, Kind::kSend);
}

TEST_F(Slots, TheSilenceOfSomeThatALaterAnswerEndedHoldsUpNoOtherMessage) {
  answers("s");
  const auto held = fill("s");
  now += 1ms;
  book.answered(held.back(), kStored, now);
  ASSERT_TRUE(book.take(held.back()));
  leave(held);
  now += SlotBook::kSilence;
  ASSERT_FALSE(book.silent("s", now));
  send("s", "another");
  send("s", "a second");
}

TEST_F(Slots, TheBytesOfWhatNobodyAsksForAgainCountNoMore) {
  answers("s");
  const SlotBook::Step big = next("s", "a", SlotBook::kMaxBytes);
  ASSERT_EQ(big.kind, Kind::kSend);
  book.leave(big.slot);
  book.connection_lost();
  EXPECT_EQ(next("s", "b", SlotBook::kMaxBytes).kind, Kind::kSend);
}

TEST_F(Slots, WhatWasNotHandedOverOwesNothing) {
  answers("t");
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
