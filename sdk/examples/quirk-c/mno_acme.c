/* SPDX-License-Identifier: Apache-2.0 */
/* The operator mno-acme says its states in German and appends its site to message ids: "00A1B2-FRA". */
#include <stdlib.h>
#include <string.h>

#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/plugin.h>

#define STR(literal) \
  { literal, sizeof(literal) - 1 }

static const char kSite[] = "-FRA";

/* One per plugin instance: after a reload an old and a new one live side by side. */
struct plugin {
  const dlrgw_edit* edit;
};

static int is(dlrgw_str text, const char* literal) {
  return text.len == strlen(literal) && memcmp(text.ptr, literal, text.len) == 0;
}

static int32_t fail(dlrgw_error* error, int32_t code, const char* text) {
  const size_t len = strlen(text);
  error->code = code;
  error->text_len = (uint32_t)(len < sizeof error->text ? len : sizeof error->text);
  memcpy(error->text, text, error->text_len);
  return code;
}

static int32_t apply(void* self, const dlrgw_receipt* receipt, uint32_t* result, dlrgw_error* error) {
  const struct plugin* plugin = self;
  const dlrgw_edit* edit = plugin->edit;
  const size_t site = sizeof kSite - 1;
  dlrgw_str id = receipt->operator_message_id;
  int32_t code;
  *result = DLRGW_QUIRK_NOT_MINE;
  if (id.len < site || memcmp(id.ptr + id.len - site, kSite, site) != 0) return DLRGW_OK;
  id.len -= site;
  code = edit->set_text(edit->self, receipt->handle, DLRGW_EDIT_OPERATOR_MESSAGE_ID, id);
  if (code == DLRGW_OK && is(receipt->raw_status, "ZUGESTELLT")) {
    const dlrgw_str delivered = STR("DELIVRD");
    code = edit->set_text(edit->self, receipt->handle, DLRGW_EDIT_RAW_STATUS, delivered);
  }
  if (code == DLRGW_OK && is(receipt->raw_status, "UNZUSTELLBAR")) {
    const dlrgw_str undelivered = STR("UNDELIV");
    code = edit->set_text(edit->self, receipt->handle, DLRGW_EDIT_RAW_STATUS, undelivered);
  }
  if (code != DLRGW_OK) return fail(error, code, "the host refused an edit");
  *result = DLRGW_QUIRK_HANDLED;
  return DLRGW_OK;
}

/* The quirk keeps nothing per lane, so that all lanes share the plugin's instance. */
static int32_t create_quirk(void* user, uint32_t lane, void** self, dlrgw_error* error) {
  (void)lane;
  (void)error;
  *self = user;
  return DLRGW_OK;
}
static void destroy_quirk(void* self) { (void)self; }

static const dlrgw_str kOperators[] = {STR("mno-acme")};
static const dlrgw_quirk_class kQuirk = {
    sizeof kQuirk, 0,    STR("mno-acme"), kOperators, 1, sizeof kOperators[0], create_quirk, NULL,
    apply,         NULL, destroy_quirk};

static int32_t create(const dlrgw_host* host, dlrgw_registrar* registrar, void** self, dlrgw_error* error) {
  const dlrgw_str service = STR(DLRGW_SERVICE_EDIT);
  struct plugin* plugin = malloc(sizeof *plugin);
  int32_t code;
  if (plugin == NULL) return fail(error, DLRGW_E_INTERNAL, "out of memory");
  plugin->edit = host->get_service(host->self, service);
  if (plugin->edit == NULL) {
    free(plugin);
    return fail(error, DLRGW_E_DENIED, "dlrgw.edit/1 is not offered");
  }
  code = registrar->add_quirk(registrar->self, &kQuirk, plugin, error);
  if (code != DLRGW_OK) {
    free(plugin);
    return code;
  }
  *self = plugin;
  return DLRGW_OK;
}
static void destroy(void* self) { free(self); }

const dlrgw_plugin* dlrgw_plugin_entry_v1(void) {
  static dlrgw_plugin plugin;
  static const dlrgw_str id = STR("mno-acme"), version = STR("1.0.0");
  plugin.struct_size = sizeof plugin;
  plugin.abi_major = DLRGW_ABI_MAJOR;
  plugin.id = id;
  plugin.version = version;
  plugin.create = create;
  plugin.destroy = destroy;
  return &plugin;
}
