// SPDX-License-Identifier: Apache-2.0
#include "trouble/random_trouble.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/stories_support.hpp"
#include "support/skewed_clock.hpp"
#include "trouble/traffic.hpp"
#include "trouble/troubles.hpp"
#include "trouble/watch.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kSkewSeconds = 600;  // of the second gateway's clock, fast or slow
constexpr int kSegments = 3;
// A gateway tells after 10 s by its own clock, and is asked once a second.
constexpr int kMostSilentLooks = 30;

std::string config_of(const RandomTroublePlan& plan) {
  const auto of = [](const char* key, seconds value) {
    return std::string(key) + " = \"" + std::to_string(value.count()) + "s\"";
  };
  return shipped_config({{"grace = \"24h\"", of("grace", plan.grace)},
                         {"sweep_every = \"5m\"", of("sweep_every", 2s)},
                         {"hold_after = \"1h\"", of("hold_after", plan.hold_after)}});
}

// Waits for as long as something moves: what is left may take longer than one patience.
bool done_in_the_end(const std::function<bool()>& done, const std::function<std::int64_t()>& left) {
  std::int64_t before = left();
  while (!eventually(done)) {
    const std::int64_t now = left();
    if (now >= before) return false;
    before = now;
  }
  return true;
}

class RandomTrouble {
 public:
  explicit RandomTrouble(const RandomTroublePlan& plan)
      : plan_(plan), rng_(plan.seed), s_(scenario_options(plan)), traffic_(s_.nats(), plan.per_second) {}

  void run() {
    s_.gateway().start();
    ASSERT_TRUE(s_.gateway().wait_ready()) << s_.gateway().error_output();
    watch_.look_at("first", s_.gateway().public_address(), s_.gateway().admin_address());
    start_second();
    const auto end = std::chrono::steady_clock::now() + plan_.length;
    while (std::chrono::steady_clock::now() < end && !testing::Test::HasFatalFailure()) step();
    if (!testing::Test::HasFatalFailure()) calm();
  }

 private:
  static ScenarioOptions scenario_options(const RandomTroublePlan& plan) {
    ScenarioOptions options;
    options.gateway.config_text = config_of(plan);
    return options;
  }

  // The other host; its clock is wrong.
  void start_second() {
    GatewayOptions options;
    options.config_text = config_of(plan_);
    options.replica = 1;
    const seconds off_by{static_cast<int>(rng_() % (2 * kSkewSeconds + 1)) - kSkewSeconds};
    options.env = skewed_clock(off_by);
    second_ = std::make_unique<GatewayProcess>(s_.servers(), options);
    second_->start();
    ASSERT_TRUE(second_->wait_ready()) << second_->error_output();
    watch_.look_at("second", second_->public_address(), second_->admin_address());
    std::printf("[          ] the second gateway's clock is off by %lld s\n", static_cast<long long>(off_by.count()));
  }

  void step() {
    const auto& kinds = trouble_kinds();
    const std::size_t choice = rng_() % (kinds.size() + 1);
    const milliseconds length{rng_() % static_cast<std::uint64_t>(milliseconds(plan_.longest).count()) + 200};
    supply(length * 2 + 5s);
    if (choice == kinds.size()) {
      std::printf("[          ] the second gateway begins anew\n");
      watch_.forget("second");
      EXPECT_EQ(second_->terminate(), 0) << second_->error_output();
      start_second();
    } else {
      const TroubleKind& outer = kinds[choice];
      const TroubleKind& inner = kinds[rng_() % kinds.size()];
      const bool both = rng_() % 3 == 0 && can_overlap(outer, inner);
      std::printf("[          ] %s%s%s, %lld ms\n", outer.name.c_str(), both ? ", meanwhile " : "",
                  both ? inner.name.c_str() : "", static_cast<long long>(length.count()));
      const auto trouble = outer.begin(s_.servers(), rng_);
      beat(both ? length / 2 : length);
      if (both) {
        const auto other = inner.begin(s_.servers(), rng_);
        beat(length / 2);
        other->end();
      }
      trouble->end();
    }
    beat(milliseconds(rng_() % 3000));
  }

  // Messages for so long, stored while nobody is in the way: of one segment, some with an intermediate receipt before;
  // of three, whose receipts are spread over half the grace; and a few of which one segment never comes.
  void supply(milliseconds length) {
    const std::size_t wanted = static_cast<std::size_t>(length.count()) * plan_.per_second / 1000;
    const std::size_t have = traffic_.waiting();
    if (have >= wanted) return;
    const std::size_t share = (wanted - have) / 10;
    const std::size_t spread = static_cast<std::size_t>(plan_.grace.count()) * plan_.per_second / 2;
    for (const Message& message : s_.add_messages(share * 6)) add(s_.receipt_for(message, "DELIVRD"));
    for (const Message& message : s_.add_messages(share)) {
      add(s_.receipt_for(message, "ACCEPTD"));
      add(s_.receipt_for(message, "UNDELIV"), plan_.per_second);
    }
    std::size_t count = 0;
    for (const LongMessage& message : add_long_messages(s_, share, kSegments)) {
      const int last = ++count % 10 == 0 ? kSegments - 1 : kSegments;
      unfinished_ += last == kSegments ? 0 : 1;
      for (int segment = 1; segment <= last; ++segment)
        add(segment_receipt(s_, message, segment, "DELIVRD"), segment == 1 ? 0 : 1 + rng_() % spread);
    }
    messages_ += share * 8;
  }

