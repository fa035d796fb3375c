// SPDX-License-Identifier: Apache-2.0
/* dlrgw.pipeline/1 (by grant "pipeline"): puts one stored payload through the chain, in one unit of work of its own. */
#ifndef DLRGW_ABI_PIPELINE_H
#define DLRGW_ABI_PIPELINE_H

#include <dlrgw/abi/sql.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_PIPELINE "dlrgw.pipeline/1"

#define DLRGW_SUBMIT_DRY_RUN 1u /* everything is rolled back */

/* Stored id and times win over what the payload says. */
typedef struct dlrgw_submission {
  uint32_t struct_size;
  uint32_t flags;
  dlrgw_str payload; /* as it came in */
  dlrgw_str event_id;
  int64_t received_at_us; /* DLRGW_NO_TIME: what the payload says */
  dlrgw_str origin;       /* short name of the caller's purpose, read by stages: "quarantine.release" */
  const dlrgw_str* skip;  /* opaque names that stages read: "quarantine" */
  uint32_t skip_count, skip_stride;
  /* A WRITE statement of the submitting plugin, executed in the same transaction; its column completion_outcome (index)
   * gets the outcome instead of the given value. A unique violation in it rolls everything back: DLRGW_E_DENIED.
   * completion_values NULL: none. */
  const dlrgw_sql_value* completion_values;
  uint32_t completion_count, completion_stride;
  uint32_t completion_statement, completion_outcome;
} dlrgw_submission;

/* The caller allocates; texts are cut to fit. */
typedef struct dlrgw_submission_result {
  uint32_t struct_size;
  uint32_t outcome_len, reason_len, stage_len;
  char outcome[24]; /* one of DLRGW_OUTCOME_, or "retry": nothing was kept */
  char reason[64];
  char stage[64]; /* that ended it; empty at the end of the chain */
  uint32_t report_len, reserved;
  /* JSON object: the receipt's fields after the last stage, without phone numbers and text; empty when it does not fit
   */
  char report[4000];
} dlrgw_submission_result;

typedef struct dlrgw_pipeline {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [http][job] waits for other submissions, not for a lane. Counted neither as received nor as an outcome.
   * DLRGW_E_UNAVAILABLE: a dependency is away; _DATA: the payload is no receipt. */
  int32_t (*submit)(void* self, const dlrgw_submission* submission, dlrgw_submission_result* result,
                    dlrgw_error* error);
  /* [stage] non-zero: the submission of this receipt named `name` in its skip list. */
  int32_t (*skips)(void* self, uint64_t receipt, dlrgw_str name);
} dlrgw_pipeline;

#ifdef __cplusplus
}
#endif
#endif
