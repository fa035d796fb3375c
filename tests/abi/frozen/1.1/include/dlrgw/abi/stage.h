// SPDX-License-Identifier: Apache-2.0
/* A stage: one step of the chain. One instance per lane, so an author needs no lock for stage state. [stage] functions
 * of one instance never overlap, but may run on different OS threads over time: no thread-local caches. */
#ifndef DLRGW_ABI_STAGE_H
#define DLRGW_ABI_STAGE_H

#include <dlrgw/abi/receipt.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dlrgw_uow; /* the batch's unit of work: one transaction and the events emitted in it; opaque */

/* The receipts that are still alive at this stage. items points to dlrgw_receipt, item_stride bytes apart. */
typedef struct dlrgw_batch {
  uint32_t struct_size;
  uint32_t count;
  uint32_t item_size; /* bytes that are valid in each item */
  uint32_t item_stride;
  uint32_t verdict_stride; /* bytes from one verdict to the next in process() */
  uint32_t flags;
  const void* items;
  struct dlrgw_uow* uow;
  uint64_t batch_id;
  int64_t deadline_us; /* wall clock; a batch that runs over it is rolled back */
} dlrgw_batch;

/* DLRGW_BATCH_DRY_RUN: nothing will be committed, whatever the stages do. */
#define DLRGW_BATCH_DRY_RUN 1u

#define DLRGW_ACTION_UNSET 0u    /* left unset: a breach; the receipt is retried, never acknowledged */
#define DLRGW_ACTION_CONTINUE 1u /* later stages see it */
#define DLRGW_ACTION_DROP 2u     /* ends here; what it wrote and emitted is committed, then acknowledged */
#define DLRGW_ACTION_RETRY 3u    /* what it wrote is discarded; the whole chain runs again after retry_after_ms */
#define DLRGW_ACTION_REJECT 4u   /* what it wrote is discarded; stored as rejected, never delivered again */

typedef struct dlrgw_verdict {
  uint32_t action;
  uint32_t retry_after_ms; /* RETRY only */
  uint32_t reason;         /* index into the plugin's reasons; DROP, RETRY and REJECT need one */
  uint32_t reserved;
} dlrgw_verdict;

#define DLRGW_FATE_COMMITTED 1u /* its effects are durable and it was acknowledged */
#define DLRGW_FATE_RETRIED 2u   /* it will come again */
#define DLRGW_FATE_REJECTED 3u  /* stored as rejected or invalid */

typedef struct dlrgw_outcome {
  uint32_t struct_size;
  uint32_t fate;
  dlrgw_str outcome; /* one of DLRGW_OUTCOME_ (plugin.h); empty for a retried receipt */
} dlrgw_outcome;

/* One outcome per receipt of the batch that process() saw, in its order. */
typedef struct dlrgw_outcomes {
  uint32_t struct_size;
  uint32_t count;
  uint32_t item_stride;
  uint32_t flags;
  const void* items; /* dlrgw_outcome */
} dlrgw_outcomes;

/* The host refuses a chain in which this stage is disabled. */
#define DLRGW_STAGE_ESSENTIAL 1u
/* process() uses no SQL and no network: `try` may run it without servers. */
#define DLRGW_STAGE_OFFLINE 2u

typedef struct dlrgw_stage_class {
  uint32_t struct_size;
  uint32_t flags;
  dlrgw_str name;         /* the plugin's name, or "plugin.step": unique among all stages */
  const dlrgw_str* needs; /* facts that earlier stages must provide: "status", "correlation", "decision", … */
  const dlrgw_str* provides;
  uint32_t needs_count, needs_stride;
  uint32_t provides_count, provides_stride;
  /* [control] user is what was given to add_stage(). No exclusive resource yet: an older instance may still run. */
  int32_t (*create)(void* user, uint32_t lane, void** self, dlrgw_error* error);
  /* [control] optional: connect, warm up. A failure refuses the whole snapshot. */
  int32_t (*activate)(void* self, dlrgw_error* error);
  /* [stage] writes one verdict per receipt. Must be repeatable: all effects live in the unit of work or are idempotent
   * by event id. A non-zero return voids all verdicts and runs the batch again later. */
  int32_t (*process)(void* self, const dlrgw_batch* batch, dlrgw_verdict* verdicts, dlrgw_error* error);
  /* [stage] optional: after commit and acknowledgement. May be skipped by a crash. */
  void (*settled)(void* self, const dlrgw_batch* batch, const dlrgw_outcomes* outcomes);
  /* [control] optional: join own threads here. */
  void (*deactivate)(void* self);
  /* [control] */
  void (*destroy)(void* self);
} dlrgw_stage_class;

#ifdef __cplusplus
}
#endif
#endif
