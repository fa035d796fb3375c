// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <array>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Labels = std::vector<std::string_view>;

class MetricsTest : public ::testing::Test {
 protected:
  MetricId define(MetricType type, std::string name, std::vector<std::string> labels = {},
                  std::vector<double> buckets = {}) {
    const auto id = metrics_.define({type, std::move(name), "help", std::move(labels), std::move(buckets)});
    EXPECT_TRUE(id) << id.error().text;
    return *id;
  }
  std::string refusal(MetricDef def) {
    const auto id = metrics_.define(def);
    return id ? std::string() : id.error().text;
  }
  Metrics metrics_{{"op1", "op2"}};
};

TEST_F(MetricsTest, CountsSetsAndObserves) {
  const auto counter = define(MetricType::kCounter, "a_total", {"status", "outcome"});
  const auto gauge = define(MetricType::kGauge, "b");
  const auto histogram = define(MetricType::kHistogram, "c_seconds", {}, {0.005, 0.01, 0.1, 1});
  metrics_.record(counter, Labels{"x", "y"}, 2);
  metrics_.record(counter, Labels{"x", "y"}, 1);
  metrics_.record(gauge, {}, 7);
  metrics_.record(gauge, {}, -1.5);
  metrics_.record(histogram, {}, 0.05);
  EXPECT_EQ(metrics_.value(counter, Labels{"x", "y"}), 3);
  EXPECT_EQ(metrics_.value(counter, Labels{"y", "x"}), 0);
  EXPECT_EQ(metrics_.value(gauge, {}), -1.5);
  const std::string text = metrics_.expose();
  EXPECT_THAT(text, HasSubstr("# TYPE a_total counter\na_total{outcome=\"y\",status=\"x\"} 3"));
  EXPECT_THAT(text, HasSubstr("b -1.5"));
  for (const char* bucket : {"le=\"0.005\"} 0", "le=\"0.01\"} 0", "le=\"0.1\"} 1", "le=\"1\"} 1", "le=\"+Inf\"} 1"})
    EXPECT_THAT(text, HasSubstr(std::string("c_seconds_bucket{") + bucket));
  EXPECT_THAT(text, HasSubstr("c_seconds_count 1"));
}

TEST_F(MetricsTest, UnlabelledCountersStartAtZeroAndGaugesStartAbsent) {
  define(MetricType::kCounter, "a_total");
  define(MetricType::kHistogram, "h", {}, {1});
  define(MetricType::kGauge, "leader_only");
  EXPECT_THAT(metrics_.expose(), HasSubstr("\na_total 0"));
  EXPECT_THAT(metrics_.expose(), HasSubstr("h_count 0"));
  EXPECT_THAT(metrics_.expose(), Not(HasSubstr("leader_only")));
}

TEST_F(MetricsTest, SameShapeIsTheSameFamilyAnotherIsRefused) {
  const auto first = define(MetricType::kCounter, "a_total", {"x"});
  EXPECT_EQ(define(MetricType::kCounter, "a_total", {"x"}), first);
  EXPECT_THAT(refusal({MetricType::kCounter, "a_total", "help", {"y"}, {}}),
              HasSubstr("already defined by the gateway as counter {x}; the gateway wants counter {y}; use the same "
                        "shape or another name, or restart the gateway"));
  EXPECT_THAT(
      refusal({MetricType::kGauge, "a_total", "help", {"x"}, {}, "plugin acme"}),
      HasSubstr("already defined by the gateway as counter {x}; plugin acme wants gauge {x}; use the same shape "
                "or another name"));
}

TEST_F(MetricsTest, RefusesBadDefinitions) {
  EXPECT_THAT(refusal({MetricType::kGauge, "1a", "", {}, {}}), HasSubstr("not a Prometheus name"));
  EXPECT_THAT(refusal({MetricType::kGauge, "a", "", {"b-c"}, {}}), HasSubstr("label b-c"));
  EXPECT_THAT(refusal({MetricType::kGauge, "a", "", {"b", "b"}, {}}), HasSubstr("named twice"));
  EXPECT_THAT(refusal({MetricType::kCounter, "a", "", {}, {}}), HasSubstr("end in _total"));
  EXPECT_THAT(refusal({MetricType::kHistogram, "a", "", {}, {}}), HasSubstr("needs bucket"));
  EXPECT_THAT(refusal({MetricType::kHistogram, "a", "", {}, {2, 1}}), HasSubstr("must ascend"));
  EXPECT_THAT(refusal({MetricType::kHistogram, "a", "", {}, {1, 1}}), HasSubstr("must ascend"));
  EXPECT_THAT(refusal({MetricType::kHistogram, "a", "", {"le"}, {1}}), HasSubstr("label le"));
  EXPECT_THAT(refusal({MetricType::kGauge, "a", "", {}, {1}}), HasSubstr("only a histogram"));
  EXPECT_THAT(refusal({static_cast<MetricType>(9), "a", "", {}, {}}), HasSubstr("unknown type"));
}

