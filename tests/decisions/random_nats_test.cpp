// SPDX-License-Identifier: Apache-2.0
// Random histories through NATS: four publishers, two hosts, one of them killed twice. What the tables and the stream
// of events then hold must agree with itself and with the pure rules. A failure names its seed.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "decisions/histories.hpp"
#include "integration/stories_support.hpp"

namespace dlrgw::decisions {
namespace {

using namespace std::chrono_literals;
using test::json_field;
using test::Row;

constexpr std::size_t kHistories = 400;
constexpr std::size_t kPublishers = 4;
constexpr std::size_t kPerPublisher = 300;  // a second

struct Played {
  RandomHistory history;
  test::Message message;
};

test::ScenarioOptions options(unsigned replica) {
  test::ScenarioOptions out;
  out.gateway.config_text = test::shipped_config({}) + "\n[operators.\"mno-single\"]\nsegment_dlr = \"single\"\n";
  out.gateway.replica = replica;
  return out;
}

class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed), s_(options(0)), other_(s_.servers(), options(1).gateway) {}

  void run() {
    seed();
    std::ranges::shuffle(receipts_, random_);
    ASSERT_TRUE(test::started(s_));
    other_.start();
    ASSERT_TRUE(other_.wait_ready());
    publish_and_kill();
    ASSERT_TRUE(test::settles(s_)) << test::log_summary(other_);
    check_identity();
    check_stored_once();
    check_messages();
    check_events();
    test::expect_no_batch_failed(s_.gateway());
    EXPECT_EQ(other_.terminate(), 0);
    EXPECT_EQ(s_.gateway().terminate(), 0);
  }

 private:
  // In the terms of the generator, whose clock starts now.
  [[nodiscard]] static std::string time_of(std::int64_t us) {
    return test::rfc3339(std::chrono::system_clock::time_point(std::chrono::microseconds(us)));
  }

  void seed() {
    const std::int64_t now_us =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    std::vector<test::Message> messages;
    std::vector<test::Correlation> rows;
    for (std::size_t i = 0; i < kHistories; ++i) {
      Played played{random_history(random_, {.start_us = now_us}), {}};
      const ModelMessage& model = played.history.message;
      played.message = test::random_message(random_, model.one_for_all ? "mno-single" : "mno-test");
      played.message.operator_message_id.clear();
      played.message.segment_count = static_cast<int>(model.segment_count);
      played.message.status = model.status;
      messages.push_back(played.message);
      std::map<std::pair<std::uint32_t, std::int64_t>, std::string> ids;  // of the submits
      for (const Submit& submit : model.submits) {
        const std::string& id = ids[{submit.segment, submit.at_us}] = "op-" + test::random_uuid(random_);
        rows.push_back({played.message.operator_id, id, played.message.message_id, static_cast<int>(submit.segment),
                        static_cast<int>(submit.total), submit.requested,
                        std::chrono::milliseconds((now_us - submit.at_us) / 1000)});
      }
      std::map<std::string, std::string> events;
      for (const ModelReceipt& receipt : played.history.receipts) {
        std::string& event = events[receipt.identity.event_id];
        if (event.empty()) event = test::random_uuid(random_);
        add(played, receipt, event, ids.at({receipt.submit.segment, receipt.submit.at_us}));
      }
      played_.emplace(played.message.message_id, std::move(played));
    }
    test::insert_messages(s_.postgres(), messages);
    test::insert_correlations(s_.postgres(), rows);
    s_.postgres().exec(
        "UPDATE orch.sms_messages SET processed_at = now() - interval '30 hours' WHERE status = 'EXPIRED'");
  }

