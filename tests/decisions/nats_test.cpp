// SPDX-License-Identifier: Apache-2.0
// The decision table through NATS to the rows and events: one lane, so that the stream's order decides, and whatever
// the batches are. After each phase every published receipt has exactly one outcome.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include <gtest/gtest.h>

#include "decisions/cases.hpp"
#include "integration/stories_support.hpp"

namespace dlrgw::decisions {
namespace {

using namespace std::chrono_literals;
using test::Row;

constexpr const char* kFingerprintOff = R"(disabled = ["dedup.fingerprint"])";

struct Setup {
  const char* name;
  const char* batch_max;
  bool fingerprints;  // Redis then knows a copy before the history does
  friend std::ostream& operator<<(std::ostream& out, const Setup& setup) { return out << setup.name; }
};

test::ScenarioOptions options_of(const Setup& setup) {
  test::ScenarioOptions options;
  options.gateway.config_text =
      test::shipped_config({{"max_concurrency = 10", "max_concurrency = 1"},
                            {"batch_max = 256", setup.batch_max},
                            {"sweep_every = \"5m\"", "sweep_every = \"1s\""},
                            {"disabled = []", setup.fingerprints ? "disabled = []" : kFingerprintOff}}) +
      "\n[operators.\"mno-single\"]\nsegment_dlr = \"single\"\n";
  return options;
}

// One case on its way through the gateway.
struct Played {
  const Case& rules;
  test::Message message;
  std::map<std::string, std::string> ids;  // of its submits: the operator's message id
  std::vector<test::Receipt> sent;
};

class NatsRun {
 public:
  explicit NatsRun(const Setup& setup)
      : setup_(setup), s_(options_of(setup)), cases_(read_cases(DLRGW_DECISION_CASES)) {}

  void run() {
    seed();
    for (std::size_t phase = 0; phase < phases_; ++phase) {
      if (phase > 0) pass_a_day(phase);
      publish(phase);
      if (phase == 0) {  // everything waits: batches are as large as they may be
        ASSERT_TRUE(test::started(s_));
      }
      ASSERT_TRUE(test::settles(s_));
      const test::Metrics metrics = s_.gateway().metrics();
      EXPECT_EQ(metrics.sum("dlr_received_total"), static_cast<double>(published_));
      EXPECT_EQ(metrics.sum("dlr_processed_total"), static_cast<double>(published_)) << "the sum over all outcomes";
    }
    check_outcomes();
    check_rows();
    check_messages();
    check_events();
    check_segments();
    test::expect_no_batch_failed(s_.gateway());
    EXPECT_EQ(s_.gateway().terminate(), 0);
  }

 private:
  void seed() {
    std::vector<test::Message> messages;
    std::vector<test::Correlation> rows;
    std::string undated;
    for (const Case& item : cases_) {
      Played& played = played_.emplace_back(Played{item, {}, {}, {}});
      played.message = test::random_message(s_.rng(), item.single ? "mno-single" : "mno-test");
      played.message.account_id = account_;
      played.message.operator_message_id.clear();
      played.message.segment_count = static_cast<int>(item.segments);
      played.message.status = item.status;
      messages.push_back(played.message);
      if (item.undated) undated += (undated.empty() ? "'" : ",'") + played.message.message_id + "'";
      for (const auto& [name, submit] : item.submits) {
        played.ids[name] = test::random_uuid(s_.rng());
        rows.push_back({played.message.operator_id, played.ids[name], played.message.message_id,
                        static_cast<int>(submit.segment), static_cast<int>(submit.total), submit.requested,
                        std::chrono::minutes(submit.age_minutes)});
      }
      phases_ = std::max(phases_, item.phases);
    }
    test::insert_messages(s_.postgres(), messages);
    test::insert_correlations(s_.postgres(), rows);
    s_.postgres().exec("UPDATE orch.sms_messages SET processed_at = NULL WHERE message_id IN (" + undated + ")");
  }

