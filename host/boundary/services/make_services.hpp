// SPDX-License-Identifier: Apache-2.0
// One constructor per service; each fills a struct whose `self` is the plugin's context. Private to boundary/services.
#pragma once
#include <dlrgw/abi/attributes.h>
#include <dlrgw/abi/clock.h>
#include <dlrgw/abi/config.h>
#include <dlrgw/abi/control.h>
#include <dlrgw/abi/digest.h>
#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/events.h>
#include <dlrgw/abi/fail_point.h>
#include <dlrgw/abi/health.h>
#include <dlrgw/abi/jobs.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/metrics.h>
#include <dlrgw/abi/pii.h>
#include <dlrgw/abi/pipeline.h>
#include <dlrgw/abi/probes.h>
#include <dlrgw/abi/publish.h>
#include <dlrgw/abi/quirks.h>
#include <dlrgw/abi/sql.h>
#include <dlrgw/abi/tools.h>

#include "boundary/plugin_context.hpp"

namespace dlrgw::host {

dlrgw_attributes make_attributes_service(PluginContext& context);
dlrgw_clock make_clock_service(PluginContext& context);
dlrgw_config make_config_service(PluginContext& context);
dlrgw_control make_control_service(PluginContext& context);
dlrgw_digest make_digest_service(PluginContext& context);
dlrgw_edit make_edit_service(PluginContext& context);
dlrgw_events_service make_events_service(PluginContext& context);
dlrgw_fail_point make_fail_point_service(PluginContext& context);
dlrgw_health make_health_service(PluginContext& context);
dlrgw_jobs make_jobs_service(PluginContext& context);
dlrgw_log make_log_service(PluginContext& context);
dlrgw_metrics make_metrics_service(PluginContext& context);
dlrgw_pii make_pii_service(PluginContext& context);
dlrgw_pipeline make_pipeline_service(PluginContext& context);
dlrgw_probes make_probes_service(PluginContext& context);
dlrgw_publish make_publish_service(PluginContext& context);
dlrgw_quirks make_quirks_service(PluginContext& context);
dlrgw_sql make_sql_service(PluginContext& context);
dlrgw_tools make_tools_service(PluginContext& context);

}  // namespace dlrgw::host
