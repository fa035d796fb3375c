// SPDX-License-Identifier: Apache-2.0
/* dlrgw.config/1: typed reads of the plugin's own table and of the operators' profiles. Values were checked against the
 * declared options before create(); defaults are already in place. Constant for the life of the plugin instance. */
#ifndef DLRGW_ABI_CONFIG_H
#define DLRGW_ABI_CONFIG_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_CONFIG "dlrgw.config/1"

/* operator_id empty: [plugins.options]; else [operators."<id>"], with the declared default for operators without a
 * profile. DLRGW_E_NOT_FOUND: neither value nor default. DLRGW_E_INVALID: undeclared key or another type.
 * Returned strings live until the plugin's destroy() returns. */
typedef struct dlrgw_config {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  int32_t (*get_string)(void* self, dlrgw_str operator_id, dlrgw_str key, dlrgw_str* out);    /* [any] */
  int32_t (*get_int)(void* self, dlrgw_str operator_id, dlrgw_str key, int64_t* out);         /* [any] */
  int32_t (*get_float)(void* self, dlrgw_str operator_id, dlrgw_str key, double* out);        /* [any] */
  int32_t (*get_bool)(void* self, dlrgw_str operator_id, dlrgw_str key, int32_t* out);        /* [any] */
  int32_t (*get_duration_us)(void* self, dlrgw_str operator_id, dlrgw_str key, int64_t* out); /* [any] */
  /* [any] STRING_LIST and STRING_MAP: number of entries, then each by index in the order of the file. */
  int32_t (*get_size)(void* self, dlrgw_str operator_id, dlrgw_str key, uint32_t* out);
  int32_t (*get_entry)(void* self, dlrgw_str operator_id, dlrgw_str key, uint32_t index, dlrgw_str* name,
                       dlrgw_str* value);
  /* [any] the operators with a profile. */
  uint32_t (*operator_count)(void* self);
  int32_t (*operator_at)(void* self, uint32_t index, dlrgw_str* operator_id);
  /* [control] during create() only, else DLRGW_E_DENIED: a value of the declared type that means nothing, such as a
   * time zone that does not exist. entry: the name of a STRING_MAP's entry, or empty for the value as a whole. text
   * says what is wrong and what to write instead. The host adds key, file, line and column, and refuses the
   * configuration after create() has returned, whatever that answers: report every mistake, then return. */
  int32_t (*refuse)(void* self, dlrgw_str operator_id, dlrgw_str key, dlrgw_str entry, dlrgw_str text);
  /* Revision 2, SDK 1.1: connectors. Wherever operator_id is asked for, "operator/connector" names one connector of it:
   * what [operators."<id>".connectors."<connector>"] says, else what the operator's table says. A connector without a
   * table answers as its operator. Operator ids hold no '/', so a host of revision 1 answers with the defaults. */
  /* [any] the connectors of an operator that have a table of their own; 0 for an operator without a profile. */
  uint32_t (*connector_count)(void* self, dlrgw_str operator_id);
  /* [any] the id of one of them, without the operator's. */
  int32_t (*connector_at)(void* self, dlrgw_str operator_id, uint32_t index, dlrgw_str* connector_id);
} dlrgw_config;

#ifdef __cplusplus
}
#endif
#endif
