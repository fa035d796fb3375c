// SPDX-License-Identifier: Apache-2.0
/* dlrgw.jobs/1: wakes a job that waits. */
#ifndef DLRGW_ABI_JOBS_H
#define DLRGW_ABI_JOBS_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_JOBS "dlrgw.jobs/1"

typedef struct dlrgw_jobs {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] ends the wait of the job on this host; without a waiter the next wait returns at once. Unknown names are
   * ignored: the job may not be part of this configuration. */
  void (*wake)(void* self, dlrgw_str job);
} dlrgw_jobs;

#ifdef __cplusplus
}
#endif
#endif
