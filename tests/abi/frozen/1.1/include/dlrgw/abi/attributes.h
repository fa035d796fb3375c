// SPDX-License-Identifier: Apache-2.0
/* dlrgw.attributes/1: small values that one stage leaves for a later one. Gone when the receipt is retried. */
#ifndef DLRGW_ABI_ATTRIBUTES_H
#define DLRGW_ABI_ATTRIBUTES_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_ATTRIBUTES "dlrgw.attributes/1"

#define DLRGW_MAX_ATTRIBUTES 16u       /* per receipt */
#define DLRGW_MAX_ATTRIBUTE_BYTES 256u /* per value */
#define DLRGW_MAX_ATTRIBUTE_NAME 64u

typedef struct dlrgw_attributes {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [stage] any bytes; the host copies. The same name again replaces. */
  int32_t (*set)(void* self, uint64_t receipt, dlrgw_str name, dlrgw_str value);
  /* [stage] DLRGW_E_NOT_FOUND when unset; valid until the next set on this receipt. */
  int32_t (*get)(void* self, uint64_t receipt, dlrgw_str name, dlrgw_str* value);
} dlrgw_attributes;

#ifdef __cplusplus
}
#endif
#endif
