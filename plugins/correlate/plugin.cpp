// Contributions of the plugin `correlate`: the stage, the gauge's clockwork, and the tables of orphans.
#include <dlrgw/plugin.hpp>

#include "correlate_stage.hpp"
#include "sql_migrations.hpp"

namespace dlrgw::correlate {
namespace {

constexpr dlrgw_option kOptions[] = {
    option("retries", DLRGW_OPTION_INT, "2", "look-ups after the first before a receipt becomes an orphan, 0 to 19"),
    option("retry_delay", DLRGW_OPTION_DURATION, "3s",
           "time between two look-ups; over 10s the receipt goes back to NATS"),
    option("window", DLRGW_OPTION_DURATION, "96h", "how long before the receipt its submit may lie"),
};
// In the order of the kReason constants.
constexpr dlrgw_reason kReasons[] = {
    reason("awaiting_correlation"),
    reason("no_correlation", DLRGW_OUTCOME_ORPHAN),
    reason("ambiguous_correlation", DLRGW_OUTCOME_ORPHAN),
    reason("message_missing", DLRGW_OUTCOME_ORPHAN),
    reason("redelivered", DLRGW_OUTCOME_REDELIVERED),
    reason("event_id_reused"),
};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL),    str(DLRGW_SERVICE_EVENTS),     str(DLRGW_SERVICE_PII),
                                   str(DLRGW_SERVICE_EDIT),   str(DLRGW_SERVICE_ATTRIBUTES), str(DLRGW_SERVICE_DIGEST),
                                   str(DLRGW_SERVICE_CLOCK),  str(DLRGW_SERVICE_CONFIG),     str(DLRGW_SERVICE_LOG),
                                   str(DLRGW_SERVICE_METRICS)};

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
  CorrelatePlugin(Host host, Registrar& registrar) : shared_(host) {
    registrar.stage({.name = "correlate",
                     .needs = {"status", "fingerprint"},
                     .provides = {"correlation"},
                     .flags = DLRGW_STAGE_ESSENTIAL},
                    [this](std::uint32_t) { return std::make_unique<CorrelateStage>(shared_); });
    // Without receipts nothing else would let the rate fall.
    registrar.job({.name = "correlate.orphan_rate", .schedule = "every 15s"},
                  [this](const JobContext&) { shared_.count(0, 0); });
  }

 private:
  Shared shared_;
};

}  // namespace
using Plugin = CorrelatePlugin;
}  // namespace dlrgw::correlate

DLRGW_PLUGIN(dlrgw::correlate::Plugin)
