// SPDX-License-Identifier: Apache-2.0
/* dlrgw.clock/1: the gateway's time. Pass it to SQL as a parameter; never ask the database or the system. */
#ifndef DLRGW_ABI_CLOCK_H
#define DLRGW_ABI_CLOCK_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_CLOCK "dlrgw.clock/1"

typedef struct dlrgw_clock {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  int64_t (*now_us)(void* self);       /* [any] wall clock, µs since the epoch */
  int64_t (*monotonic_us)(void* self); /* [any] never steps back; for durations */
} dlrgw_clock;

#ifdef __cplusplus
}
#endif
#endif
