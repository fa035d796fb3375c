// SPDX-License-Identifier: Apache-2.0
// kill -9 at each fail point, at its 1st to 4th hit, under a trickle of receipts; restarted each time. Whatever the
// moment, each receipt ends as one row and each message as one set of events.
#include <algorithm>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"
#include "support/json.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReceipts = 1'000;
constexpr std::size_t kBefore = 60;  // waiting when a gateway starts …
constexpr std::size_t kChunk = 10;   // … and what follows while it runs
constexpr int kHits = 4;
constexpr int kKilled = 128 + 9;

std::int64_t processed_lines(const GatewayProcess& gateway, const std::string& outcome) {
  const auto lines = gateway.logs("dlr.processed");
  return std::ranges::count_if(lines, [&](const auto& line) { return json_field(line, "outcome") == outcome; });
}

ScenarioOptions many_batches() {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"batch_max = 256", "batch_max = 16"}});  // many batches of few receipts
  return options;
}

// Ids of two digits, each given ten times 40 s apart, to a phone of its own.
std::vector<Message> messages_of_short_ids(Scenario& s) {
  constexpr std::size_t kIds = 100;
  std::vector<Message> messages;
  for (std::size_t i = 0; i < kReceipts; ++i) {
    Message message = random_message(s.rng(), "mno-test");
    message.operator_message_id = std::to_string(i % kIds);
    message.to_addr = "+49171" + std::to_string(5'550'000 + i);
    message.submitted_at = rfc3339_now(-1h + static_cast<std::int64_t>(i / kIds) * 40s);
    messages.push_back(message);
  }
  insert_messages(s.postgres(), messages);
  return messages;
}

std::vector<Receipt> receipts_of_short_ids(Scenario& s, const std::vector<Message>& messages) {
  std::vector<Receipt> receipts = final_receipts(s, messages);
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    receipts[i].received_at = messages[i].submitted_at;  // at once: the next of its id comes within the minute
    receipts[i].more.emplace_back("sourceAddr", '"' + messages[i].to_addr + '"');
  }
  return receipts;
}

class KillPoints : public testing::TestWithParam<const char*> {
 protected:
  static void kill_again_and_again(Scenario& s, const std::vector<Message>& messages,
                                   const std::vector<Receipt>& receipts);
};

void KillPoints::kill_again_and_again(Scenario& s, const std::vector<Message>& messages,
                                      const std::vector<Receipt>& receipts) {
  std::size_t next = 0;
  const auto publish = [&](std::size_t count) {
    publish_once(s.nats(), receipts, next, next + count);
    next = std::min(next + count, receipts.size());
  };

  for (int hit = 1; hit <= kHits; ++hit) {
    publish(kBefore);
    s.gateway().start(std::string(GetParam()) + ":" + std::to_string(hit));
    const std::size_t until = std::min(receipts.size(), next + kReceipts / kHits - kBefore);
    while (s.gateway().running() && next < until) {
      publish(kChunk);
      beat(20ms);
    }
    ASSERT_EQ(s.gateway().wait_exit(), kKilled) << GetParam() << " was not reached a " << hit << ". time\n"
                                                << log_summary(s.gateway());
    expire_ack_wait(s.nats());
  }
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  publish(receipts.size() - next);
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  expect_each_once(s, messages);
  // Killed behind the commit and before the answer: those receipts did come again, or this proves nothing.
  if (std::string(GetParam()) == "host.after_commit") {
    EXPECT_GT(processed_lines(s.gateway(), "redelivered"), 0);
  }
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST_P(KillPoints, EachReceiptOnceWhereverItDies) {
  Scenario s(many_batches());
  const auto messages = s.add_messages(kReceipts);
  kill_again_and_again(s, messages, final_receipts(s, messages));
}

class KillPointsOfSharedIds : public KillPoints {};

TEST_P(KillPointsOfSharedIds, EachReceiptForItsOwnMessage) {
  Scenario s(many_batches());
  const auto messages = messages_of_short_ids(s);
  kill_again_and_again(s, messages, receipts_of_short_ids(s, messages));
  EXPECT_EQ(
      s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts r JOIN orch.sms_messages m USING (message_id) "
                         "WHERE m.to_addr <> convert_from(r.raw_payload, 'UTF8')::json->>'sourceAddr'"),
      0);
}

