// SPDX-License-Identifier: Apache-2.0
/* dlrgw.quirks/1: lets the normalising stage call the operator's quirk. */
#ifndef DLRGW_ABI_QUIRKS_H
#define DLRGW_ABI_QUIRKS_H

#include <dlrgw/abi/receipt.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_QUIRKS "dlrgw.quirks/1"

#define DLRGW_QUIRKS_NONE 0u /* no quirk answers for the operator, or it said "not mine" */
#define DLRGW_QUIRKS_HANDLED 1u
#define DLRGW_QUIRKS_FAILED 2u /* its edits were undone */

typedef struct dlrgw_quirks {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [stage] applies the quirk instance of this lane. A failing quirk is a result, not an error; error has its text. */
  int32_t (*apply)(void* self, uint64_t receipt, uint32_t* result, dlrgw_error* error);
} dlrgw_quirks;

#ifdef __cplusplus
}
#endif
#endif
