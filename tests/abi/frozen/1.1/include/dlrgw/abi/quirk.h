// SPDX-License-Identifier: Apache-2.0
/* A quirk: what one mobile network operator does differently. One instance per lane. Called by the normalising stage,
 * before the operator's profile and the standard mapping. It reads the receipt and edits it through dlrgw.edit/1. */
#ifndef DLRGW_ABI_QUIRK_H
#define DLRGW_ABI_QUIRK_H

#include <dlrgw/abi/receipt.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_QUIRK_NOT_MINE 0u /* the profile and the standard mapping go on as if it had not been asked */
#define DLRGW_QUIRK_HANDLED 1u  /* what it set stands; what it left unset is filled by profile and standard mapping */

typedef struct dlrgw_quirk_class {
  uint32_t struct_size;
  uint32_t flags;
  dlrgw_str name;
  const dlrgw_str* operators; /* operator ids it answers for; an operator belongs to one quirk */
  uint32_t operators_count, operators_stride;
  /* [control] */
  int32_t (*create)(void* user, uint32_t lane, void** self, dlrgw_error* error);
  /* [control] optional */
  int32_t (*activate)(void* self, dlrgw_error* error);
  /* [stage] result: DLRGW_QUIRK_. A non-zero return never falls back to the standard mapping: the receipt is retried,
   * then rejected, unless the operator's profile says on_failure = "standard". Edits of a failed call are undone. */
  int32_t (*apply)(void* self, const dlrgw_receipt* receipt, uint32_t* result, dlrgw_error* error);
  /* [control] optional */
  void (*deactivate)(void* self);
  /* [control] */
  void (*destroy)(void* self);
} dlrgw_quirk_class;

#ifdef __cplusplus
}
#endif
#endif
