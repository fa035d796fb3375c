// SPDX-License-Identifier: Apache-2.0
/* dlrgw.probes/1: questions to what a plugin depends on, asked by `dlr-gateway check --connect`. A host before 1.1 does
 * not offer it: a plugin does without. */
#ifndef DLRGW_ABI_PROBES_H
#define DLRGW_ABI_PROBES_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_PROBES "dlrgw.probes/1"

/* Lives, with what it points to, until destroy(). */
typedef struct dlrgw_probe {
  uint32_t struct_size;
  uint32_t reserved;
  dlrgw_str dependency; /* a short name: "redis"; [a-z0-9._-]{1,64} */
  /* [control] uses the dependency as the plugin will, within 10 s, and leaves nothing behind in it. DLRGW_OK: it
   * serves; else a code, and a text that says what is wrong and what to do, without a secret. */
  int32_t (*ask)(void* user, dlrgw_error* error);
} dlrgw_probe;

typedef struct dlrgw_probes {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [control] during create() only. */
  int32_t (*add)(void* self, const dlrgw_probe* probe, void* user, dlrgw_error* error);
} dlrgw_probes;

#ifdef __cplusplus
}
#endif
#endif
