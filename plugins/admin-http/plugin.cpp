// SPDX-License-Identifier: Apache-2.0
// Contributions of the plugin `admin-http`: the routes of operations, and the tables behind them and the daily report.
#include <dlrgw/cpp/retention.hpp>
#include <dlrgw/plugin.hpp>

#include "admin_route.hpp"
#include "bulk_resubmission.hpp"
#include "bulk_route.hpp"
#include "console_route.hpp"
#include "control_routes.hpp"
#include "document_routes.hpp"
#include "held_desk.hpp"
#include "parse_route.hpp"
#include "record_routes.hpp"
#include "report_desk.hpp"
#include "report_route.hpp"
#include "resubmission.hpp"
#include "resubmit_route.hpp"
#include "sql_migrations.hpp"
#include "story_routes.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr dlrgw_option kOptions[] = {Retention::option()};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_CONTROL), str(DLRGW_SERVICE_PIPELINE), str(DLRGW_SERVICE_SQL),
                                   str(DLRGW_SERVICE_CLOCK),   str(DLRGW_SERVICE_DIGEST),   str(DLRGW_SERVICE_LOG)};

class AdminHttp {
 public:
  static PluginInfo info() {
    return {.id = kPluginId,
            .version = "1.0.0",
            .vendor = "dlr-gateway",
            .description = "Routes of operations: pipeline, plugins, jobs, dry runs, resubmission; daily report",
            .options = kOptions,
            .migrations = kMigrations,
            .services = kServices};
  }
  AdminHttp(Host host, Registrar& registrar)
      : desk_(host),
        resubmission_(host),
        bulk_(host, resubmission_),
        control_(host, desk_, bulk_),
        parse_(host),
        resubmit_(desk_, resubmission_),
        bulk_route_(host, desk_, bulk_),
        reports_(host),
        report_route_(host, reports_),
        held_(host),
        story_(host),
        story_routes_(story_),
        records_(host),
        console_(host, held_, story_),
        retention_(host, {{"dlr.daily_operator_report", "report_date"},
                          {"dlr.rejected_resubmissions", "resubmitted_at"},
                          {"dlr.resubmission_requests", "requested_at"},
                          {"dlr.resubmission_steps", "ended_at"}}) {
    control_.register_in(registrar);
    parse_.register_in(registrar);
    resubmit_.register_in(registrar);
    bulk_route_.register_in(registrar);
    report_route_.register_in(registrar);
    held_.register_in(registrar);
    story_routes_.register_in(registrar);
    records_.register_in(registrar);
    console_.register_in(registrar);
    register_documents(registrar);
    registrar.job({.name = kBulkJob, .schedule = "every 10s", .singleton = true},
                  [this](const JobContext& context) { bulk_.run(context); });
    registrar.job({.name = "admin.daily_report", .schedule = "daily 00:30", .singleton = true},
                  [this](const JobContext& context) { reports_.run(context); });
    retention_.add_to(registrar, "admin-http.retention", "daily 03:40");
  }

 private:
  WriteDesk desk_;
  Resubmission resubmission_;
  BulkResubmission bulk_;
  ControlRoutes control_;
  ParseRoute parse_;
  ResubmitRoute resubmit_;
  BulkRoute bulk_route_;
  ReportDesk reports_;
  ReportRoute report_route_;
  HeldDesk held_;
  MessageStory story_;
  StoryRoutes story_routes_;
  RecordRoutes records_;
  ConsoleRoute console_;
  Retention retention_;
};

}  // namespace
}  // namespace dlrgw::admin_http

DLRGW_PLUGIN(dlrgw::admin_http::AdminHttp)