  void add(const Played& played, const ModelReceipt& model, const std::string& event, const std::string& id) {
    test::Receipt receipt;
    receipt.event_id = event;
    receipt.operator_id = played.message.operator_id;
    receipt.operator_message_id = id;
    static const std::map<DlrStatus, std::string> kWords = {{DlrStatus::kDelivered, "DELIVRD"},
                                                            {DlrStatus::kFailed, "DELETED"},
                                                            {DlrStatus::kUndelivered, "UNDELIV"},
                                                            {DlrStatus::kExpired, "EXPIRED"},
                                                            {DlrStatus::kRejected, "REJECTD"}};
    receipt.raw_stat = model.status == DlrStatus::kUnknown ? model.raw : kWords.at(model.status);
    receipt.error_code = model.error_code;
    receipt.received_at = time_of(model.received_at_us);
    if (model.dlr_timestamp_us) receipt.dlr_timestamp = time_of(*model.dlr_timestamp_us);
    receipts_.push_back(receipt);
  }

  void publish_and_kill() {
    // Without the deduplication of the stream: a repeat of an event is part of the history.
    std::vector<std::jthread> publishers;
    for (std::size_t p = 0; p < kPublishers; ++p) {
      publishers.emplace_back([this, p] {
        const std::size_t first = p * receipts_.size() / kPublishers;
        const std::size_t last = (p + 1) * receipts_.size() / kPublishers;
        constexpr std::size_t kChunk = kPerPublisher / 10;
        for (std::size_t at = first; at < last; at += kChunk) {
          const auto begin = receipts_.begin() + static_cast<std::ptrdiff_t>(at);
          s_.publish({begin, begin + static_cast<std::ptrdiff_t>(std::min(kChunk, last - at))});
          test::beat(100ms);
        }
      });
    }
    for (const std::size_t part : {4U, 2U}) {
      const auto wanted = static_cast<std::int64_t>(receipts_.size() / part / 2);
      ASSERT_TRUE(test::eventually([&] { return s_.count_rows("dlr.delivery_receipts") >= wanted; }));
      other_.kill9();
      test::expire_ack_wait(s_.nats());
      other_.start();
    }
    publishers.clear();
    ASSERT_TRUE(other_.wait_ready());
    test::expire_ack_wait(s_.nats());
  }

  void check_identity() {
    for (test::GatewayProcess* host : {&s_.gateway(), &other_}) {
      const test::Metrics metrics = host->metrics();
      EXPECT_EQ(metrics.sum("dlr_received_total"), metrics.sum("dlr_processed_total"));
    }
    std::set<std::string> answered;
    for (const test::GatewayProcess* host : {&s_.gateway(), &other_})
      for (const auto& [event, outcomes] : test::outcomes_by_event(*host)) answered.insert(event);
    std::size_t unanswered = 0;
    for (const test::Receipt& receipt : receipts_) unanswered += answered.contains(receipt.event_id) ? 0U : 1U;
    EXPECT_EQ(unanswered, 0U) << "receipts without an outcome";
  }

  void check_stored_once() {
    EXPECT_EQ(
        s_.postgres().count("SELECT count(*) FROM (SELECT event_id FROM (SELECT event_id FROM dlr.delivery_receipts "
                            "UNION ALL SELECT event_id FROM dlr.late_dlrs UNION ALL SELECT event_id FROM "
                            "dlr.quarantined_dlrs) x GROUP BY 1 HAVING count(*) > 1) y"),
        0)
        << "events that were stored twice";
    for (const char* table : {"dlr.orphan_dlrs", "dlr.invalid_dlrs", "dlr.outbox"})
      EXPECT_EQ(s_.count_rows(table), 0) << table;
    for (const char* table : {"dlr.late_dlrs", "dlr.quarantined_dlrs", "dlr.segment_dlrs", "dlr.message_aggregates"})
      EXPECT_GT(s_.count_rows(table), 0) << table << ": the histories are too tame";
  }

