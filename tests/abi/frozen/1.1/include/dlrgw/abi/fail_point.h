// SPDX-License-Identifier: Apache-2.0
/* dlrgw.fail_point/1: offered by test builds of the host only. A named point at which a test can kill the process. */
#ifndef DLRGW_ABI_FAIL_POINT_H
#define DLRGW_ABI_FAIL_POINT_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_FAIL_POINT "dlrgw.fail_point/1"

typedef struct dlrgw_fail_point {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] ends the process with SIGKILL when the point is armed. */
  void (*hit)(void* self, dlrgw_str name);
} dlrgw_fail_point;

#ifdef __cplusplus
}
#endif
#endif
