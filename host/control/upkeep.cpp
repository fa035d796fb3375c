// SPDX-License-Identifier: Apache-2.0
#include "control/upkeep.hpp"

#include <dlrgw/cpp/retention.hpp>

#include "support/version.hpp"

namespace dlrgw::host {
namespace {

class Upkeep {
 public:
  static dlrgw::PluginInfo info() { return {.id = kHostPlugin, .version = kVersion}; }
  Upkeep(dlrgw::Host host, dlrgw::Registrar& registrar)
      : sql_(host),
        clock_(host),
        forget_(sql_.write("forget_intake_clock",
                           "DELETE FROM dlr.intake_clock WHERE looked_at < (SELECT r.before FROM dlrgw_rows r)",
                           {{"before", dlrgw::SqlType::kTime}}, 1)),
        retention_(host, {{"dlr.invalid_dlrs", "received_at", "kind <> 'held'"}, {"dlr.ingest_stats", "minute"}}) {
    retention_.add_to(registrar, "host.retention", "daily 03:50");
    registrar.job({"host.intake_clock", "every 3600s", true}, [this](const dlrgw::JobContext&) { forget(); });
  }

 private:
  // The longest deadline is the stream's own retention, seven days; one more day is kept.
  static constexpr std::int64_t kIntakeClockUs = 8 * 86'400LL * 1'000'000;
  void forget() const {
    dlrgw::OwnUnitOfWork work = sql_.open("maint");
    work.add(forget_, 0, {dlrgw::SqlValue::time(clock_.now_us() - kIntakeClockUs)});
    work.commit();
  }

  dlrgw::Sql sql_;
  dlrgw::Clock clock_;
  dlrgw::SqlStatement forget_;
  dlrgw::Retention retention_;
};

const dlrgw_plugin* upkeep_plugin() {
  static const dlrgw_plugin plugin = dlrgw::detail::make_plugin<Upkeep>();
  return &plugin;
}

}  // namespace

std::shared_ptr<PluginInstance> make_upkeep(const Config& config, const HostServices& host, MetricId plugin_errors,
                                            std::vector<std::string>& errors) {
  const dlrgw_option declared = dlrgw::Retention::option();
  const std::string key(declared.key.ptr, declared.key.len);
  RawTable table;
  table.entries.push_back({key, {}, {{}, false, config.storage.retention_days}});
  std::vector<ConfigError> refused;
  OptionDecl option;
  option.key = key;
  option.type = OptionType::kInt;
  OptionValues values = OptionValues::build({config.file, kHostPlugin, {}, &table, {}}, {option}, refused);
  for (const ConfigError& error : refused) errors.push_back(to_string(error));
  if (!refused.empty()) return nullptr;
  LoadedPlugin loaded;
  loaded.info.id = kHostPlugin;
  loaded.info.version = kVersion;
  loaded.plugin = upkeep_plugin();
  return PluginInstance::create(loaded, std::move(values), {"sql"}, host, plugin_errors, errors);
}

}  // namespace dlrgw::host
