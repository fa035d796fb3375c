// SPDX-License-Identifier: Apache-2.0
/* dlrgw.health/1: what a plugin knows of its own dependencies, shown by /ready and the metrics. */
#ifndef DLRGW_ABI_HEALTH_H
#define DLRGW_ABI_HEALTH_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_HEALTH "dlrgw.health/1"

#define DLRGW_HEALTH_OK 1
#define DLRGW_HEALTH_DEGRADED 2 /* works without it; /ready stays 200 and says so */
#define DLRGW_HEALTH_DOWN 3     /* cannot work; /ready answers 503 */

typedef struct dlrgw_health {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] dependency is a short name: "redis". detail must hold no secret and no phone number. */
  void (*report)(void* self, dlrgw_str dependency, int32_t state, dlrgw_str detail);
} dlrgw_health;

#ifdef __cplusplus
}
#endif
#endif
