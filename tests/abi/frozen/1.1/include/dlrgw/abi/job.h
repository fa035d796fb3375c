// SPDX-License-Identifier: Apache-2.0
/* A job: work on a schedule or without end, on a thread of the host's. It never overlaps with itself in one host: turns
 * that pass during a run are left out. A run that fails is tried again after 1 s, 2 s, … 64 s, or at its next turn.
 * A singleton runs on one host at a time, under an advisory lock that this host keeps between the turns, so that each
 * turn is run once. When that host is gone another takes over, and runs again a turn that was due within the last hour:
 * its work must bear repetition. */
#ifndef DLRGW_ABI_JOB_H
#define DLRGW_ABI_JOB_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_JOB_SINGLETON 1u

#define DLRGW_JOB_STOP (-1)
#define DLRGW_JOB_TIMEOUT 0
#define DLRGW_JOB_WOKEN 1

/* Lives for one run. */
typedef struct dlrgw_job_context {
  uint32_t struct_size;
  uint32_t flags;
  void* self;
  /* [job] non-zero: return within 2 s. A lost leader lock stops a singleton too. After a reload the job of the new
   * pipeline begins when this one has returned; one that has not after 30 s is reported. */
  int32_t (*should_stop)(void* self);
  /* [job] waits for wake(), stop or the time-out; answers DLRGW_JOB_STOP, _TIMEOUT or _WOKEN. */
  int32_t (*wait)(void* self, uint32_t timeout_ms);
} dlrgw_job_context;

typedef struct dlrgw_job_class {
  uint32_t struct_size;
  uint32_t flags;
  dlrgw_str name;     /* unique among all jobs: "outbox.relay" */
  dlrgw_str schedule; /* "continuous", "every 5m", "daily 02:00" (UTC) */
  /* [job] */
  int32_t (*run)(void* user, const dlrgw_job_context* context, dlrgw_error* error);
} dlrgw_job_class;

#ifdef __cplusplus
}
#endif
#endif
