// SPDX-License-Identifier: Apache-2.0
/* dlrgw.sql/1 (by grant "sql"): set-based SQL in the unit of work.
 *
 * A statement reads FROM dlrgw_rows: the rows that the author added, with the declared columns. A batch is therefore
 * one execution, however many receipts it holds. Example: INSERT INTO acme.seen (message_id, at) SELECT message_id, at
 * FROM dlrgw_rows ON CONFLICT DO NOTHING query: executed by query(), now; the result lives until the next query() on
 * the same unit of work. write: deferred. Rows are tagged with their receipt, sorted by the key columns, executed once
 * before commit, in the order of stage and definition. Rows of a receipt that ends RETRY or REJECT are left out. */
#ifndef DLRGW_ABI_SQL_H
#define DLRGW_ABI_SQL_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_SQL "dlrgw.sql/1"

struct dlrgw_uow;

#define DLRGW_SQL_NULL 0u
#define DLRGW_SQL_BOOL 1u  /* boolean;   integer 0 or 1 */
#define DLRGW_SQL_INT 2u   /* bigint;    integer */
#define DLRGW_SQL_FLOAT 3u /* float8;    number */
#define DLRGW_SQL_TEXT 4u  /* text;      text, valid UTF-8 without NUL */
#define DLRGW_SQL_BYTES 5u /* bytea;     text */
#define DLRGW_SQL_TIME 6u  /* timestamptz; integer µs, DLRGW_NO_TIME = NULL */
#define DLRGW_SQL_UUID 7u  /* uuid;      text */
#define DLRGW_SQL_JSON 8u  /* json;      text */

typedef struct dlrgw_sql_column {
  uint32_t struct_size;
  uint32_t type;
  dlrgw_str name;
} dlrgw_sql_column;

typedef struct dlrgw_sql_value {
  uint32_t struct_size;
  uint32_t type; /* the column's, or DLRGW_SQL_NULL */
  int64_t integer;
  double number;
  dlrgw_str text;
} dlrgw_sql_value;

#define DLRGW_SQL_QUERY 1u
#define DLRGW_SQL_WRITE 2u

/* Every row must affect exactly one table row; anything else is a broken invariant: the batch is rolled back. */
#define DLRGW_SQL_ONE_EACH 1u

typedef struct dlrgw_sql_def {
  uint32_t struct_size;
  uint32_t verb; /* DLRGW_SQL_QUERY or _WRITE */
  uint32_t flags;
  uint32_t key_count; /* the first key_count columns are the sort key, unique within one flush */
  dlrgw_str name;     /* unique within the plugin; appears in errors and metrics */
  dlrgw_str text;
  const dlrgw_sql_column* columns;
  uint32_t column_count, column_stride;
} dlrgw_sql_def;

typedef struct dlrgw_sql {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [control] in create() of the plugin. The statement id is valid on every unit of work of this plugin. */
  int32_t (*define)(void* self, const dlrgw_sql_def* def, uint32_t* statement, dlrgw_error* error);
  /* [stage][job] adds one row. receipt: the handle it belongs to; 0 in jobs and routes. The host copies. Rows without a
   * receipt inside a batch are DLRGW_E_INVALID for writes. */
  int32_t (*add_row)(void* self, struct dlrgw_uow* uow, uint32_t statement, uint64_t receipt,
                     const dlrgw_sql_value* values, uint32_t count, uint32_t stride, dlrgw_error* error);
  /* [stage][job] runs a QUERY over the rows added since its last run; with no columns it runs without rows. */
  int32_t (*query)(void* self, struct dlrgw_uow* uow, uint32_t statement, uint32_t* rows, dlrgw_error* error);
  /* [stage][job] one value of the last result. type asks for the conversion; out->type is DLRGW_SQL_NULL for NULL.
   * Text lives until the next query() on this unit of work. */
  int32_t (*get)(void* self, struct dlrgw_uow* uow, uint32_t row, uint32_t column, uint32_t type, dlrgw_sql_value* out);
  /* [job] a unit of work of one's own on a named pool: "svc", "relay", "admin", "portal", "maint". One open per thread.
   * Whatever emits events uses "svc". */
  int32_t (*open)(void* self, dlrgw_str pool, struct dlrgw_uow** uow, dlrgw_error* error);
  /* [job] flushes writes and events and commits. affected: rows that the writes touched; may be NULL. */
  int32_t (*commit)(void* self, struct dlrgw_uow* uow, uint64_t* affected, dlrgw_error* error);
  /* [job] rolls back what was not committed and gives the connection back. */
  void (*close)(void* self, struct dlrgw_uow* uow);
} dlrgw_sql;

#ifdef __cplusplus
}
#endif
#endif
