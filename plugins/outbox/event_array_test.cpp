// SPDX-License-Identifier: Apache-2.0
#include "event_array.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::outbox {
namespace {

using namespace std::string_literals;

constexpr std::string_view kId = "00000000-0000-4000-8000-000000000001";
constexpr std::string_view kOther = "00000000-0000-4000-8000-000000000002";

std::string element(const EventText& event) {
  std::string out;
  EXPECT_TRUE(append_event(out, "billing.events", event)) << event.payload;
  return out;
}

TEST(EventArray, an_element_holds_only_what_the_subject_does_not_say) {
  EXPECT_EQ(element({kId, "k", "billing.events/1", "", "{}"}),
            R"({"id":"00000000-0000-4000-8000-000000000001","key":"k","payload":{}})");
  EXPECT_EQ(
      element({kId, "k", "x/2", "00-a-b-01", "[1]"}),
      R"({"id":"00000000-0000-4000-8000-000000000001","key":"k","schema":"x/2","traceparent":"00-a-b-01","payload":[1]})");
  EXPECT_NE(element({kId, "k", "", "", "1"}).find(R"("schema":"")"), std::string::npos)
      << "an event without a schema stays without";
}

TEST(EventArray, what_was_written_is_read) {
  const std::string payload = R"({"a":"}]\"\\","b":[{},[]],"c":null, "d" : "ü"})";
  const std::string text = "[" + element({kId, "k\"1", "s\\\"x", "t", payload}) + "," +
                           element({kOther, "", "billing.events/1", "", " true "}) + "]";
  const auto events = read_events(text);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ((*events)[0].id, kId);
  EXPECT_EQ((*events)[0].key_json, R"("k\"1")");
  EXPECT_EQ((*events)[0].schema, "s\\\"x");
  EXPECT_EQ((*events)[0].traceparent, "t");
  EXPECT_EQ((*events)[0].payload, payload);
  EXPECT_EQ((*events)[1].schema, std::nullopt);
  EXPECT_EQ((*events)[1].payload, "true");
  EXPECT_EQ("[" + std::string((*events)[0].json) + "," + std::string((*events)[1].json) + "]", text);
}

TEST(EventArray, a_row_that_was_mended_by_hand_is_read) {
  const auto events =
      read_events(R"( [ { "payload" : {"x":1} , "note":"by hand" , "id":"00000000-0000-4000-8000-000000000001" } ] )");
  ASSERT_TRUE(events);
  EXPECT_EQ((*events)[0].payload, R"({"x":1})");
  EXPECT_EQ((*events)[0].key_json, "");
}

std::string payload_of(std::size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; }

TEST(EventRows, one_row_for_each_subject_in_the_order_of_emission) {
  EventRows rows;
  rows.add("a", 1, {kId, "1", "a/1", "", "1"});
  rows.add("b", 2, {kId, "2", "b/1", "", "2"});
  rows.add("a", 3, {kOther, "3", "a/1", "", "3"});
  const auto made = rows.take();
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].subject, "a");
  EXPECT_EQ(made[0].receipt, 1U);
  EXPECT_EQ(made[0].count, 2);
  EXPECT_EQ(made[1].count, 1);
  const auto events = read_events(made[0].events);
  ASSERT_TRUE(events);
  EXPECT_EQ((*events)[0].payload, "1");
  EXPECT_EQ((*events)[1].payload, "3");
}

TEST(EventRows, a_row_is_split_at_256_kib) {
  EventRows rows;
  const std::string payload = payload_of(1000);
  std::string one;
  append_event(one, "a", {kId, "k", "a/1", "", payload});
  const std::size_t fit = (kMostRowBytes - 1) / (one.size() + 1);  // brackets and commas
  for (std::size_t i = 0; i < fit + 1; ++i) rows.add("a", i + 1, {kId, "k", "a/1", "", payload});
  const auto made = rows.take();
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].count, static_cast<std::int64_t>(fit));
  EXPECT_LE(made[0].events.size(), kMostRowBytes);
  EXPECT_GT(made[0].events.size() + one.size() + 1, kMostRowBytes) << "it is full";
  EXPECT_EQ(made[1].count, 1);
  EXPECT_EQ(made[1].receipt, fit + 1);
  for (const EventRow& row : made) EXPECT_TRUE(read_events(row.events));
}

TEST(EventRows, an_event_beyond_256_kib_has_a_row_of_its_own) {
  EventRows rows;
  rows.add("a", 1, {kId, "k", "a/1", "", "1"});
  rows.add("b", 2, {kId, "k", "b/1", "", "2"});
  rows.add("a", 3, {kId, "k", "a/1", "", payload_of(kMostRowBytes)});
  rows.add("a", 4, {kOther, "k", "a/1", "", "4"});
  const auto made = rows.take();
  ASSERT_EQ(made.size(), 4U);
  EXPECT_EQ(made[2].receipt, 3U);
  EXPECT_EQ(made[2].count, 1);
  EXPECT_EQ(made[3].receipt, 4U);
  EXPECT_TRUE(read_events(made[2].events));
}

TEST(EventRows, what_is_refused_leaves_the_rows_as_they_were) {
  EventRows rows;
  rows.add("a", 1, {kId, "k", "a/1", "", "1"});
  EXPECT_FALSE(rows.add("a", 2, {kOther, "k", "a/1", "", "{"}));
  EXPECT_EQ(rows.take()[0].count, 1);
}

TEST(EventArray, a_payload_cannot_break_into_the_array) {
  std::string out = "x";
  for (const std::string_view payload :
       {"", " ", "{},\"x\":1", "{}},{\"id\":1", "{}},{", "{", "}", "]", "[", "\"", "\"a\" \"b\"", "1,2", "{} {}", ","})
    EXPECT_FALSE(append_event(out, "s", {kId, "k", "s/1", "", payload})) << payload;
  EXPECT_FALSE(append_event(out, "s", {kId, "k", "a\nb", "", "{}"})) << "it would end the header";
  EXPECT_FALSE(append_event(out, "s", {kId, "k", "s/1", "\0"s, "{}"}));
  EXPECT_EQ(out, "x");
}

TEST(EventArray, what_is_no_array_of_events_is_not_read) {
  const std::string id = R"("id":"00000000-0000-4000-8000-000000000001")";
  for (const std::string& text :
       {""s, "[]"s, "{}"s, "null"s, "[1]"s, "[{}]"s, "[{" + id + "}]", R"([{"id":"x","payload":1}])"s,
        R"([{"id":1,"payload":1}])"s, R"([{"id":null,"payload":1}])"s,
        "[{" + id + R"(,"payload":1,"schema":"\u0000"}])", "[{" + id + R"(,"payload":1,"schema":1}])",
        "[{" + id + R"(,"payload":1,"traceparent":"a\nb"}])", "[{" + id + R"(,"payload":1})",
        "[{" + id + R"(,"payload":1}] x)", "[{" + id + R"(,"payload":"a)", "[{" + id + R"(,"payload"})",
        "[[{" + id + R"(,"payload":1}]])"})
    EXPECT_FALSE(read_events(text)) << text;
}

}  // namespace
}  // namespace dlrgw::outbox
