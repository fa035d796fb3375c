// SPDX-License-Identifier: Apache-2.0
// What the plugin contributes.
#include <algorithm>

#include <dlrgw/cpp/retention.hpp>
#include <dlrgw/plugin.hpp>

#include "message/month_partitions.hpp"
#include "portal_routes.hpp"
#include "segments_stage.hpp"
#include "sql_migrations.hpp"
#include "sweep.hpp"

namespace dlrgw::segments {
namespace {

constexpr dlrgw_option kOptions[] = {
    option("grace", DLRGW_OPTION_DURATION, "24h", "how long a message waits for its segments after its first receipt"),
    option("sweep_every", DLRGW_OPTION_DURATION, "5m", "how often messages past their deadline are looked for"),
    option("legacy_subjects", DLRGW_OPTION_BOOL, "true", "also publish billing.events and webhook.dispatch"),
    option("segment_dlr", DLRGW_OPTION_STRING, "per_segment",
           "single: one receipt stands for all segments of a message", DLRGW_OPTION_OPERATOR, "per_segment|single"),
    Retention::option(),
};
constexpr dlrgw_reason kReasons[] = {reason("late", DLRGW_OUTCOME_LATE)};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL), str(DLRGW_SERVICE_EVENTS), str(DLRGW_SERVICE_ATTRIBUTES)};

std::int64_t positive(const Config& config, std::string_view key, std::int64_t least_us, std::string_view least) {
  const std::int64_t value = config.duration_us(key).value_or(0);
  if (value < least_us) config.refuse({}, key, {}, "must be at least " + std::string(least));
  return std::max(value, least_us);
}

std::string sweep_schedule(const Config& config) {
  return "every " + std::to_string(positive(config, "sweep_every", 1'000'000, "1s") / 1'000'000) + "s";
}

class Segments {
 public:
  static PluginInfo info() {
    return {.id = "segments",
            .version = "1.0.0",
            .vendor = "dlr-gateway",
            .description = "Gives messages their final status, publishes it and shows it to their account",
            .options = kOptions,
            .reasons = kReasons,
            .migrations = kMigrations,
            .services = kServices};
  }

  Segments(Host host, Registrar& registrar)
      : config_(host),
        shared_(host, positive(config_, "grace", 1'000'000, "1s"), config_.boolean("legacy_subjects").value_or(true)),
        sweep_(host, shared_),
        schedule_(sweep_schedule(config_)),
        portal_(host),
        partitions_(host, {{"dlr.segment_dlrs", "filed_under", "dlr.make_segment_partitions"},
                           {"dlr.message_aggregates", "filed_under", "dlr.make_aggregate_partitions"}}),
        retention_(host, {{"dlr.segment_dlrs", "received_at", {}, "dlr.drop_segment_month"},
                          {"dlr.segment_dlrs_undated", "received_at"},
                          {"dlr.segment_dlrs_default", "received_at"},
                          {"dlr.message_aggregates", "decided_at", {}, "dlr.drop_aggregate_month"},
                          {"dlr.message_aggregates_undated", "decided_at"},
                          {"dlr.message_aggregates_default", "decided_at"}}) {
    registrar.stage({"segments", {"decision"}, {"finalised"}, DLRGW_STAGE_ESSENTIAL},
                    [this](std::uint32_t) { return std::make_unique<SegmentsStage>(shared_); });
    registrar.job({"segments.sweep", schedule_, true}, [this](const JobContext& context) { sweep_.run(context); });
    portal_.add_to(registrar);
    partitions_.add_to(registrar, "segments.partitions");
    retention_.add_to(registrar, "segments.retention", "daily 03:20");
  }

 private:
  Config config_;
  SegmentsShared shared_;
  Sweep sweep_;
  std::string schedule_;
  PortalRoutes portal_;
  message::MonthPartitions partitions_;
  Retention retention_;
};

}  // namespace
}  // namespace dlrgw::segments

DLRGW_PLUGIN(dlrgw::segments::Segments)
