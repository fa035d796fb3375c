// What the plugin contributes.
#include <dlrgw/plugin.hpp>

#include "event_sink.hpp"
#include "receipt_stage.hpp"
#include "relay.hpp"
#include "sql_migrations.hpp"

namespace dlrgw::outbox {
namespace {

constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL), str(DLRGW_SERVICE_PUBLISH), str(DLRGW_SERVICE_PII),
                                   str(DLRGW_SERVICE_JOBS)};

class Outbox {
 public:
  static PluginInfo info() {
    return {.id = "outbox",
            .version = "1.0.0",
            .vendor = "dlr-gateway",
            .description = "Stores receipts and events; publishes what was committed",
            .migrations = kMigrations,
            .services = kServices};
  }

  Outbox(Host host, Registrar& registrar) : receipts_(host), sink_(host), relay_(host) {
    registrar.stage({"outbox", {"decision"}, {"persisted"}, DLRGW_STAGE_ESSENTIAL},
                    [this](std::uint32_t) { return std::make_unique<ReceiptStage>(receipts_); });
    registrar.sink("outbox", sink_);
    registrar.job({kRelayJob, "continuous", true}, [this](const JobContext& context) { relay_.run(context); });
  }

 private:
  ReceiptShared receipts_;
  EventSink sink_;
  Relay relay_;
};

}  // namespace
}  // namespace dlrgw::outbox

DLRGW_PLUGIN(dlrgw::outbox::Outbox)
