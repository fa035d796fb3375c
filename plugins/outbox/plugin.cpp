// SPDX-License-Identifier: Apache-2.0
// What the plugin contributes.
#include <dlrgw/cpp/retention.hpp>
#include <dlrgw/plugin.hpp>

#include "event_sink.hpp"
#include "message/month_partitions.hpp"
#include "outbox_routes.hpp"
#include "receipt_stage.hpp"
#include "relay.hpp"
#include "sql_migrations.hpp"

namespace dlrgw::outbox {
namespace {

constexpr dlrgw_option kOptions[] = {Retention::option()};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL), str(DLRGW_SERVICE_PUBLISH), str(DLRGW_SERVICE_PII),
                                   str(DLRGW_SERVICE_JOBS)};

class Outbox {
 public:
  static PluginInfo info() {
    return {.id = "outbox",
            .version = "1.0.0",
            .vendor = "dlr-gateway",
            .description = "Stores receipts and events; publishes what was committed",
            .options = kOptions,
            .migrations = kMigrations,
            .services = kServices};
  }

  Outbox(Host host, Registrar& registrar)
      : receipts_(host),
        sink_(host),
        relay_(host),
        partitions_(host, {{"dlr.delivery_receipts", "filed_under", "dlr.make_receipt_partitions"}}),
        routes_(host),
        retention_(host, {{"dlr.delivery_receipts", "processed_at", {}, "dlr.drop_receipt_month"},
                          {"dlr.delivery_receipts_undated", "processed_at"},
                          {"dlr.delivery_receipts_default", "processed_at"}}) {
    registrar.stage({"outbox", {"decision"}, {"persisted"}, DLRGW_STAGE_ESSENTIAL},
                    [this](std::uint32_t) { return std::make_unique<ReceiptStage>(receipts_); });
    registrar.sink("outbox", sink_);
    registrar.job({kRelayJob, "continuous", true}, [this](const JobContext& context) { relay_.run(context); });
    partitions_.add_to(registrar, "outbox.partitions");
    routes_.add_to(registrar);
    retention_.add_to(registrar, "outbox.retention", "daily 03:30");
  }

 private:
  ReceiptShared receipts_;
  EventSink sink_;
  Relay relay_;
  message::MonthPartitions partitions_;
  OutboxRoutes routes_;
  Retention retention_;
};

}  // namespace
}  // namespace dlrgw::outbox

DLRGW_PLUGIN(dlrgw::outbox::Outbox)
