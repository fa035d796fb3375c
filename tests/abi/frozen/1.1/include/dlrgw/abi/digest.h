// SPDX-License-Identifier: Apache-2.0
/* dlrgw.digest/1: SHA-256 and name-based UUIDs, so that plugins need no crypto library of their own. */
#ifndef DLRGW_ABI_DIGEST_H
#define DLRGW_ABI_DIGEST_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_DIGEST "dlrgw.digest/1"

typedef struct dlrgw_digest {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] writes 32 bytes. FIPS 180-4. */
  void (*sha256)(void* self, dlrgw_str data, uint8_t* out32);
  /* [any] RFC 4122 version 5: space is UUID text, out receives 36 characters, lower case, no NUL. */
  int32_t (*uuid_v5)(void* self, dlrgw_str space, dlrgw_str name, char* out36);
} dlrgw_digest;

#ifdef __cplusplus
}
#endif
#endif
