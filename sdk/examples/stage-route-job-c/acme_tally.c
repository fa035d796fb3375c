/* SPDX-License-Identifier: Apache-2.0 */
/* Tallies receipts by status: a stage that sees them pass, a route that shows the tally, a job that logs it. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlrgw/abi/config.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/plugin.h>

#define STR(literal) \
  { literal, sizeof(literal) - 1 }

/* By DLRGW_STATUS_, 0 to 6. */
static const char* const kNames[] = {"NONE", "DELIVERED", "FAILED", "UNDELIVERED", "EXPIRED", "REJECTED", "UNKNOWN"};
enum { kStatuses = sizeof kNames / sizeof kNames[0], kMaxJson = 512, kMaxSchedule = 96 };

/* One per plugin instance. All lanes count in it, the route and the job read it: hence atomic. */
struct plugin {
  _Atomic uint64_t counts[kStatuses];
  const dlrgw_log* log;
  dlrgw_job_class job; /* not const: its schedule comes from an option */
  char schedule[kMaxSchedule];
};

static int32_t fail(dlrgw_error* error, int32_t code, const char* text) {
  const size_t len = strlen(text);
  error->code = code;
  error->text_len = (uint32_t)(len < sizeof error->text ? len : sizeof error->text);
  memcpy(error->text, text, error->text_len);
  return code;
}

/* {"DELIVERED":3,…}: what was seen at all. Seven names and numbers of at most 20 digits fit. */
static dlrgw_str tally(struct plugin* plugin, char json[kMaxJson]) {
  dlrgw_str out = {json, 0};
  const char* before = "{";
  int i;
  for (i = 0; i < kStatuses; ++i) {
    const uint64_t count = atomic_load(&plugin->counts[i]);
    if (count == 0) continue;
    out.len += (uint64_t)snprintf(json + out.len, kMaxJson - out.len, "%s\"%s\":%" PRIu64, before, kNames[i], count);
    before = ",";
  }
  out.len += (uint64_t)snprintf(json + out.len, kMaxJson - out.len, "%s}", *before == '{' ? "{" : "");
  return out;
}

/* May run again for the same receipts: it decides and changes nothing else. Entries lie as far apart as their writer
 * says, which may be newer than this file. */
static int32_t process(void* self, const dlrgw_batch* batch, dlrgw_verdict* verdicts, dlrgw_error* error) {
  uint32_t i;
  (void)self;
  (void)error;
  for (i = 0; i < batch->count; ++i) {
    dlrgw_verdict* verdict = (dlrgw_verdict*)(void*)((char*)verdicts + (size_t)i * batch->verdict_stride);
    verdict->action = DLRGW_ACTION_CONTINUE;
  }
  return DLRGW_OK;
}

/* Happens once per receipt, after the commit: here is the place to count. */
static void settled(void* self, const dlrgw_batch* batch, const dlrgw_outcomes* outcomes) {
  struct plugin* plugin = self;
  uint32_t i;
  for (i = 0; i < batch->count; ++i) {
    const char* item = (const char*)batch->items + (size_t)i * batch->item_stride;
    const char* end = (const char*)outcomes->items + (size_t)i * outcomes->item_stride;
    const dlrgw_receipt* receipt = (const dlrgw_receipt*)(const void*)item;
    const dlrgw_outcome* outcome = (const dlrgw_outcome*)(const void*)end;
    if (outcome->fate == DLRGW_FATE_COMMITTED && receipt->status >= 0 && receipt->status < kStatuses)
      atomic_fetch_add(&plugin->counts[receipt->status], 1);
  }
}

static int32_t handle(void* user, const dlrgw_http_request* request, const dlrgw_http_response* response,
                      dlrgw_error* error) {
  const dlrgw_str type = STR("application/json");
  char json[kMaxJson];
  int32_t code;
  (void)request;
  code = response->send(response->self, 200, type, tally(user, json));
  return code == DLRGW_OK ? code : fail(error, code, "the host refused the answer");
}

static int32_t run(void* user, const dlrgw_job_context* context, dlrgw_error* error) {
  struct plugin* plugin = user;
  const dlrgw_str event = STR("acme.tally");
  char json[kMaxJson];
  dlrgw_log_field field = {.struct_size = sizeof field, .type = DLRGW_FIELD_TYPE_TEXT, .name = STR("tally")};
  (void)context;
  (void)error;
  field.text = tally(plugin, json);
  plugin->log->emit(plugin->log->self, 0, DLRGW_LOG_INFO, event, &field, 1, sizeof field);
  return DLRGW_OK;
}