  // What is stored about the cases that have another phase becomes 25 h older, and the sweep runs.
  void pass_a_day(std::size_t phase) {
    std::string ids;
    for (const Played& played : played_)
      if (played.rules.phases > phase) ids += (ids.empty() ? "'" : ",'") + played.message.message_id + "'";
    s_.redis().flush();
    s_.postgres().exec(
        "UPDATE orch.sms_messages SET processed_at = processed_at - interval '25 hours', dlr_received_at = "
        "dlr_received_at - interval '25 hours' WHERE message_id IN (" +
        ids + "); UPDATE dlr.aggregation_open SET deadline = deadline - interval '25 hours' WHERE message_id IN (" +
        ids + ")");
    ASSERT_TRUE(test::eventually(
        [&] { return s_.postgres().count("SELECT count(*) FROM dlr.aggregation_open WHERE deadline < now()") == 0; }));
  }

  test::Receipt receipt_of(const Played& played, const CaseReceipt& line) {
    if (line.again > 0) return played.sent.at(line.again - 1);
    test::Receipt receipt;
    receipt.event_id = test::random_uuid(s_.rng());
    receipt.operator_id = played.message.operator_id;
    receipt.operator_message_id = played.ids.at(line.submit);
    receipt.raw_stat = line.stat;
    receipt.error_code = line.error_code;
    receipt.received_at = test::rfc3339_now();
    if (line.dated_hours != 0) receipt.dlr_timestamp = test::rfc3339_now(std::chrono::hours(line.dated_hours));
    return receipt;
  }

  void publish(std::size_t phase) {
    std::vector<test::Receipt> receipts;
    for (Played& played : played_) {
      for (const CaseReceipt& line : played.rules.receipts) {
        if (line.phase != phase) continue;
        played.sent.push_back(receipt_of(played, line));
        receipts.push_back(played.sent.back());
      }
    }
    s_.publish(receipts);
    published_ += receipts.size();
  }

  // The fingerprint may have found a copy before the rules were asked; it never finds the event itself.
  [[nodiscard]] bool is_copy(const Played& played, std::size_t i) const {
    const CaseReceipt& line = played.rules.receipts[i];
    for (std::size_t k = 0; k < i; ++k) {
      const CaseReceipt& before = played.rules.receipts[k];
      const bool same = before.submit == line.submit && before.phase == line.phase &&
                        status_of(before.stat) == status_of(line.stat) &&
                        (is_terminal(status_of(line.stat)) || before.stat == line.stat);
      if (same && played.sent[k].event_id != played.sent[i].event_id) return true;
    }
    return false;
  }

  void check_outcomes() {
    auto outcomes = test::outcomes_by_event(s_.gateway());
    for (const Played& played : played_) {
      SCOPED_TRACE("line " + std::to_string(played.rules.line) + ": " + played.rules.name);
      std::map<std::string, std::size_t> seen;
      for (std::size_t i = 0; i < played.sent.size(); ++i) {
        const CaseReceipt& line = played.rules.receipts[i];
        const std::string& event = played.sent[i].event_id;
        const std::size_t nth = seen[event]++;
        ASSERT_GT(outcomes[event].size(), nth) << "line " << line.line;
        const std::string& outcome = outcomes[event][nth];
        const bool by_fingerprint = setup_.fingerprints && outcome == "dedup" && is_copy(played, i);
        if (!by_fingerprint) {
          EXPECT_EQ(outcome, line.outcome) << "line " << line.line;
        }
        if (outcome == line.outcome) ++counted_[line.outcome + (line.kind.empty() ? "" : " " + line.kind)];
      }
    }
  }

