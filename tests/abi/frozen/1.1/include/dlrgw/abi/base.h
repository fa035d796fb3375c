// SPDX-License-Identifier: Apache-2.0
/* The base of the C interface between the host and its plugins: strings, errors, result codes, growth rules.
 *
 * Growth: every struct begins with `struct_size` and only ever grows at its end; every array that crosses carries a
 * stride. A reader asks DLRGW_HAS() before it touches a field; a writer never writes past the reader's size.
 * Ownership: inputs are borrowed until the call returns; outputs are copied by the host before its function returns;
 * whoever allocates frees. No exception, errno, C++ type or allocator crosses.
 * Thread tags stand above each function: [control] loading and lifecycle, one thread at a time for one plugin;
 * [stage] the lane that owns the instance; [job] the job's thread; [http] a handler thread, several at the same time;
 * [any] any thread, at the same time too. */
#ifndef DLRGW_ABI_BASE_H
#define DLRGW_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_ABI_MAJOR 1u
#define DLRGW_ABI_MINOR 1u

/* UTF-8 text or bytes, not NUL-terminated, borrowed. The only type whose size is frozen. {NULL, 0} is empty. */
typedef struct dlrgw_str {
  const char* ptr;
  uint64_t len;
} dlrgw_str;

/* Filled by the callee on a non-zero return. The caller allocates it and sets struct_size; text is UTF-8, cut to fit,
 * and never holds a phone number, message text or payload. */
typedef struct dlrgw_error {
  uint32_t struct_size;
  int32_t code;
  uint32_t text_len;
  char text[244];
} dlrgw_error;

/* Result codes of every int32_t function. */
#define DLRGW_OK 0
#define DLRGW_E_INVALID 1     /* an argument is wrong: a bug of the caller */
#define DLRGW_E_UNAVAILABLE 2 /* a dependency is away: the work is given back, no retry is counted */
#define DLRGW_E_TRANSIENT 3   /* a conflict or time-out: the same work may succeed again */
#define DLRGW_E_DATA 4        /* this data can never succeed */
#define DLRGW_E_NOT_FOUND 5   /* no such key, option, operator or field value */
#define DLRGW_E_DENIED 6      /* not granted to this plugin, or not allowed at this point */
#define DLRGW_E_LIMIT 7       /* a documented bound was exceeded */
#define DLRGW_E_INTERNAL 8    /* anything else; thrown C++ exceptions end here */

/* True when the struct that p points to is large enough to hold the field. */
#define DLRGW_HAS(p, type, field) ((p)->struct_size >= offsetof(type, field) + sizeof(((type*)0)->field))

/* An absent time. Times are microseconds since the Unix epoch, UTC. */
#define DLRGW_NO_TIME INT64_MIN

#ifdef __cplusplus
}
#endif
#endif
