// SPDX-License-Identifier: Apache-2.0
#include "demo/run.hpp"

#include <functional>
#include <stdexcept>

#include "demo/planner.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::demo {

volatile std::sig_atomic_t g_interrupted = 0;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPollInterval{200};
constexpr std::chrono::seconds kSettleDeadline{120};

class Run {
 public:
  Run(test::Scenario& scenario, const Manifest& manifest, Progress& progress)
      : scenario_(scenario), manifest_(manifest), progress_(progress) {}

  void publish(Phase phase) {
    std::vector<test::NatsMessage> messages;
    for (const auto& receipt : manifest_.receipts)
      if (receipt.phase == phase) messages.push_back({test::kInboundSubject, receipt.payload, {}, {}, 0});
    scenario_.nats().publish(messages);
    published_ += messages.size();
  }

  void wait_until(Clock::time_point when) {
    poll_until([when] { return Clock::now() >= when; }, std::chrono::seconds(60), "the time of the correlations");
  }

  // A day passes for these messages: what is stored about them becomes older, and the sweep runs.
  void let_a_day_pass(const std::vector<std::string>& message_ids) {
    std::string ids;
    for (const auto& id : message_ids) ids += (ids.empty() ? "'" : ",'") + id + "'";
    auto& postgres = scenario_.postgres();
    postgres.exec(
        "UPDATE orch.sms_messages SET processed_at = processed_at - interval '25 hours', dlr_received_at = "
        "dlr_received_at - interval '25 hours' WHERE message_id IN (" +
        ids + "); UPDATE dlr.aggregation_open SET deadline = deadline - interval '25 hours' WHERE message_id IN (" +
        ids + ")");
    poll_until([&] { return postgres.count("SELECT count(*) FROM dlr.aggregation_open WHERE deadline < now()") == 0; },
               kSettleDeadline, "the sweep");
  }

  void settle() {
    poll_until([this] { return scenario_.settled() && counted() >= static_cast<double>(published_); }, kSettleDeadline,
               "all receipts being settled");
  }

 private:
  double counted() { return scenario_.gateway().metrics().sum("dlr_processed_total"); }

  void poll_until(const std::function<bool()>& done, std::chrono::seconds limit, const std::string& what) {
    const auto deadline = Clock::now() + limit;
    while (!done()) {
      if (g_interrupted != 0) throw Interrupted{};
      if (!scenario_.gateway().running()) throw std::runtime_error("the gateway ended on its own");
      if (Clock::now() > deadline) throw std::runtime_error("gave up waiting for " + what + "; " + status());
      progress_.show(status());
      test::beat(kPollInterval);
    }
    progress_.show(status());
  }

  std::string status() {
    const auto consumer = scenario_.nats().consumer_state(test::kInboundStream, test::kInboundConsumer);
    const auto events = scenario_.nats().stream_state(test::kCaptureStream);
    const auto metrics = scenario_.gateway().metrics();
    const auto whole = [](double value) { return std::to_string(static_cast<std::int64_t>(value)); };
    return "published " + std::to_string(published_) + "  processed " + whole(metrics.sum("dlr_processed_total")) +
           "  applied " + whole(metrics.sum("dlr_processed_total", {{"outcome", "applied"}})) + "  orphans " +
           whole(metrics.sum("dlr_orphans_total")) + "  in flight " +
           std::to_string(consumer ? consumer->ack_pending : 0) + "  outbox " +
           std::to_string(scenario_.count_rows("dlr.outbox")) + "  events " +
           std::to_string(events ? events->messages : 0);
  }

  test::Scenario& scenario_;
  const Manifest& manifest_;
  Progress& progress_;
  std::size_t published_ = 0;
};

}  // namespace

std::string demo_config() {
  std::string text = test::read_file(DLRGW_DEMO_CONFIG);
  const std::string shipped = R"(sweep_every = "5m")";
  const auto at = text.find(shipped);
  if (at == std::string::npos) throw std::runtime_error("the shipped configuration has no " + shipped);
  text.replace(at, shipped.size(), R"(sweep_every = "1s")");
  return text + "\n[operators.\"" + kSingle + "\"]\nsegment_dlr = \"single\"\n";
}

void run(test::Scenario& scenario, const Manifest& manifest, Progress& progress) {
  auto& postgres = scenario.postgres();
  test::insert_messages(postgres, manifest.messages);
  test::insert_correlations(postgres, manifest.correlations);
  Run steps(scenario, manifest, progress);
  steps.publish(Phase::kFirst);
  const auto early = Clock::now();  // no look-up for an early receipt happens before this moment
  steps.publish(Phase::kEarly);
  steps.wait_until(early + std::chrono::seconds(2));
  test::insert_correlations(postgres, manifest.after_2s);
  steps.wait_until(early + std::chrono::seconds(4));
  test::insert_correlations(postgres, manifest.after_4s);
  steps.settle();
  steps.let_a_day_pass(manifest.a_day_older);
  test::insert_correlations(postgres, manifest.before_second);
  steps.publish(Phase::kSecond);
  steps.settle();
}

}  // namespace dlrgw::demo