  void check_rows() {
    std::map<std::string, std::string> stored;
    for (const Row& row : s_.postgres().rows(
             "SELECT event_id, 'applied' FROM dlr.delivery_receipts UNION ALL SELECT event_id, 'late ' || kind FROM "
             "dlr.late_dlrs UNION ALL SELECT event_id, 'quarantined' FROM dlr.quarantined_dlrs"))
      EXPECT_TRUE(stored.emplace(row[0], row[1]).second) << "stored twice";
    std::map<std::string, std::int64_t> counts;
    for (const auto& [event, what] : stored) ++counts[what];
    for (const Played& played : played_) {
      for (std::size_t i = 0; i < played.sent.size(); ++i) {
        const CaseReceipt& line = played.rules.receipts[i];
        const auto found = stored.find(played.sent[i].event_id);
        if (line.again > 0 || found == stored.end()) continue;
        EXPECT_EQ(found->second, line.outcome + (line.kind.empty() ? "" : " " + line.kind)) << "line " << line.line;
      }
    }
    const test::Metrics metrics = s_.gateway().metrics();
    for (const char* kind : {"terminal_conflict", "transient", "after_partial", "superseded_attempt"}) {
      EXPECT_EQ(counts[std::string("late ") + kind], counted_[std::string("late ") + kind]) << kind;
      EXPECT_EQ(metrics.sum("dlr_late_total", {{"kind", kind}}),
                static_cast<double>(counted_[std::string("late ") + kind]))
          << kind;
    }
    EXPECT_EQ(counts["applied"], counted_["applied"]);
    EXPECT_EQ(counts["quarantined"], counted_["quarantined"]);
    EXPECT_EQ(metrics.sum("dlr_quarantined_total"), static_cast<double>(counted_["quarantined"]));
    for (const char* table : {"dlr.invalid_dlrs", "dlr.orphan_dlrs", "dlr.outbox"})
      EXPECT_EQ(s_.count_rows(table), 0) << table;
  }

  void check_messages() {
    std::map<std::string, std::string> status;
    std::map<std::string, std::string> audits;
    for (const Row& row : s_.postgres().rows("SELECT message_id, status FROM orch.sms_messages"))
      status[row[0]] = row[1];
    for (const Row& row :
         s_.postgres().rows("SELECT entity_id, (details->>'received') || '/' || (details->>'expected') FROM "
                            "dlr.audit_log WHERE action = 'aggregation.partial'"))
      EXPECT_TRUE(audits.emplace(row[0], row[1]).second);
    for (const Played& played : played_) {
      SCOPED_TRACE("line " + std::to_string(played.rules.line) + ": " + played.rules.name);
      const Case& rules = played.rules;
      EXPECT_EQ(status[played.message.message_id], rules.ends.empty() ? rules.status : rules.ends);
      const bool partial = rules.reason == "grace_expired";
      EXPECT_EQ(audits[played.message.message_id],
                partial ? std::to_string(rules.received) + "/" + std::to_string(rules.expected) : "");
    }
  }

  void check_events() {
    std::map<std::string, std::map<std::string, std::vector<std::string>>> events;  // message, subject → in order
    std::set<std::string> ids;
    for (const test::CapturedEvent& event : s_.events()) {
      events[event.message_id][event.subject].push_back(event.data);
      EXPECT_TRUE(ids.insert(event.msg_id).second) << "an event id twice";
    }
    for (const Played& played : played_) {
      SCOPED_TRACE("line " + std::to_string(played.rules.line) + ": " + played.rules.name);
      auto& of = events[played.message.message_id];
      const Case& rules = played.rules;
      const std::size_t finals = rules.reason.empty() ? 0 : 1;
      ASSERT_EQ(of["sms.dlr.aggregated.v1"].size(), finals);
      ASSERT_EQ(of["billing.events"].size(), finals);
      ASSERT_EQ(of["webhook.dispatch"].size(), rules.told.size() + finals);
      check_webhooks(rules, of["webhook.dispatch"]);
      if (finals != 0) check_final(rules, of["sms.dlr.aggregated.v1"][0], of["billing.events"][0]);
    }
  }