  void add(Receipt receipt, std::size_t behind = 0) {
    receipt.received_at.clear();  // when it comes is when the stream stores it
    traffic_.add(receipt, behind);
    ++receipts_;
  }

  void calm() {
    std::printf("[          ] calm\n");
    const auto unpublished = [&] { return receipts_ - static_cast<std::int64_t>(traffic_.published()); };
    ASSERT_TRUE(done_in_the_end([&] { return unpublished() == 0; }, unpublished)) << unpublished();
    const auto settled = [&] {
      return s_.settled() && s_.count_rows("dlr.invalid_dlrs") == 0 && s_.count_rows("dlr.aggregation_open") == 0;
    };
    const auto open = [&] {
      return s_.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE dlr_status IS NULL");
    };
    EXPECT_TRUE(done_in_the_end(settled, open)) << log_summary(s_.gateway()) << log_summary(*second_);
    for (GatewayProcess* gateway : {&s_.gateway(), second_.get()}) {
      EXPECT_TRUE(time_until_ready_is(*gateway, 200)) << gateway->get("/ready").body;
      const Metrics metrics = gateway->metrics();
      EXPECT_EQ(metrics.sum("dlr_received_total"), metrics.sum("dlr_processed_total"));
    }
    expect_rows();
    expect_events();
    expect_told();
    for (const std::string name : {"first", "second"}) watch_.forget(name);
    EXPECT_EQ(second_->terminate(), 0);
    EXPECT_EQ(s_.gateway().terminate(), 0);
  }

  // As long as something goes.
  void expect_rows() {
    TestPostgres& postgres = s_.postgres();
    for (const char* table : {"dlr.invalid_dlrs", "dlr.orphan_dlrs", "dlr.quarantined_dlrs", "dlr.outbox"})
      EXPECT_EQ(s_.count_rows(table), 0) << table;
    const std::string all = "(SELECT event_id FROM dlr.delivery_receipts UNION ALL SELECT event_id FROM dlr.late_dlrs)";
    EXPECT_EQ(postgres.count("SELECT count(*) FROM " + all + " r"), receipts_) << "receipts with an outcome";
    EXPECT_EQ(postgres.count("SELECT count(DISTINCT event_id) FROM " + all + " r"), receipts_);
    EXPECT_EQ(
        postgres.count("SELECT count(*) FROM orch.sms_messages WHERE dlr_status IS NOT NULL AND status = dlr_status"),
        messages_)
        << "messages with a final status";
    EXPECT_EQ(s_.count_rows("orch.sms_messages"), messages_);
    // What came in time was counted: in the time of the stream, whatever stood still meanwhile.
    const std::string wrongly =
        "WITH first AS (SELECT message_id, min(received_at) AS at FROM dlr.segment_dlrs GROUP BY message_id), "
        "in_time AS (SELECT s.message_id, count(DISTINCT s.segment_index) AS n FROM dlr.segment_dlrs s JOIN first f "
        "USING (message_id) WHERE s.state_key = 'T' AND s.received_at <= f.at + interval '" +
        std::to_string(plan_.grace.count()) +
        " s' GROUP BY s.message_id) SELECT count(*) FROM dlr.message_aggregates a JOIN in_time i USING (message_id) "
        "WHERE a.reason = 'grace_expired' AND i.n = a.expected";
    EXPECT_EQ(postgres.count(wrongly), 0) << "messages wrongly PARTIAL";
    EXPECT_GE(postgres.count("SELECT count(*) FROM dlr.message_aggregates WHERE status = 'PARTIAL'"), unfinished_);
  }

  void expect_events() {
    std::map<std::string, std::string> told;
    std::size_t twice = 0;
    for (const CapturedEvent& event : s_.events("billing.events")) {
      const auto [first, is_new] = told.emplace(event.message_id, event.msg_id);
      if (!is_new && first->second != event.msg_id) ++twice;
    }
    EXPECT_EQ(static_cast<std::int64_t>(told.size()), messages_) << "messages with a billing event";
    EXPECT_EQ(twice, 0U) << "messages with more than one";
    EXPECT_TRUE(s_.events("sms.dlr.unmatched").empty());
  }

  void expect_told() const {
    for (const auto& [name, finding] : watch_.findings()) {
      std::printf(
          "[          ] %s: at most %d looks without a commit, told %d times, at the latest after %d; silent for %d\n",
          name.c_str(), finding.longest_stop, finding.stops_told, finding.told_after, finding.longest_silence);
      EXPECT_LE(finding.longest_silence, kMostSilentLooks)
          << name << " did not commit, and /ready was 200 all the while; its last other word: " << finding.last_words;
    }
  }

  const RandomTroublePlan plan_;
  Rng rng_;
  Scenario s_;
  std::unique_ptr<GatewayProcess> second_;
  Traffic traffic_;
  Watch watch_;
  std::int64_t receipts_ = 0, messages_ = 0, unfinished_ = 0;
};

}  // namespace

void run_random_trouble(const RandomTroublePlan& plan) {
  SCOPED_TRACE("--seed " + std::to_string(plan.seed));
  std::printf("[          ] --seed %llu\n", static_cast<unsigned long long>(plan.seed));
  RandomTrouble(plan).run();
}

}  // namespace dlrgw::test
