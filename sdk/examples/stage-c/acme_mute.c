/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the receipts of operators that an option lists, with the outcome "dropped". */
#include <stdlib.h>
#include <string.h>

#include <dlrgw/abi/config.h>
#include <dlrgw/abi/plugin.h>

#define STR(literal) \
  { literal, sizeof(literal) - 1 }

/* Indexes into the plugin's reasons. */
enum { kMuted };

/* One per plugin instance: after a reload an old and a new one live side by side. Read by all lanes, changed by none.
 */
struct plugin {
  dlrgw_str* muted; /* texts of the host's, which live until destroy() */
  uint32_t count;
};

static int32_t fail(dlrgw_error* error, int32_t code, const char* text) {
  const size_t len = strlen(text);
  error->code = code;
  error->text_len = (uint32_t)(len < sizeof error->text ? len : sizeof error->text);
  memcpy(error->text, text, error->text_len);
  return code;
}

static int is_muted(const struct plugin* plugin, dlrgw_str id) {
  uint32_t i;
  for (i = 0; i < plugin->count; ++i) {
    if (plugin->muted[i].len == id.len && memcmp(plugin->muted[i].ptr, id.ptr, id.len) == 0) return 1;
  }
  return 0;
}

/* Entries lie as far apart as their writer says, which may be newer than this file. */
static int32_t process(void* self, const dlrgw_batch* batch, dlrgw_verdict* verdicts, dlrgw_error* error) {
  uint32_t i;
  (void)error;
  for (i = 0; i < batch->count; ++i) {
    const char* item = (const char*)batch->items + (size_t)i * batch->item_stride;
    const dlrgw_receipt* receipt = (const dlrgw_receipt*)(const void*)item;
    dlrgw_verdict* verdict = (dlrgw_verdict*)(void*)((char*)verdicts + (size_t)i * batch->verdict_stride);
    const int muted = is_muted(self, receipt->operator_id);
    verdict->action = muted ? DLRGW_ACTION_DROP : DLRGW_ACTION_CONTINUE;
    verdict->reason = kMuted;
  }
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

static const dlrgw_stage_class kStage = {
    .struct_size = sizeof kStage,
    .flags = DLRGW_STAGE_OFFLINE,
    .name = STR("acme.mute"),
    .create = create_stage,
    .process = process,
    .destroy = destroy_stage,
};

static void destroy(void* self) {
  struct plugin* plugin = self;
  free(plugin->muted);
  free(plugin);
}

static int32_t read_muted(struct plugin* plugin, const dlrgw_config* config, dlrgw_error* error) {
  const dlrgw_str plugins_own = {NULL, 0}, key = STR("muted");
  uint32_t size = 0;
  int32_t code = config->get_size(config->self, plugins_own, key, &size);
  if (code == DLRGW_E_NOT_FOUND || (code == DLRGW_OK && size == 0)) return DLRGW_OK;
  if (code != DLRGW_OK) return fail(error, code, "the option muted cannot be read");
  plugin->muted = calloc(size, sizeof *plugin->muted);
  if (plugin->muted == NULL) return fail(error, DLRGW_E_INTERNAL, "out of memory");
  for (; plugin->count < size; ++plugin->count) {
    dlrgw_str name;
    code = config->get_entry(config->self, plugins_own, key, plugin->count, &name, &plugin->muted[plugin->count]);
    if (code != DLRGW_OK) return fail(error, code, "the option muted cannot be read");
  }
  return DLRGW_OK;
}

static int32_t create(const dlrgw_host* host, dlrgw_registrar* registrar, void** self, dlrgw_error* error) {
  const dlrgw_str service = STR(DLRGW_SERVICE_CONFIG);
  const dlrgw_config* config = host->get_service(host->self, service); /* declared below, so never NULL */
  struct plugin* plugin = calloc(1, sizeof *plugin);
  int32_t code;
  if (plugin == NULL) return fail(error, DLRGW_E_INTERNAL, "out of memory");
  code = read_muted(plugin, config, error);
  if (code == DLRGW_OK) code = registrar->add_stage(registrar->self, &kStage, plugin, error);
  if (code != DLRGW_OK) {
    destroy(plugin);
    return code;
  }
  *self = plugin;
  return DLRGW_OK;
}

static const dlrgw_option kOptions[] = {{
    .struct_size = sizeof kOptions[0],
    .type = DLRGW_OPTION_STRING_LIST,
    .key = STR("muted"),
    .help = STR("operators whose receipts end here"),
}};
static const dlrgw_reason kReasons[] = {{
    .struct_size = sizeof kReasons[0],
    .name = STR("muted"),
    .outcome = STR(DLRGW_OUTCOME_DROPPED),
}};
static const dlrgw_str kServices[] = {STR(DLRGW_SERVICE_CONFIG)};
static const dlrgw_plugin kPlugin = {
    .struct_size = sizeof kPlugin,
    .abi_major = DLRGW_ABI_MAJOR,
    .id = STR("acme-mute"),
    .version = STR("1.0.0"),
    .description = STR("Ends the receipts of some operators"),
    .options = kOptions,
    .option_count = 1,
    .option_stride = sizeof kOptions[0],
    .reasons = kReasons,
    .reason_count = 1,
    .reason_stride = sizeof kReasons[0],
    .services = kServices,
    .service_count = 1,
    .service_stride = sizeof kServices[0],
    .create = create,
    .destroy = destroy,
};

const dlrgw_plugin* dlrgw_plugin_entry_v1(void) { return &kPlugin; }
