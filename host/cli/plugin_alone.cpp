// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_alone.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "cli/trial_batch.hpp"
#include "config/load_config.hpp"
#include "control/needed_migrations.hpp"

namespace dlrgw::host {
namespace {

// Nobody listens there: whatever a plugin asks of a server is answered "away", as in an outage.
constexpr std::string_view kNoServers = R"(
[storage]
dsn = "host=/nonexistent dbname=none"
[pipeline]
stages = ["check"]
)";

std::string event(std::size_t i, const std::string& operator_id) {
  const std::string head = "{\"operatorId\":\"" + operator_id + "\"";
  switch (i % 5) {
    case 0:
      return head + ",\"operatorMessageId\":\"id-" + std::to_string(i) +
             "\",\"rawStat\":\"EXPIRED\",\"errorCode\":\"000\"}";
    case 1:
      return head + ",\"rawReceipt\":\"id:" + std::to_string(i) + " sub:001 dlvrd:001 stat:EXPIRED err:001 text:x\"}";
    case 2:
      return head + ",\"operatorMessageId\":\"" + std::string(255, 'F') + "\",\"rawStat\":\"" + std::string(64, 'S') +
             "\"}";
    case 3:
      return head + ",\"operatorMessageId\":\"0\",\"messageState\":5,\"tlvs\":{\"0x001E\":\"3000\"}}";
    default:
      return head + ",\"operatorMessageId\":\"\xC3\xBC-" + std::to_string(i) + "\",\"rawStat\":\"\xE2\x82\xAC\"}";
  }
}

Config without_servers() {
  LoadedConfig loaded = parse_config(kNoServers, {}, [](std::string_view) { return std::nullopt; });
  if (!loaded) throw std::logic_error(to_string(loaded.errors.front()));
  return std::move(*loaded.config);
}

}  // namespace

PluginAlone::PluginAlone()
    : config_(without_servers()),
      logger_("check-plugin", Level::kError, [](std::string_view) {}),
      shared_(config_, logger_) {}

Status PluginAlone::load(const std::filesystem::path& path) {
  HostOffer offer;
  for (const ServiceOffer& service : offered_services()) {
    offer.services.push_back({std::string(service.id), std::string(service.grant)});
  }
  Result<LoadedPlugin> loaded = load_plugin(path, offer);
  if (!loaded) return loaded.error();
  loaded_ = std::move(*loaded);
  return {};
}

void PluginAlone::create(std::vector<std::string>& missing, std::vector<std::string>& errors) {
  std::vector<ConfigError> findings;
  const RawTable none;
  OptionValues values =
      OptionValues::build({config_.file, loaded_.info.id, {}, &none, {}}, loaded_.info.options, findings);
  for (const ConfigError& finding : findings) missing.push_back(finding.text);
  if (!missing.empty()) return;
  plugin_ = PluginInstance::create(loaded_, std::move(values), {kGrants.begin(), kGrants.end()}, shared_.services,
                                   shared_.plugin_errors, errors);
  if (plugin_ == nullptr) return;
  if (Status sealed = plugin_->seal(0, &snapshot_.sink); !sealed) errors.push_back(sealed.error().text);
  snapshot_.plugins.push_back(plugin_);
}

std::vector<std::string> PluginAlone::undeclared_services() const {
  const std::set<std::string> asked = plugin_->services_asked_for();
  const std::vector<std::string>& declared = loaded_.info.services;
  std::vector<std::string> out;
  for (const ServiceOffer& service : offered_services()) {
    if (service.grant.empty() || !asked.contains(std::string(service.id))) continue;
    if (std::find(declared.begin(), declared.end(), service.id) == declared.end()) out.emplace_back(service.id);
  }
  return out;
}

DeclaredSql PluginAlone::declared_sql() const {
  const PluginInfo& info = loaded_.info;
  DeclaredSql out{info.id, needed_migrations({&info, 1}), info.tables, created(), {}};
  std::erase_if(out.migrations, [&](const Migration& one) { return one.owner != info.id; });
  if (!created()) return out;
  for (const Statement& statement : plugin_->statements())
    out.statements.push_back({statement.full_name(), statement.sql(), statement.columns().size()});
  return out;
}

Status PluginAlone::destroy() {
  Status ended = plugin_->end();
  snapshot_.plugins.clear();
  plugin_.reset();
  return ended;
}

std::unique_ptr<Batch> PluginAlone::batch_of(std::size_t count, const std::string& operator_id) {
  std::vector<Delivery> deliveries(count);
  for (std::size_t i = 0; i < count; ++i) {
    deliveries[i].payload = event(i, operator_id);
    deliveries[i].stream_seq = i + 1;
    deliveries[i].stream_time_us = shared_.clock.now_us();
  }
  return trial_batch(shared_, ++batches_, std::move(deliveries));
}

}  // namespace dlrgw::host
