// SPDX-License-Identifier: Apache-2.0
// Contributions of the plugin `correlate`: the stage, and what looks after the orphans.
#include <algorithm>

#include <dlrgw/cpp/retention.hpp>
#include <dlrgw/plugin.hpp>

#include "archive.hpp"
#include "captured_receipts.hpp"
#include "correlate_stage.hpp"
#include "message/month_partitions.hpp"
#include "orphan_routes.hpp"
#include "recorrelate.hpp"
#include "sql_migrations.hpp"

namespace dlrgw::correlate {
namespace {

constexpr dlrgw_option kOptions[] = {
    option("retries", DLRGW_OPTION_INT, "2",
           "look-ups after the first before a receipt becomes an orphan, 0 to 19 and at most max_retries of [intake]",
           DLRGW_OPTION_RETRIES),
    option("retry_delay", DLRGW_OPTION_DURATION, "3s",
           "time between two look-ups; over 10s the receipt goes back to NATS"),
    option("window", DLRGW_OPTION_DURATION, "96h", "how long before the receipt its submit may lie"),
    option("recorrelate_every", DLRGW_OPTION_DURATION, "5m", "how often orphans are looked up again, at least 1s"),
    option("hot_days", DLRGW_OPTION_INT, "30", "days after the end of a month until its orphans go to the archive"),
    option("archive_every", DLRGW_OPTION_DURATION, "1h", "how often months that are due are looked for"),
    option("archive_dir", DLRGW_OPTION_STRING, "/var/lib/dlr-gateway", "where the archive writes its temporary file"),
    option("s3_endpoint", DLRGW_OPTION_STRING, "", "http(s)://host[:port] of the archive; empty: nothing is archived"),
    option("s3_bucket", DLRGW_OPTION_STRING, "ghasi-dlr-archive", "bucket of the archive"),
    option("s3_region", DLRGW_OPTION_STRING, "us-east-1", "region that requests are signed for"),
    option("s3_key_id", DLRGW_OPTION_STRING, "", "access key of the archive"),
    option("s3_secret", DLRGW_OPTION_STRING, "", "its secret", DLRGW_OPTION_SECRET),
    option("s3_timeout", DLRGW_OPTION_DURATION, "30s", "how long the archive may be silent, at least 1s"),
    Retention::option(),
};
// In the order of the kReason constants.
constexpr dlrgw_reason kReasons[] = {
    reason("awaiting_correlation"),
    reason("no_correlation", DLRGW_OUTCOME_ORPHAN),
    reason("ambiguous_correlation", DLRGW_OUTCOME_ORPHAN),
    reason("message_missing", DLRGW_OUTCOME_ORPHAN),
    reason("redelivered", DLRGW_OUTCOME_REDELIVERED),
    reason("event_id_reused"),
    reason("dedup", DLRGW_OUTCOME_DEDUP),
};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL),     str(DLRGW_SERVICE_EVENTS),     str(DLRGW_SERVICE_PII),
                                   str(DLRGW_SERVICE_EDIT),    str(DLRGW_SERVICE_ATTRIBUTES), str(DLRGW_SERVICE_DIGEST),
                                   str(DLRGW_SERVICE_CLOCK),   str(DLRGW_SERVICE_CONFIG),     str(DLRGW_SERVICE_LOG),
                                   str(DLRGW_SERVICE_METRICS), str(DLRGW_SERVICE_PIPELINE)};

std::string every(const Config& config, std::string_view key) {
  constexpr std::int64_t kSecondUs = 1'000'000;
  const std::int64_t us = config.duration_us(key).value_or(0);
  if (us < kSecondUs) config.refuse({}, key, {}, "must be at least 1s");
  return "every " + std::to_string(std::max(us, kSecondUs) / kSecondUs) + "s";
}

// The archive begins each run by reading the rules of its bucket: that needs the store, the credentials and the bucket.
void ask_store(S3Settings settings) {
  settings.timeout = std::min(settings.timeout, std::chrono::seconds(8));
  S3Client store(std::move(settings), [] { return false; });
  (void)store.lifecycle();
}

class CorrelatePlugin {
 public:
  static PluginInfo info() {
    return {.id = "correlate",
            .version = "0.1.0",
            .vendor = "dlr-gateway",
            .description = "Finds the message of a receipt; keeps receipts without one as orphans",
            .options = kOptions,
            .reasons = kReasons,
            .migrations = kMigrations,
            .services = kServices};
  }
  CorrelatePlugin(Host host, Registrar& registrar)
      : config_(host),
        shared_(host),
        recorrelation_(host, shared_.options.window_us, kClockSkewUs),
        routes_(host, recorrelation_),
        partitions_(host, {{"dlr.orphan_dlrs", "received_at", "dlr.make_orphan_partitions"}}),
        probes_(host),
        captured_(host),
        tools_(host),
        archive_options_(read_archive_options(config_)),
        archive_(host, archive_options_),
        retention_(host, {{"dlr.orphan_resolutions", "resolved_at"}}) {
    registrar.stage({.name = "correlate",
                     .needs = {"status", "fingerprint"},
                     .provides = {"correlation"},
                     .flags = DLRGW_STAGE_ESSENTIAL},
                    [this](std::uint32_t) { return std::make_unique<CorrelateStage>(shared_); });
    // Without receipts nothing else would let the rate fall.
    registrar.job({.name = "correlate.orphan_rate", .schedule = "every 15s"},
                  [this](const JobContext&) { shared_.count(0, 0); });
    registrar.job({.name = "correlate.recorrelate", .schedule = every(config_, "recorrelate_every"), .singleton = true},
                  [this](const JobContext& context) { recorrelation_.run(context); });
    partitions_.add_to(registrar, "correlate.partitions");
    registrar.job({.name = "correlate.archive", .schedule = every(config_, "archive_every"), .singleton = true},
                  [this](const JobContext& context) { archive_.run(context); });
    if (archive_options_.s3) probes_.add("s3", [this] { ask_store(*archive_options_.s3); });
    retention_.add_to(registrar, "correlate.retention", "daily 03:00");
    routes_.add_to(registrar);
    captured_.add_to(tools_);
  }

 private:
  Config config_;
  CorrelateParts shared_;
  Recorrelation recorrelation_;
  OrphanRoutes routes_;
  message::MonthPartitions partitions_;
  Probes probes_;
  CapturedReceipts captured_;
  Tools tools_;
  ArchiveOptions archive_options_;
  Archive archive_;
  Retention retention_;
};

}  // namespace
using Plugin = CorrelatePlugin;
}  // namespace dlrgw::correlate

DLRGW_PLUGIN(dlrgw::correlate::Plugin)
