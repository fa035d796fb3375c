// SPDX-License-Identifier: Apache-2.0
#include "jobs/scheduler.hpp"

#include <atomic>
#include <functional>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/retired_jobs.hpp"
#include "support/eventually.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using ::testing::HasSubstr;

// The code of one job; run() is called on its thread.
struct Code {
  std::function<std::int32_t(const dlrgw_job_context&)> run;
  std::atomic<int> calls{0};
  std::atomic<int> inside{0};
  std::atomic<int> most_inside{0};
};

JobSlot slot(const std::string& name, Code& code, Schedule schedule) {
  JobSlot out;
  out.name = name;
  out.plugin = "fixture";
  out.schedule = schedule;
  out.schedule_text = "as the test says";
  out.user = &code;
  out.table.run = [](void* user, const dlrgw_job_context* context, dlrgw_error*) -> std::int32_t {
    auto& c = *static_cast<Code*>(user);
    ++c.calls;
    const int now = ++c.inside;
    if (now > c.most_inside) c.most_inside = now;
    struct Leave {
      Code& code;
      ~Leave() { --code.inside; }
    } leave{c};
    return c.run(*context);
  };
  return out;
}

Schedule every(std::chrono::microseconds period) { return {Schedule::Kind::kEvery, period.count(), 0}; }
Schedule never() { return every(24h); }

class SchedulerTest : public testing::Test {
 protected:
  std::shared_ptr<Scheduler> scheduler(std::vector<JobSlot> jobs) {
    return std::make_shared<Scheduler>(JobDeps{clock_, log_, host_metrics_, locks_}, std::move(jobs), nullptr);
  }
  std::string logged() {
    const MutexLock lock(mutex_);
    return lines_;
  }

  SystemClock clock_;
  Mutex mutex_;
  std::string lines_ DLRGW_GUARDED_BY(mutex_);
  Logger log_{"test", Level::kInfo, [this](std::string_view line) {
                const MutexLock lock(mutex_);
                lines_ += line;
              }};
  Metrics metrics_{{}};
  HostMetrics host_metrics_{metrics_};
  LockSession locks_{PoolConfig{}};  // no singletons here
  Code code_;
};

