// SPDX-License-Identifier: Apache-2.0
/* dlrgw.pii/1 (by grant "pii"): phone numbers, receipt text and the raw payload. Never log what this returns. */
#ifndef DLRGW_ABI_PII_H
#define DLRGW_ABI_PII_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_PII "dlrgw.pii/1"

#define DLRGW_PII_SOURCE_ADDR 1u
#define DLRGW_PII_DEST_ADDR 2u
#define DLRGW_PII_RAW_RECEIPT 3u         /* receipt text; control characters replaced by spaces */
#define DLRGW_PII_PAYLOAD 4u             /* the inbound message, byte for byte */
#define DLRGW_PII_RECEIPT_AS_RECEIVED 5u /* 1.1: receipt text with its control characters, NUL among them */

typedef struct dlrgw_pii {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [stage] DLRGW_E_NOT_FOUND when absent. Lives until the call into the plugin returns. */
  int32_t (*get)(void* self, uint64_t receipt, uint32_t field, dlrgw_str* out);
  /* [stage] value of an SMPP TLV as hex text, by tag; DLRGW_E_NOT_FOUND when absent. */
  int32_t (*get_tlv)(void* self, uint64_t receipt, uint32_t tag, dlrgw_str* hex);
  /* Revision 2, SDK 1.1. */
  /* [stage] the octets of a TLV, as many as fit into capacity; length is how many there are. NOT_FOUND when absent. */
  int32_t (*get_tlv_octets)(void* self, uint64_t receipt, uint32_t tag, uint8_t* octets, uint32_t capacity,
                            uint32_t* length);
  /* [stage] a TLV of 1 to 8 octets as a number, most significant octet first; DLRGW_E_INVALID when it is longer or
   * empty, NOT_FOUND when absent. */
  int32_t (*get_tlv_integer)(void* self, uint64_t receipt, uint32_t tag, uint64_t* value);
} dlrgw_pii;

#ifdef __cplusplus
}
#endif
#endif
