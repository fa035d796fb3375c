#include "boundary/plugin_context.hpp"

#include <algorithm>
#include <array>

#include "boundary/services/make_services.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

constexpr std::array kOffers{
    ServiceOffer{DLRGW_SERVICE_ATTRIBUTES, ""},      ServiceOffer{DLRGW_SERVICE_CLOCK, ""},
    ServiceOffer{DLRGW_SERVICE_CONFIG, ""},          ServiceOffer{DLRGW_SERVICE_CONTROL, "control"},
    ServiceOffer{DLRGW_SERVICE_DIGEST, ""},          ServiceOffer{DLRGW_SERVICE_EDIT, ""},
    ServiceOffer{DLRGW_SERVICE_EVENTS, "events"},    ServiceOffer{DLRGW_SERVICE_HEALTH, ""},
    ServiceOffer{DLRGW_SERVICE_JOBS, ""},            ServiceOffer{DLRGW_SERVICE_LOG, ""},
    ServiceOffer{DLRGW_SERVICE_METRICS, ""},         ServiceOffer{DLRGW_SERVICE_PII, "pii"},
    ServiceOffer{DLRGW_SERVICE_PIPELINE, "pipeline"}, ServiceOffer{DLRGW_SERVICE_PUBLISH, "publish"},
    ServiceOffer{DLRGW_SERVICE_QUIRKS, ""},          ServiceOffer{DLRGW_SERVICE_SQL, "sql"},
};

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
  explicit Structs(PluginContext& c)
      : attributes(make_attributes_service(c)),
        clock(make_clock_service(c)),
        config(make_config_service(c)),
        control(make_control_service(c)),
        digest(make_digest_service(c)),
        edit(make_edit_service(c)),
        events(make_events_service(c)),
        fail_point(make_fail_point_service(c)),
        health(make_health_service(c)),
        jobs(make_jobs_service(c)),
        log(make_log_service(c)),
        metrics(make_metrics_service(c)),
        pii(make_pii_service(c)),
        pipeline(make_pipeline_service(c)),
        publish(make_publish_service(c)),
        quirks(make_quirks_service(c)),
        sql(make_sql_service(c)) {}
  dlrgw_attributes attributes;
  dlrgw_clock clock;
  dlrgw_config config;
  dlrgw_control control;
  dlrgw_digest digest;
  dlrgw_edit edit;
  dlrgw_events_service events;
  dlrgw_fail_point fail_point;
  dlrgw_health health;
  dlrgw_jobs jobs;
  dlrgw_log log;
  dlrgw_metrics metrics;
  dlrgw_pii pii;
  dlrgw_pipeline pipeline;
  dlrgw_publish publish;
  dlrgw_quirks quirks;
  dlrgw_sql sql;
};

ServiceTable::ServiceTable(PluginContext& context) : context_(context), structs_(std::make_unique<Structs>(context)) {}
ServiceTable::~ServiceTable() = default;

const void* ServiceTable::get(std::string_view id) const {
  if (kFailPointsCompiled && id == DLRGW_SERVICE_FAIL_POINT) return &structs_->fail_point;
  const auto offer = std::find_if(kOffers.begin(), kOffers.end(), [&](const ServiceOffer& o) { return o.id == id; });
  if (offer == kOffers.end() || !context_.granted(offer->grant)) return nullptr;
  const Structs& s = *structs_;
  const std::array<const void*, kOffers.size()> in_order{
      &s.attributes, &s.clock, &s.config,  &s.control, &s.digest,   &s.edit,    &s.events, &s.health,
      &s.jobs,       &s.log,   &s.metrics, &s.pii,     &s.pipeline, &s.publish, &s.quirks, &s.sql};
  return in_order[static_cast<std::size_t>(offer - kOffers.begin())];
}

}  // namespace dlrgw::host
