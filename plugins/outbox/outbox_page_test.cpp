// SPDX-License-Identifier: Apache-2.0
#include "outbox_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::outbox {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kId = "00000000-0000-4000-8000-000000000001";

OutboxItem row_of_two() {
  return {{"billing.events", 42},
          0,
          2,
          R"([{"id":"00000000-0000-4000-8000-000000000001","key":"k<1>","payload":{"to":"+15550100"}},)"
          R"({"id":"00000000-0000-4000-8000-000000000002","key":"k2","schema":"x/2","traceparent":"t","payload":1}])"};
}
OutboxItem unreadable_row() { return {{"webhook.dispatch", 43}, 0, 1, std::nullopt}; }

TEST(OutboxPage, single_events_are_told_without_their_payload) {
  const std::string json = outbox_json({row_of_two(), unreadable_row()}, true);
  EXPECT_EQ(json,
            R"({"items":[{"id":"42/00000000-0000-4000-8000-000000000001","outboxId":42,)"
            R"("eventId":"00000000-0000-4000-8000-000000000001","subject":"billing.events",)"
            R"("createdAt":"1970-01-01T00:00:00.000Z","key":"k<1>","schema":"billing.events/1","traceparent":null,)"
            R"("readable":true},{"id":"42/00000000-0000-4000-8000-000000000002","outboxId":42,)"
            R"("eventId":"00000000-0000-4000-8000-000000000002","subject":"billing.events",)"
            R"("createdAt":"1970-01-01T00:00:00.000Z","key":"k2","schema":"x/2","traceparent":"t","readable":true},)"
            R"({"id":"43","outboxId":43,"eventId":null,"subject":"webhook.dispatch",)"
            R"("createdAt":"1970-01-01T00:00:00.000Z","readable":false}],"next":"43.webhook.dispatch"})");
  EXPECT_EQ(outbox_json({}, false), R"({"items":[],"next":null})");
}

TEST(OutboxPage, the_payload_is_for_those_who_may_see_numbers) {
  EXPECT_THAT(*outbox_event_json(row_of_two(), kId, true), HasSubstr(R"("payload":{"to":"+15550100"}})"));
  EXPECT_THAT(*outbox_event_json(row_of_two(), kId, false), HasSubstr(R"("payload":null})"));
  EXPECT_FALSE(outbox_event_json(row_of_two(), "00000000-0000-4000-8000-000000000009", true));
  EXPECT_FALSE(outbox_event_json(unreadable_row(), kId, true));
}

TEST(OutboxPage, a_cursor_goes_there_and_back) {
  const auto parsed = parse_outbox_query({{}, "7", cursor_text({"a.b.c", 12})});
  const auto& query = std::get<OutboxQuery>(parsed);
  EXPECT_EQ(query.after.subject, "a.b.c");
  EXPECT_EQ(query.after.id, 12);
  EXPECT_EQ(query.limit, 7);
}

TEST(OutboxPage, a_subject_is_asked_for_alone) {
  const auto parsed = parse_outbox_query({"billing.events", {}, {}});
  const auto& query = std::get<OutboxQuery>(parsed);
  EXPECT_EQ(query.after.subject, "billing.events");
  EXPECT_EQ(query.after.id, 0);
  EXPECT_EQ(query.last_subject, "billing.events");
  EXPECT_EQ(query.limit, 100);
}

TEST(OutboxPage, what_makes_no_sense_is_refused_in_a_sentence) {
  for (const OutboxQueryText& text :
       {OutboxQueryText{"a b", {}, {}}, OutboxQueryText{{}, "0", {}}, OutboxQueryText{{}, "1001", {}},
        OutboxQueryText{{}, "x", {}}, OutboxQueryText{{}, {}, "x"}, OutboxQueryText{{}, {}, "-1.a"},
        OutboxQueryText{{}, {}, "1."}})
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_outbox_query(text)));
  EXPECT_FALSE(parse_outbox_id("x"));
  EXPECT_FALSE(parse_outbox_id("-1"));
  EXPECT_EQ(parse_outbox_id("42"), 42);
}

TEST(OutboxPage, the_console_escapes_and_names_what_cannot_be_read) {
  OutboxItem row = row_of_two();
  row.place.subject = "a<b";
  const std::string html = outbox_html({row, unreadable_row()});
  EXPECT_THAT(html, HasSubstr("a&lt;b"));
  EXPECT_THAT(html, HasSubstr("42/00000000-0000-4000-8000-000000000002"));
  EXPECT_THAT(html, HasSubstr("row 43 cannot be read"));
  EXPECT_THAT(html, Not(HasSubstr("+15550100")));
  EXPECT_THAT(outbox_html({}), HasSubstr("No event waits."));
}

}  // namespace
}  // namespace dlrgw::outbox