TEST_F(SchedulerTest, OneThatFailsIsReportedMeteredAndTriedAgain) {
  code_.run = [&](const dlrgw_job_context&) -> std::int32_t {
    if (code_.calls == 1) throw 42;
    return code_.calls == 2 ? DLRGW_E_UNAVAILABLE : DLRGW_OK;
  };
  const auto jobs = scheduler({slot("acme.sweep", code_, every(10ms))});
  jobs->start(nullptr);
  ASSERT_TRUE(eventually([&] { return jobs->status()[0].runs >= 3; }));
  EXPECT_EQ(jobs->status()[0].last_error, "");
  EXPECT_THAT(logged(), HasSubstr(R"("event":"dlr.plugin.failed")"));
  EXPECT_THAT(logged(), HasSubstr(R"("plugin":"fixture","job":"acme.sweep")"));
  EXPECT_THAT(logged(), HasSubstr("threw"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(dlr_job_runs_total{job="acme.sweep",result="failed"} 2)"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(dlr_plugin_errors_total{kind="job",plugin="fixture"} 2)"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(dlr_job_duration_seconds_count{job="acme.sweep"})"));
}

TEST_F(SchedulerTest, OneThatLastsLongerThanItsPeriodNeverOverlaps) {
  code_.run = [&](const dlrgw_job_context& context) -> std::int32_t {
    static_cast<void>(context.wait(context.self, 35));
    return DLRGW_OK;
  };
  const auto jobs = scheduler({slot("acme.slow", code_, every(10ms))});
  jobs->start(nullptr);
  ASSERT_TRUE(eventually([&] { return jobs->status()[0].runs >= 3; }));
  EXPECT_EQ(code_.most_inside, 1);
  EXPECT_THAT(logged(), HasSubstr(R"("event":"dlr.job.overrun")"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(dlr_job_overruns_total{job="acme.slow"} )"));
}

TEST_F(SchedulerTest, RunsOnRequestBetweenTheTurns) {
  std::atomic<bool> go{false};
  code_.run = [&](const dlrgw_job_context&) -> std::int32_t {
    eventually([&] { return go.load(); });
    return DLRGW_OK;
  };
  const auto jobs = scheduler({slot("acme.daily", code_, never())});
  jobs->start(nullptr);
  EXPECT_EQ(jobs->run_now("acme.other").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(eventually([&] { return jobs->status()[0].next_us > 0; }));
  EXPECT_TRUE(jobs->run_now("acme.daily"));
  ASSERT_TRUE(eventually([&] { return jobs->status()[0].running; }));
  EXPECT_EQ(jobs->run_now("acme.daily").error().code, ErrorCode::kTransient);
  go = true;
  ASSERT_TRUE(eventually([&] { return jobs->status()[0].runs == 1 && jobs->status()[0].next_us > 0; }));
  EXPECT_GT(jobs->status()[0].next_us, clock_.now_us() + 23 * 3'600'000'000LL) << "its own turn stays";
  EXPECT_EQ(code_.calls, 1);
}

TEST_F(SchedulerTest, WakeEndsAWaitAndIsNotLost) {
  std::atomic<int> woken{0};
  code_.run = [&](const dlrgw_job_context& context) -> std::int32_t {
    while (true) {
      const std::int32_t answer = context.wait(context.self, 60'000);
      if (answer == DLRGW_JOB_STOP) return DLRGW_OK;
      if (answer == DLRGW_JOB_WOKEN) ++woken;
    }
  };
  const auto jobs = scheduler({slot("acme.relay", code_, Schedule{})});
  jobs->wake("acme.relay");  // before it waits
  jobs->start(nullptr);
  ASSERT_TRUE(eventually([&] { return woken == 1; }));
  jobs->wake("acme.relay");
  ASSERT_TRUE(eventually([&] { return woken == 2; }));
  jobs->request_stop();
  EXPECT_TRUE(jobs->wait_ended(test::kPatience));
}

TEST_F(SchedulerTest, OneThatIgnoresItsStopIsReportedAndHoldsUpItsSuccessorOnly) {
  std::atomic<bool> let_go{false};
  code_.run = [&](const dlrgw_job_context&) -> std::int32_t {
    eventually([&] { return let_go.load(); });
    return DLRGW_OK;
  };
  Code other;
  other.run = [](const dlrgw_job_context& context) -> std::int32_t {
    return context.wait(context.self, 60'000) == DLRGW_JOB_STOP ? DLRGW_OK : DLRGW_E_INTERNAL;
  };
  RetiredJobs retired(log_, host_metrics_, 50ms);
  auto first = scheduler({slot("acme.stuck", code_, Schedule{}), slot("acme.good", other, Schedule{})});
  first->start(nullptr);
  ASSERT_TRUE(eventually([&] { return code_.inside == 1 && other.inside == 1; }));

  const auto second = scheduler({slot("acme.stuck", code_, Schedule{}), slot("acme.good", other, Schedule{})});
  second->start(first.get());
  retired.take(std::move(first));
  ASSERT_TRUE(eventually([&] { return other.calls == 2; })) << "the good one has its successor at once";
  ASSERT_TRUE(eventually([&] { return logged().find("ignores that it was told to stop") != std::string::npos; }));
  EXPECT_THAT(logged(), HasSubstr(R"("job":"acme.stuck")"));
  EXPECT_EQ(logged().find("acme.good"), std::string::npos);
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(dlr_plugin_errors_total{kind="job_stop",plugin="fixture"} 1)"));
  EXPECT_EQ(retired.wait_ended(0ms), std::vector<std::string>{"acme.stuck"});
  EXPECT_TRUE(second->status()[0].waiting);
  EXPECT_EQ(second->run_now("acme.stuck").error().code, ErrorCode::kTransient);

  // A further swap while it is stuck: the third waits for the first, not only for the second.
  auto third = scheduler({slot("acme.stuck", code_, Schedule{})});
  third->start(second.get());
  retired.take(second);
  ASSERT_TRUE(eventually([&] { return third->status()[0].waiting; }));
  EXPECT_TRUE(second->wait_ended(test::kPatience));
  EXPECT_EQ(code_.calls, 1);
  let_go = true;
  ASSERT_TRUE(eventually([&] { return code_.calls >= 2; }));
  EXPECT_EQ(code_.most_inside, 1);
  EXPECT_TRUE(eventually([&] { return retired.wait_ended(0ms).empty(); }));
}

}  // namespace
}  // namespace dlrgw::host