  // The end of each message is what its applied rows make, by the pure rules.
  void check_messages() {
    std::map<std::string, std::string> status;
    for (const Row& row : s_.postgres().rows("SELECT message_id, status FROM orch.sms_messages"))
      status[row[0]] = row[1];
    std::map<std::string, message::SegmentSet> sets;
    std::map<std::string, std::uint32_t> totals;
    for (const Row& row : s_.postgres().rows(
             "SELECT message_id, segment_index, status, total_segments FROM dlr.segment_dlrs WHERE NOT late")) {
      message::Segment segment;
      segment.index = static_cast<std::uint32_t>(std::stoul(row[1]));
      segment.status = dlr_status_from(row[2]);
      sets[row[0]].add(segment);
      totals[row[0]] = std::max(totals[row[0]], static_cast<std::uint32_t>(std::stoul(row[3])));
    }
    std::map<std::string, std::string> finals;  // of messages of one segment
    for (const Row& row :
         s_.postgres().rows("SELECT message_id, dlr_status FROM dlr.delivery_receipts r WHERE state_key = 'T' AND "
                            "NOT EXISTS (SELECT FROM dlr.segment_dlrs s WHERE s.message_id = r.message_id)"))
      EXPECT_TRUE(finals.emplace(row[0], row[1]).second) << "two final receipts of " << row[0];
    for (const auto& [id, played] : played_) {
      const ModelMessage& model = played.history.message;
      std::string expected = finals.contains(id) ? finals.at(id) : model.status;
      if (sets.contains(id)) {
        const auto aggregate = message::finalise(
            sets.at(id), {std::max(totals.at(id), model.segment_count), unrequested(model), model.one_for_all, false});
        if (aggregate) expected = to_string(aggregate->status);
      }
      EXPECT_EQ(status.at(id), expected) << id;
      ends_[id] = status.at(id) == model.status ? "" : status.at(id);
    }
  }

  static message::SegmentIndices unrequested(const ModelMessage& model) {
    std::map<std::uint32_t, Submit> newest;
    for (const Submit& submit : model.submits) {
      const auto [at, first] = newest.try_emplace(submit.segment, submit);
      if (!first && submit.at_us > at->second.at_us) at->second = submit;
    }
    message::SegmentIndices out;
    for (const auto& [segment, submit] : newest)
      if (!submit.requested) out.insert(segment);
    return out;
  }

  void check_events() {
    std::map<std::string, std::map<std::string, std::vector<std::string>>> events;
    std::set<std::string> ids;
    for (const test::CapturedEvent& event : s_.events()) {
      EXPECT_TRUE(ids.insert(event.msg_id).second) << "an event id twice";
      events[event.message_id][event.subject].push_back(event.data);
    }
    for (const auto& [id, end] : ends_) {
      SCOPED_TRACE(id);
      auto& of = events[id];
      const std::size_t wanted = end.empty() ? 0 : 1;
      EXPECT_EQ(of["sms.dlr.aggregated.v1"].size(), wanted);
      EXPECT_EQ(of["billing.events"].size(), wanted);
      if (wanted == 1 && of["billing.events"].size() == 1) {
        EXPECT_EQ(json_field(of["billing.events"][0], "dlrStatus"), end);
      }
      std::set<int> sequences;
      std::size_t finals = 0;
      for (const std::string& webhook : of["webhook.dispatch"]) {
        sequences.insert(std::stoi(json_field(webhook, "sequence")));
        if (json_field(webhook, "final") == "true") ++finals;
      }
      EXPECT_EQ(finals, wanted);
      EXPECT_EQ(sequences.size(), of["webhook.dispatch"].size());
      if (!sequences.empty()) {
        EXPECT_EQ(*sequences.rbegin(), static_cast<int>(sequences.size())) << "1, 2, … without gaps";
      }
    }
  }

  Random random_;
  test::Scenario s_;
  test::GatewayProcess other_;
  std::map<std::string, Played> played_;  // by message id
  std::vector<test::Receipt> receipts_;
  std::map<std::string, std::string> ends_;  // status of messages that we ended, else empty
};

TEST(RandomHistoriesNats, TwoHostsOneOfThemKilledTwice) {
  const std::uint64_t seed = seeds(1).front();
  std::printf("[          ] DLRGW_SEED=%llu\n", static_cast<unsigned long long>(seed));
  SCOPED_TRACE("DLRGW_SEED=" + std::to_string(seed));
  RandomRun(seed).run();
}

}  // namespace
}  // namespace dlrgw::decisions
