// SPDX-License-Identifier: Apache-2.0
#include "boundary/plugin_context.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "boundary/services/make_services.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

// One service: its id, the grant it takes, and who fills its struct.
template <class Struct>
struct Service {
  std::string_view id;
  std::string_view grant;  // empty: everyone
  Struct (*make)(PluginContext&);
};
// clang before 17 does not deduce it of an aggregate.
template <class Struct>
Service(std::string_view, std::string_view, Struct (*)(PluginContext&)) -> Service<Struct>;

// The one list of services; everything else is made from it.
constexpr std::tuple kServices{
    Service{DLRGW_SERVICE_ATTRIBUTES, "", make_attributes_service},
    Service{DLRGW_SERVICE_CLOCK, "", make_clock_service},
    Service{DLRGW_SERVICE_CONFIG, "", make_config_service},
    Service{DLRGW_SERVICE_CONTROL, "control", make_control_service},
    Service{DLRGW_SERVICE_DIGEST, "", make_digest_service},
    Service{DLRGW_SERVICE_EDIT, "", make_edit_service},
    Service{DLRGW_SERVICE_EVENTS, "events", make_events_service},
    Service{DLRGW_SERVICE_HEALTH, "", make_health_service},
    Service{DLRGW_SERVICE_JOBS, "", make_jobs_service},
    Service{DLRGW_SERVICE_LOG, "", make_log_service},
    Service{DLRGW_SERVICE_METRICS, "", make_metrics_service},
    Service{DLRGW_SERVICE_PII, "pii", make_pii_service},
    Service{DLRGW_SERVICE_PIPELINE, "pipeline", make_pipeline_service},
    Service{DLRGW_SERVICE_PROBES, "", make_probes_service},
    Service{DLRGW_SERVICE_PUBLISH, "publish", make_publish_service},
    Service{DLRGW_SERVICE_QUIRKS, "", make_quirks_service},
    Service{DLRGW_SERVICE_SQL, "sql", make_sql_service},
    Service{DLRGW_SERVICE_TOOLS, "", make_tools_service},
};

constexpr auto kOffers = std::apply(
    [](const auto&... service) {
      return std::array{ServiceOffer{service.id, service.grant}...};
    },
    kServices);

// A service as one plugin gets it: the struct that crosses the boundary, beside the entry that it was made from.
template <class Struct>
struct Given {
  Given(const Service<Struct>& entry, PluginContext& context) : service(entry), table(entry.make(context)) {}
  const Service<Struct>& service;
  Struct table;
};

auto give_all(PluginContext& context) {
  return std::apply([&](const auto&... service) { return std::tuple{Given(service, context)...}; }, kServices);
}

constexpr std::uint64_t kOrdersPerPlugin = 1'000;

}  // namespace

std::span<const ServiceOffer> offered_services() { return kOffers; }

bool PluginContext::granted(std::string_view grant) const {
  return grant.empty() || std::find(grants.begin(), grants.end(), grant) != grants.end();
}

Status PluginContext::seal(std::uint64_t order, const SinkSlot* active_sink) {
  creating = false;
  sink = active_sink;
  statements.reserve(definitions.size());
  for (StatementDef& def : definitions) {
    Result<Statement> compiled = Statement::compile(std::move(def), order * kOrdersPerPlugin + statements.size());
    if (!compiled) return compiled.error();
    statements.push_back(std::move(*compiled));
  }
  definitions.clear();
  return {};
}

struct ServiceTable::Structs {
  explicit Structs(PluginContext& context) : given(give_all(context)), fail_point(make_fail_point_service(context)) {}

  decltype(give_all(std::declval<PluginContext&>())) given;
  dlrgw_fail_point fail_point;  // in builds for tests; no service of the contract
};

ServiceTable::ServiceTable(PluginContext& context) : context_(context), structs_(std::make_unique<Structs>(context)) {}
ServiceTable::~ServiceTable() = default;

const void* ServiceTable::get(std::string_view id) const {
  if (kFailPointsCompiled && id == DLRGW_SERVICE_FAIL_POINT) return &structs_->fail_point;
  const void* found = nullptr;
  const auto look = [&](const auto& given) {
    if (given.service.id == id && context_.granted(given.service.grant)) found = &given.table;
  };
  std::apply([&](const auto&... given) { (look(given), ...); }, structs_->given);
  const MutexLock lock(mutex_);
  asked_.emplace(id);
  return found;
}

std::set<std::string> ServiceTable::asked() const {
  const MutexLock lock(mutex_);
  return asked_;
}

}  // namespace dlrgw::host