/* The stage keeps nothing per lane, so that all lanes share the plugin's instance. */
static int32_t create_stage(void* user, uint32_t lane, void** self, dlrgw_error* error) {
  (void)lane;
  (void)error;
  *self = user;
  return DLRGW_OK;
}
static void destroy_stage(void* self) { (void)self; }

static const dlrgw_str kNeeds[] = {STR("status")};
static const dlrgw_stage_class kStage = {
    .struct_size = sizeof kStage,
    .flags = DLRGW_STAGE_OFFLINE,
    .name = STR("acme.tally"),
    .needs = kNeeds,
    .needs_count = 1,
    .needs_stride = sizeof kNeeds[0],
    .create = create_stage,
    .process = process,
    .settled = settled,
    .destroy = destroy_stage,
};
static const dlrgw_route_class kRoute = {
    .struct_size = sizeof kRoute,
    .listener = DLRGW_LISTENER_ADMIN,
    .method = STR("GET"),
    .pattern = STR("/acme/tally"),
    .scope = STR("dlr:admin"),
    .handle = handle,
};

static int32_t define_job(struct plugin* plugin, const dlrgw_config* config, dlrgw_error* error) {
  const dlrgw_str plugins_own = {NULL, 0}, key = STR("report_every"), name = STR("acme.tally.report");
  dlrgw_str every;
  int length;
  const int32_t code = config->get_string(config->self, plugins_own, key, &every);
  if (code != DLRGW_OK) return fail(error, code, "the option report_every cannot be read");
  length = snprintf(plugin->schedule, sizeof plugin->schedule, "every %.*s", every.len < 64 ? (int)every.len : 64,
                    every.ptr); /* the host refuses what is no schedule */
  plugin->job.struct_size = sizeof plugin->job;
  plugin->job.name = name;
  plugin->job.schedule.ptr = plugin->schedule;
  plugin->job.schedule.len = (uint64_t)length;
  plugin->job.run = run;
  return DLRGW_OK;
}

static int32_t create(const dlrgw_host* host, dlrgw_registrar* registrar, void** self, dlrgw_error* error) {
  const dlrgw_str config = STR(DLRGW_SERVICE_CONFIG), log = STR(DLRGW_SERVICE_LOG); /* declared below: never NULL */
  struct plugin* plugin = calloc(1, sizeof *plugin);
  int32_t code;
  if (plugin == NULL) return fail(error, DLRGW_E_INTERNAL, "out of memory");
  plugin->log = host->get_service(host->self, log);
  code = define_job(plugin, host->get_service(host->self, config), error);
  if (code == DLRGW_OK) code = registrar->add_stage(registrar->self, &kStage, plugin, error);
  if (code == DLRGW_OK) code = registrar->add_route(registrar->self, &kRoute, plugin, error);
  if (code == DLRGW_OK) code = registrar->add_job(registrar->self, &plugin->job, plugin, error);
  if (code != DLRGW_OK) {
    free(plugin);
    return code;
  }
  *self = plugin;
  return DLRGW_OK;
}
static void destroy(void* self) { free(self); }

static const dlrgw_option kOptions[] = {{
    .struct_size = sizeof kOptions[0],
    .type = DLRGW_OPTION_STRING,
    .key = STR("report_every"),
    .default_value = STR("1m"),
    .help = STR("how often the tally is logged: 1m, 1h, …"),
}};
static const dlrgw_str kServices[] = {STR(DLRGW_SERVICE_CONFIG), STR(DLRGW_SERVICE_LOG)};
static const dlrgw_plugin kPlugin = {
    .struct_size = sizeof kPlugin,
    .abi_major = DLRGW_ABI_MAJOR,
    .id = STR("acme-tally"),
    .version = STR("1.0.0"),
    .vendor = STR("Acme"),
    .description = STR("Tallies receipts by status"),
    .options = kOptions,
    .option_count = 1,
    .option_stride = sizeof kOptions[0],
    .services = kServices,
    .service_count = 2,
    .service_stride = sizeof kServices[0],
    .create = create,
    .destroy = destroy,
};

const dlrgw_plugin* dlrgw_plugin_entry_v1(void) { return &kPlugin; }