INSTANTIATE_TEST_SUITE_P(FailPoints, KillPointsOfSharedIds,
                         testing::Values("host.before_commit", "host.after_commit", "dedup.before_redis_set"),
                         [](const auto& point) {
                           std::string name = point.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

INSTANTIATE_TEST_SUITE_P(FailPoints, KillPoints,
                         testing::Values("dedup.after_lock", "host.before_commit", "host.after_commit",
                                         "dedup.before_redis_set", "host.after_ack", "outbox.before_delete"),
                         [](const auto& point) {
                           std::string name = point.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

// The relay's rows: three events each, the second too large for its stream, so that a row is put back with it. Whatever
// the moment, each event is published, under its own id, and what is refused stays.
class RelayKillPoints : public testing::TestWithParam<const char*> {
 protected:
  static constexpr int kRowsAtOnce = 2;
  static constexpr int kInsertsPerStart = 60;  // far fewer rows that stay than the relay leaves alone one by one
  static constexpr std::size_t kLargestMessage = 4'096;

  void insert_rows() {
    s_.postgres().exec(
        "INSERT INTO dlr.outbox (subject, event_count, events, created_at) SELECT s.subject, 3, json_build_array("
        "json_build_object('id', gen_random_uuid(), 'key', 'k', 'payload', 'small'::text), "
        "json_build_object('id', gen_random_uuid(), 'key', 'k', 'payload', repeat('x', 5000)), "
        "json_build_object('id', gen_random_uuid(), 'key', 'k', 'payload', 'small'::text)), now() "
        "FROM generate_series(1, " +
        std::to_string(kRowsAtOnce) + "), unnest(ARRAY['billing.events', 'webhook.dispatch']) s(subject)");
  }
  Scenario s_;
};

TEST_P(RelayKillPoints, EachEventIsPublishedUnderItsIdAndNoneIsLost) {
  s_.nats().set_capture_max_message(kLargestMessage);
  s_.postgres().exec(
      "CREATE TABLE public.written AS SELECT subject, event_id, outbox_id FROM dlr.outbox_events; "
      "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
      "INSERT INTO public.written SELECT NEW.subject, e->>'id', NEW.id FROM json_array_elements(NEW.events) e; "
      "RETURN NULL; END $$; CREATE TRIGGER note AFTER INSERT ON dlr.outbox FOR EACH ROW EXECUTE FUNCTION "
      "public.note()");
  for (int hit = 1; hit <= kHits; ++hit) {
    insert_rows();
    s_.gateway().start(std::string(GetParam()) + ":" + std::to_string(hit));
    for (int i = 0; i < kInsertsPerStart && s_.gateway().running(); ++i) {
      insert_rows();
      beat(100ms);
    }
    // A gateway that is quicker than the point's turn comes gets more to do.
    ASSERT_TRUE(eventually([&] {
      if (!s_.gateway().running()) return true;
      if (s_.postgres().count("SELECT count(*) FROM dlr.outbox WHERE event_count <> 1") == 0) insert_rows();
      return false;
    })) << GetParam()
        << " was not reached a " << hit << ". time\n"
        << log_summary(s_.gateway());
    ASSERT_EQ(s_.gateway().wait_exit(), kKilled);
  }
  s_.gateway().start();
  ASSERT_TRUE(s_.gateway().wait_ready()) << log_summary(s_.gateway());
  // A row that was put back was written twice, under one id.
  const std::int64_t rows = s_.postgres().count("SELECT count(DISTINCT outbox_id) FROM public.written");
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.outbox_events") == rows; })) << log_summary(s_.gateway());
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.outbox WHERE event_count <> 1"), 0) << "the large ones stay";
  s_.nats().set_capture_max_message(1024 * 1024);
  ASSERT_TRUE(s_.wait_settled()) << log_summary(s_.gateway());
  std::set<std::pair<std::string, std::string>> published;
  const auto events = s_.events();
  for (const CapturedEvent& event : events) published.emplace(event.subject, event.msg_id);
  std::set<std::pair<std::string, std::string>> written;
  for (const Row& row : s_.postgres().rows("SELECT subject, event_id FROM public.written"))
    written.emplace(row[0], row[1]);
  EXPECT_EQ(published, written);
  EXPECT_EQ(events.size(), written.size()) << "under the same id, which the stream knows again";
  EXPECT_EQ(written.size(), 3 * static_cast<std::size_t>(rows));
  EXPECT_EQ(s_.gateway().terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(FailPoints, RelayKillPoints,
                         testing::Values("outbox.before_publish", "nats.after_send", "outbox.after_publish",
                                         "outbox.before_delete", "outbox.before_put_back", "outbox.after_delete",
                                         "outbox.after_put_back"),
                         [](const auto& point) {
                           std::string name = point.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace dlrgw::test