TEST_F(MetricsTest, UnknownOperatorsBecomeOther) {
  const auto id = define(MetricType::kCounter, "a_total", {"kind", "operatorId"});
  metrics_.record(id, Labels{"k", "op1"}, 1);
  metrics_.record(id, Labels{"k", "evil1"}, 1);
  metrics_.record(id, Labels{"k", "evil2"}, 1);
  EXPECT_EQ(metrics_.value(id, Labels{"k", "other"}), 2);
  EXPECT_THAT(metrics_.expose(), Not(HasSubstr("evil")));
  metrics_.set_operators({"evil1"}, 0);
  metrics_.record(id, Labels{"k", "evil1"}, 5);
  EXPECT_EQ(metrics_.value(id, Labels{"k", "evil1"}), 5);
}

TEST_F(MetricsTest, OperatorsThatAreSeenGetLabelsUpToALimit) {
  metrics_.set_operators({"op1"}, 2);
  const auto id = define(MetricType::kCounter, "a_total", {"operatorId"});
  const auto quiet = define(MetricType::kCounter, "b_total", {"operatorId"});
  for (const char* name : {"new1", "new2", "op1", "new1"}) metrics_.record(id, Labels{name}, 1);
  EXPECT_FALSE(metrics_.operators_overflowed());
  for (const char* name : {"new3", "new4"}) metrics_.record(id, Labels{name}, 1);
  EXPECT_TRUE(metrics_.operators_overflowed());
  EXPECT_EQ(metrics_.value(id, Labels{"new1"}), 2);
  EXPECT_EQ(metrics_.value(id, Labels{"other"}), 2);
  EXPECT_EQ(metrics_.value(quiet, Labels{"new2"}), 0);
  EXPECT_THAT(metrics_.expose(), HasSubstr("b_total{operatorId=\"new2\"} 0"));
  EXPECT_THAT(metrics_.expose(), Not(HasSubstr("new3")));
}

TEST_F(MetricsTest, RemovesASeries) {
  const auto id = define(MetricType::kGauge, "pending");
  metrics_.record(id, {}, 3);
  EXPECT_THAT(metrics_.expose(), HasSubstr("\npending 3"));
  metrics_.remove(id, {});
  metrics_.remove(id, {});
  EXPECT_THAT(metrics_.expose(), Not(HasSubstr("pending 3")));
  metrics_.record(id, {}, 4);
  EXPECT_EQ(metrics_.value(id, {}), 4);
}

TEST_F(MetricsTest, WhatDoesNotFitIsCountedAndHarmless) {
  const auto id = define(MetricType::kCounter, "a_total", {"x"});
  metrics_.record(id, {}, 1);
  metrics_.record(id, Labels{"v"}, -1);
  metrics_.record(id, Labels{"v"}, std::numeric_limits<double>::quiet_NaN());
  metrics_.record(id, Labels{"\xff"}, 1);
  metrics_.record(0, {}, 1);
  metrics_.record(999'999, {}, 1);
  EXPECT_EQ(metrics_.value(id, Labels{"v"}), 0);
  EXPECT_THAT(metrics_.expose(), HasSubstr("dlr_metric_refused_total{metric=\"a_total\"} 4"));
  EXPECT_THAT(metrics_.expose(), HasSubstr("dlr_metric_refused_total{metric=\"undefined\"} 2"));
}

TEST_F(MetricsTest, BoundsTheNumberOfSeries) {
  const auto id = define(MetricType::kGauge, "g", {"x"});
  for (std::size_t i = 0; i < kMaxSeries + 10; ++i) {
    const std::string label = "value-" + std::to_string(i);
    metrics_.record(id, Labels{label}, 1);
  }
  EXPECT_THAT(metrics_.expose(), HasSubstr("dlr_metric_refused_total{metric=\"g\"} 10"));
}

TEST_F(MetricsTest, LabelsWithLongOrOddValuesDoNotCollide) {
  const auto id = define(MetricType::kCounter, "a_total", {"x", "y"});
  metrics_.record(id, Labels{"ab", "c"}, 1);
  metrics_.record(id, Labels{"a", "bc"}, 10);
  const std::string big(200, 'z');
  metrics_.record(id, Labels{big, "c"}, 100);
  EXPECT_EQ(metrics_.value(id, Labels{"ab", "c"}), 1);
  EXPECT_EQ(metrics_.value(id, Labels{"a", "bc"}), 10);
  EXPECT_EQ(metrics_.value(id, Labels{big, "c"}), 100);
}

TEST_F(MetricsTest, ManyThreadsLoseNothing) {
  const auto id = define(MetricType::kCounter, "a_total", {"x"});
  const auto gauge = define(MetricType::kGauge, "g", {"x"});
  constexpr std::array<std::string_view, 3> kValues{"a", "b", "c"};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 3'000; ++i) {
        metrics_.record(id, std::span(&kValues[i % 3], 1), 1);
        metrics_.record(gauge, std::span(&kValues[i % 3], 1), 1);
        if (i % 7 == 0) metrics_.remove(gauge, std::span(&kValues[i % 3], 1));
        if (i % 1'000 == 0) {
          EXPECT_FALSE(metrics_.expose().empty());
        }
      }
    });
  for (auto& thread : threads) thread.join();
  for (const std::string_view value : kValues) EXPECT_EQ(metrics_.value(id, std::span(&value, 1)), 4'000);
}

}  // namespace
}  // namespace dlrgw::host
