// SPDX-License-Identifier: Apache-2.0
/* dlrgw.log/1: structured events, written as JSON lines. */
#ifndef DLRGW_ABI_LOG_H
#define DLRGW_ABI_LOG_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_LOG "dlrgw.log/1"

#define DLRGW_LOG_DEBUG 1
#define DLRGW_LOG_INFO 2
#define DLRGW_LOG_WARN 3
#define DLRGW_LOG_ERROR 4

#define DLRGW_FIELD_TYPE_TEXT 1u
#define DLRGW_FIELD_TYPE_INT 2u
#define DLRGW_FIELD_TYPE_FLOAT 3u
#define DLRGW_FIELD_TYPE_BOOL 4u
#define DLRGW_FIELD_TYPE_MSISDN 5u /* a phone number: the host writes only a mask of it */
#define DLRGW_FIELD_TYPE_TIME 6u   /* integer: µs since the epoch, written as RFC 3339 */

typedef struct dlrgw_log_field {
  uint32_t struct_size;
  uint32_t type;
  dlrgw_str name; /* camelCase */
  dlrgw_str text;
  int64_t integer; /* INT, BOOL (0 or 1), TIME */
  double number;
} dlrgw_log_field;

typedef struct dlrgw_log {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] With the handle of a receipt of the running batch the line is held back and written once, after commit, with
   * the receipt's trace ids; on rollback it vanishes. Handle 0 writes now. event is a dotted name: "dlr.duplicate". */
  void (*emit)(void* self, uint64_t receipt, int32_t level, dlrgw_str event, const dlrgw_log_field* fields,
               uint32_t count, uint32_t stride);
  /* [any] non-zero when a line of this level would be written. */
  int32_t (*enabled)(void* self, int32_t level);
} dlrgw_log;

#ifdef __cplusplus
}
#endif
#endif
