// SPDX-License-Identifier: Apache-2.0
/* dlrgw.edit/1: changes to a receipt. The host copies. An edit is seen by the editing stage through get, by others from
 * the next stage on. Once a stage has set the message id, ids and operator are read-only (DLRGW_E_DENIED). */
#ifndef DLRGW_ABI_EDIT_H
#define DLRGW_ABI_EDIT_H

#include <dlrgw/abi/receipt.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_EDIT "dlrgw.edit/1"

#define DLRGW_EDIT_STATUS 1u              /* integer, DLRGW_STATUS_ */
#define DLRGW_EDIT_RAW_STATUS 2u          /* text */
#define DLRGW_EDIT_ERROR_CODE 3u          /* text */
#define DLRGW_EDIT_NETWORK_ERROR_CODE 4u  /* text */
#define DLRGW_EDIT_OPERATOR_MESSAGE_ID 5u /* text */
#define DLRGW_EDIT_DLR_TIMESTAMP 6u       /* integer, µs or DLRGW_NO_TIME */
#define DLRGW_EDIT_SEGMENT_INDEX 7u       /* integer 0..255 */
#define DLRGW_EDIT_SEGMENT_TOTAL 8u       /* integer 0..255 */
#define DLRGW_EDIT_MESSAGE_ID 9u          /* text, UUID */
#define DLRGW_EDIT_ACCOUNT_ID 10u         /* text, UUID */
#define DLRGW_EDIT_MESSAGE_STATE 11u      /* integer 0..255 or DLRGW_NO_MESSAGE_STATE */
#define DLRGW_EDIT_SUBMIT_DATE 12u        /* text, zone-less */
#define DLRGW_EDIT_DONE_DATE 13u          /* text, zone-less */
/* 1.1. A host of 1.0 answers DLRGW_E_INVALID. */
#define DLRGW_EDIT_FINALITY 14u /* integer, DLRGW_FINALITY_; what a quirk says about esm_class */
#define DLRGW_EDIT_NO_ID 15u    /* integer 0 or 1; 1: no id of this receipt is one */

#define DLRGW_FINALITY_BY_ESM_CLASS 0 /* 0x20 is never final, all others are as their status says */
#define DLRGW_FINALITY_FINAL 1        /* as its status says, whatever esm_class is */
#define DLRGW_FINALITY_INTERMEDIATE 2 /* UNKNOWN, whatever its status says */

#define DLRGW_MAX_TEXT 1020u /* bytes of a text field: 255 characters of UTF-8 */
#define DLRGW_MAX_CANDIDATES 16u
#define DLRGW_MAX_FLAGS 16u /* each of [a-z0-9_]{1,32} */

typedef struct dlrgw_edit {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [stage] DLRGW_E_LIMIT over a bound, DLRGW_E_INVALID unknown handle, field or control character. */
  int32_t (*set_text)(void* self, uint64_t receipt, uint32_t field, dlrgw_str value);
  int32_t (*set_int)(void* self, uint64_t receipt, uint32_t field, int64_t value);
  int32_t (*set_candidates)(void* self, uint64_t receipt, const dlrgw_candidate* items, uint32_t count,
                            uint32_t stride);
  int32_t (*add_flag)(void* self, uint64_t receipt, dlrgw_str flag);
  /* [stage] the value with this stage's own edits; valid until the next call on this receipt. */
  int32_t (*get_text)(void* self, uint64_t receipt, uint32_t field, dlrgw_str* out);
  int32_t (*get_int)(void* self, uint64_t receipt, uint32_t field, int64_t* out);
  int32_t (*get_candidate)(void* self, uint64_t receipt, uint32_t index,
                           dlrgw_candidate* out); /* NOT_FOUND past the end */
} dlrgw_edit;

#ifdef __cplusplus
}
#endif
#endif
