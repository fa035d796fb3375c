// SPDX-License-Identifier: Apache-2.0
/* What a plugin file exports, and what it registers. */
#ifndef DLRGW_ABI_PLUGIN_H
#define DLRGW_ABI_PLUGIN_H

#include <dlrgw/abi/job.h>
#include <dlrgw/abi/quirk.h>
#include <dlrgw/abi/route.h>
#include <dlrgw/abi/sink.h>
#include <dlrgw/abi/stage.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_OPTION_STRING 1u
#define DLRGW_OPTION_INT 2u
#define DLRGW_OPTION_FLOAT 3u
#define DLRGW_OPTION_BOOL 4u
#define DLRGW_OPTION_DURATION 5u /* text like "3s", "500ms", "5m", "24h", "30d" */
#define DLRGW_OPTION_STRING_LIST 6u
#define DLRGW_OPTION_STRING_MAP 7u /* a table of scalars, read as text */

#define DLRGW_OPTION_REQUIRED 1u
#define DLRGW_OPTION_SECRET 2u   /* never printed */
#define DLRGW_OPTION_OPERATOR 4u /* a key of [operators."<id>"] instead of [plugins.options] */
#define DLRGW_OPTION_RETRIES                                                              \
  8u /* of an INT: so many retries a stage may ask for one receipt. A configuration whose \
        [intake] max_retries is less is refused: the last ones would be rejections */

/* One key of the plugin's TOML table. Keys that no option declares are refused with their position. */
typedef struct dlrgw_option {
  uint32_t struct_size;
  uint32_t type;
  uint32_t flags;
  uint32_t reserved;
  dlrgw_str key;
  dlrgw_str default_value; /* TOML text of the value, without quotes for strings and durations; empty = none */
  dlrgw_str allowed;       /* closed list "a|b|c" for strings; empty = any */
  dlrgw_str help;
} dlrgw_option;

/* The outcomes that a reason may stand for; "" counts as "dropped". */
#define DLRGW_OUTCOME_APPLIED "applied"
#define DLRGW_OUTCOME_REDELIVERED "redelivered"
#define DLRGW_OUTCOME_DUPLICATE "duplicate"
#define DLRGW_OUTCOME_DEDUP "dedup"
#define DLRGW_OUTCOME_ORPHAN "orphan"
#define DLRGW_OUTCOME_LATE "late"
#define DLRGW_OUTCOME_QUARANTINED "quarantined"
#define DLRGW_OUTCOME_INVALID "invalid"
#define DLRGW_OUTCOME_REJECTED "rejected"
#define DLRGW_OUTCOME_DROPPED "dropped"
/* All of them, as an initialiser. */
#define DLRGW_OUTCOMES                                                                            \
  DLRGW_OUTCOME_APPLIED, DLRGW_OUTCOME_REDELIVERED, DLRGW_OUTCOME_DUPLICATE, DLRGW_OUTCOME_DEDUP, \
      DLRGW_OUTCOME_ORPHAN, DLRGW_OUTCOME_LATE, DLRGW_OUTCOME_QUARANTINED, DLRGW_OUTCOME_INVALID, \
      DLRGW_OUTCOME_REJECTED, DLRGW_OUTCOME_DROPPED

/* A closed list, so that metric labels stay bounded. */
typedef struct dlrgw_reason {
  uint32_t struct_size;
  uint32_t flags;
  dlrgw_str name;
  dlrgw_str outcome; /* for DROP: one of DLRGW_OUTCOME_; else empty */
} dlrgw_reason;

#define DLRGW_MIGRATION_TABLES 1u /* applied first, once; a changed text is refused */
#define DLRGW_MIGRATION_VIEWS 2u  /* applied after all tables of all plugins, again whenever its text changes */

/* SQL that `dlr-gateway migrate` runs as a role of the plugin's own, which may create in schema dlr and owns what its
   scripts made; tables of others are refused to it by PostgreSQL. Takes the grant "sql". Applied in the order of the
   array, each in one transaction, which it must not end. */