  static void check_webhooks(const Case& rules, std::vector<std::string> webhooks) {
    using test::json_field;
    std::ranges::sort(webhooks, {}, [](const std::string& json) { return std::stoi(json_field(json, "sequence")); });
    for (std::size_t i = 0; i < webhooks.size(); ++i) {
      const bool final = i == rules.told.size();
      EXPECT_EQ(json_field(webhooks[i], "sequence"), std::to_string(i + 1));
      EXPECT_EQ(json_field(webhooks[i], "final"), final ? "true" : "false");
      EXPECT_EQ(json_field(webhooks[i], "dlrStatus"), final ? rules.ends : rules.told[i]);
      if (!final) continue;
      EXPECT_EQ(json_field(webhooks[i], "expected"), std::to_string(rules.expected));
      EXPECT_EQ(json_field(webhooks[i], "received"), std::to_string(rules.received));
      EXPECT_EQ(json_field(webhooks[i], "errorCode"), rules.error_code.empty() ? "null" : rules.error_code);
      EXPECT_EQ(json_field(webhooks[i], "segments").empty(), rules.expected == 1) << webhooks[i];
    }
  }

  static void check_final(const Case& rules, const std::string& aggregated, const std::string& billing) {
    using test::json_field;
    EXPECT_EQ(json_field(aggregated, "status"), rules.ends);
    EXPECT_EQ(json_field(aggregated, "reason"), rules.reason);
    EXPECT_EQ(json_field(aggregated, "received"), std::to_string(rules.received));
    EXPECT_EQ(json_field(aggregated, "expected"), std::to_string(rules.expected));
    EXPECT_EQ(json_field(aggregated, "delivered"), std::to_string(rules.delivered));
    EXPECT_EQ(json_field(billing, "dlrStatus"), rules.ends);
    EXPECT_EQ(json_field(billing, "segmentCount"), std::to_string(rules.segments));
    EXPECT_EQ(json_field(billing, "errorCode"), rules.error_code.empty() ? "null" : rules.error_code);
    const std::uint32_t all_or_none = rules.ends == "DELIVERED" ? rules.segments : 0;
    EXPECT_EQ(json_field(billing, "deliveredSegments"),
              std::to_string(rules.reason == "single" ? all_or_none : rules.delivered));
  }

  void check_segments() {
    std::map<std::string, std::map<std::uint32_t, std::string>> shown;
    for (const Row& row :
         s_.postgres().rows("SELECT set_config('app.account_id', '" + account_ +
                            "', true); SELECT message_id, segment_index, status || CASE WHEN late THEN '*' "
                            "ELSE '' END FROM dlr.portal_segments"))
      shown[row[0]][static_cast<std::uint32_t>(std::stoul(row[1]))] = row[2];
    for (const Played& played : played_) {
      SCOPED_TRACE("line " + std::to_string(played.rules.line) + ": " + played.rules.name);
      for (const auto& [index, status] : played.rules.shown)
        EXPECT_EQ(shown[played.message.message_id][index], status) << "segment " << index;
    }
  }

  const Setup setup_;
  test::Scenario s_;
  const std::vector<Case> cases_;
  const std::string account_ = test::random_uuid(s_.rng());
  std::vector<Played> played_;
  std::size_t phases_ = 0;
  std::size_t published_ = 0;
  std::map<std::string, std::int64_t> counted_;  // receipts whose outcome the rules gave, by outcome and kind
};

class DecisionTableNats : public testing::TestWithParam<Setup> {};

TEST_P(DecisionTableNats, EachCaseToItsRowsAndEvents) { NatsRun(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Batches, DecisionTableNats,
                         testing::Values(Setup{"OneEach", "batch_max = 1", false},
                                         Setup{"AllInOne", "batch_max = 256", false},
                                         Setup{"WithFingerprints", "batch_max = 16", true}),
                         [](const auto& setup) { return setup.param.name; });

}  // namespace
}  // namespace dlrgw::decisions
