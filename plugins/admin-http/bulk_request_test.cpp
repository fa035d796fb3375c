// SPDX-License-Identifier: Apache-2.0
#include "bulk_request.hpp"

#include <gtest/gtest.h>

namespace dlrgw::admin_http {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNov1 = 1'793'491'200 * kSecond;  // 2026-11-01T00:00:00Z
constexpr std::int64_t kNow = kNov1 + 3600 * kSecond;

std::string problem(std::string_view body) {
  const auto parsed = parse_bulk_selection(body, kNow);
  return std::holds_alternative<std::string>(parsed) ? std::get<std::string>(parsed) : "(taken)";
}

TEST(BulkRequest, TakesReasonStageAndTimes) {
  const auto parsed = parse_bulk_selection(
      R"({"reason": "quirk_failed", "stage": "normalise", "from": "2026-11-01", "to": "2026-11-01T00:30:00Z"})", kNow);
  ASSERT_TRUE(std::holds_alternative<BulkSelection>(parsed)) << problem(std::get<std::string>(parsed));
  const auto& selection = std::get<BulkSelection>(parsed);
  EXPECT_EQ(selection.reason, "quirk_failed");
  EXPECT_EQ(selection.stage, "normalise");
  EXPECT_EQ(selection.from_us, kNov1);
  EXPECT_EQ(selection.to_us, kNov1 + 1800 * kSecond);
  EXPECT_EQ(selection_json(selection),
            R"({"reason":"quirk_failed","stage":"normalise","from":"2026-11-01T00:00:00.000Z",)"
            R"("to":"2026-11-01T00:30:00.000Z"})");
}

TEST(BulkRequest, OneOfThemIsEnoughAndToIsNow) {
  for (const char* body : {R"({"reason": "x"})", R"({"stage": "x", "to": null})", R"({"from": "2026-11-01"})"}) {
    const auto parsed = parse_bulk_selection(body, kNow);
    ASSERT_TRUE(std::holds_alternative<BulkSelection>(parsed)) << body;
    EXPECT_EQ(std::get<BulkSelection>(parsed).to_us, kNow);
  }
}

TEST(BulkRequest, RefusesInSentencesThatQuoteNothing) {
  const std::string no_object = R"(the body is a JSON object such as {"reason": "quirk_failed"})";
  for (const char* body : {"", "[]", "7", "{", "\"x\"", "{\"reason\": \"\xff\"}"}) EXPECT_EQ(problem(body), no_object);
  EXPECT_EQ(problem(R"({"reasons": "+491701234567"})"),
            R"(the body has a member that is none of "reason", "stage", "from", "to")");
  EXPECT_EQ(problem(R"({"reason": 5})"), R"("reason" is a text of at most 200 characters)");
  EXPECT_EQ(problem("{\"stage\": \"" + std::string(201, 'x') + "\"}"),
            R"("stage" is a text of at most 200 characters)");
  EXPECT_EQ(problem(R"({"reason": "a\u0000b"})"), R"("reason" holds a control character)");
  EXPECT_EQ(problem(R"({"reason": "x", "from": "yesterday"})"),
            R"("from" is no time; write it as 2026-11-01 or 2026-11-01T00:00:00Z)");
  for (const char* body : {"{}", R"({"to": "2026-11-01"})", R"({"reason": "", "stage": null})"})
    EXPECT_EQ(problem(body),
              R"(name a "reason", a "stage" or a time "from", so that not everything is put through by mistake)");
  EXPECT_EQ(problem(R"({"from": "2026-11-02"})"),
            R"("from" must be before "to", which is excluded and now unless given)");
}

BulkProgress some_progress() {
  BulkProgress progress;
  progress.id = "3b6a1f0e-52c9-5d27-8f43-90c4e2a7d615";
  progress.actor = "ops";
  progress.selection = {"quirk_failed", "", {}, kNow};
  progress.requested_at_us = kNow;
  progress.matching = 9;
  return progress;
}

TEST(BulkRequest, ProgressTellsWhatWasKeptAndWhatWasNot) {
  BulkProgress progress = some_progress();
  const std::string begin = R"({"id":"3b6a1f0e-52c9-5d27-8f43-90c4e2a7d615","state":)";
  const std::string asked =
      R"(,"actor":"ops","reason":"quirk_failed","stage":null,"from":null,"to":"2026-11-01T01:00:00.000Z",)"
      R"("requestedAt":"2026-11-01T01:00:00.000Z","matching":9,)";
  EXPECT_EQ(progress_json(progress),
            begin + "\"waiting\"" + asked + R"("done":0,"outcomes":{},"left":[],"lastStepAt":null})");
  progress.kept = {{"applied", 4}, {"late", 1}};
  progress.not_kept = {{"left", 1}, {"rejected", 2}};
  progress.left = R"([{"streamIdentity":"s","streamSequence":7,"reason":"a lock"}])";
  progress.steps = 1;
  progress.last_step_us = kNow;
  const std::string counts =
      R"("done":8,"outcomes":{"applied":4,"late":1,"left":1,"rejected":2},)"
      R"("left":[{"streamIdentity":"s","streamSequence":7,"reason":"a lock"}],"lastStepAt":"2026-11-01T01:00:00.000Z"})";
  EXPECT_EQ(progress_json(progress), begin + "\"running\"" + asked + counts);
  progress.finished = true;
  EXPECT_EQ(progress_json(progress), begin + "\"finished\"" + asked + counts);
}

TEST(BulkRequest, TalliesComeBackAsTheyWent) {
  const Tally tally = {{"rejected", 2}, {"retry", 1}};
  EXPECT_EQ(tally_json(tally), R"({"rejected":2,"retry":1})");
  EXPECT_EQ(parse_tally(tally_json(tally)), tally);
  for (const char* text : {"", "[]", "null", R"({"x": "y"})"}) EXPECT_TRUE(parse_tally(text).empty()) << text;
}

TEST(BulkRequest, TheProgressStandsAtItsJob) {
  const std::string jobs = R"({"jobs":[{"name":"a"},{"name":"admin.resubmit","runs":3}],"leads":true})";
  EXPECT_EQ(with_progress(jobs, "admin.resubmit", {}),
            R"({"jobs":[{"name":"a"},{"name":"admin.resubmit","runs":3,"progress":null}],"leads":true})");
  const std::string with = with_progress(jobs, "admin.resubmit", some_progress());
  EXPECT_NE(with.find(R"("runs":3,"progress":{"id":"3b6a1f0e-)"), std::string::npos) << with;
  EXPECT_EQ(with_progress("no document", "admin.resubmit", {}), "no document");
}

}  // namespace
}  // namespace dlrgw::admin_http