typedef struct dlrgw_migration {
  uint32_t struct_size;
  uint32_t kind;
  dlrgw_str name;
  dlrgw_str sql;
} dlrgw_migration;

#define DLRGW_TABLE_SELECT 1u
#define DLRGW_TABLE_INSERT 2u
#define DLRGW_TABLE_UPDATE 4u
#define DLRGW_TABLE_DELETE 8u

/* What the running gateway may do with a table or view of the plugin's own scripts. A plugin that declares one declares
   all: nothing is granted on the others. Without any, roles dlr_svc and dlr_admin read and dlr_svc inserts. */
typedef struct dlrgw_table {
  uint32_t struct_size;
  uint32_t svc;   /* DLRGW_TABLE_ bits of role dlr_svc, which stages, sinks, routes and jobs use */
  uint32_t maint; /* of role dlr_maint, which deletes what is old */
  uint32_t reserved;
  dlrgw_str name; /* "acme_seen", in schema dlr */
} dlrgw_table;

/* Host side of one plugin. Valid until destroy() returns. */
typedef struct dlrgw_host {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor;
  uint32_t reserved;
  void* self;
  dlrgw_str name, version;
  /* [any] id like "dlrgw.sql/1"; NULL = not offered or not granted. The struct lives as long as the host struct. */
  const void* (*get_service)(void* self, dlrgw_str id);
  dlrgw_str instance; /* this process among several hosts, as in its log lines */
} dlrgw_host;

/* Valid during create() only. The class struct and all it points to must live until destroy(). */
typedef struct dlrgw_registrar {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  /* [control] each: DLRGW_OK or a code with text; a refused registration fails the plugin's create. */
  int32_t (*add_stage)(void* self, const dlrgw_stage_class* stage, void* user, dlrgw_error* error);
  int32_t (*add_quirk)(void* self, const dlrgw_quirk_class* quirk, void* user, dlrgw_error* error);
  int32_t (*add_sink)(void* self, const dlrgw_sink_class* sink, void* user, dlrgw_error* error);
  int32_t (*add_job)(void* self, const dlrgw_job_class* job, void* user, dlrgw_error* error);
  int32_t (*add_route)(void* self, const dlrgw_route_class* route, void* user, dlrgw_error* error);
} dlrgw_registrar;

typedef struct dlrgw_plugin {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor_needed; /* the oldest host minor it can live with, normally 0 */
  uint32_t flags;
  dlrgw_str id;      /* reverse domain or short name: [a-z0-9._-]{1,64} */
  dlrgw_str version; /* semantic version */
  dlrgw_str vendor, description;
  const dlrgw_option* options;
  uint32_t option_count, option_stride;
  const dlrgw_reason* reasons;
  uint32_t reason_count, reason_stride;
  const dlrgw_migration* migrations;
  uint32_t migration_count, migration_stride;
  const dlrgw_str* services; /* ids without which it cannot run: checked before create() */
  uint32_t service_count, service_stride;
  /* [control] registers contributions. No I/O. */
  int32_t (*create)(const dlrgw_host* host, dlrgw_registrar* registrar, void** self, dlrgw_error* error);
  /* [control] after all contributions are destroyed. */
  void (*destroy)(void* self);
  /* 1.1 */
  const dlrgw_table* tables;
  uint32_t table_count, table_stride;
} dlrgw_plugin;

/* [any] the one exported symbol. Returns static data; no side effects. Visible although everything else is hidden. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const dlrgw_plugin*
dlrgw_plugin_entry_v1(void);
typedef const dlrgw_plugin* (*dlrgw_plugin_entry_fn)(void);
#define DLRGW_PLUGIN_ENTRY_NAME "dlrgw_plugin_entry_v1"

#ifdef __cplusplus
}
#endif
#endif
