// SPDX-License-Identifier: Apache-2.0
/* The read view of one delivery receipt. Valid from the start of a call to its end, on the thread of the call.
 * Phone numbers, receipt text and the raw payload are not in it: dlrgw/abi/pii.h, by grant. */
#ifndef DLRGW_ABI_RECEIPT_H
#define DLRGW_ABI_RECEIPT_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* DlrStatus. 0 means that no stage has decided yet. */
#define DLRGW_STATUS_NONE 0
#define DLRGW_STATUS_DELIVERED 1
#define DLRGW_STATUS_FAILED 2
#define DLRGW_STATUS_UNDELIVERED 3
#define DLRGW_STATUS_EXPIRED 4
#define DLRGW_STATUS_REJECTED 5
#define DLRGW_STATUS_UNKNOWN 6 /* the only one that is not terminal */

#define DLRGW_NO_MESSAGE_STATE 0xFFFFFFFFu
#define DLRGW_NO_ESM_CLASS 0xFFFFFFFFu

/* One spelling under which the operator's message id may be stored. Tried in the order of the array; candidates of one
 * rank are of equal standing, so two of them that hit different messages are ambiguous. */
typedef struct dlrgw_candidate {
  uint32_t struct_size;
  uint32_t rank;
  dlrgw_str id;
} dlrgw_candidate;

typedef struct dlrgw_receipt {
  uint32_t struct_size;
  uint32_t delivery_count; /* JetStream deliveries so far, 1 = first */
  uint64_t handle;         /* names this receipt in calls to host services; never 0 */
  uint64_t stream_seq;     /* JetStream sequence; 0 for a payload that did not come from the stream */
  int32_t status;          /* DLRGW_STATUS_ */
  uint32_t stage_retries;  /* RETRY verdicts of the called stage on this receipt so far */
  uint32_t message_state;  /* SMPP message_state 0..255 or DLRGW_NO_MESSAGE_STATE */
  uint32_t segment_index;  /* from 1; 0 = not known */
  uint32_t segment_total;  /* 0 = not known */
  uint32_t candidate_count;
  uint32_t candidate_stride; /* bytes from one candidate to the next */
  uint32_t flag_count;
  int64_t received_at_us;   /* when the connector received it; never absent */
  int64_t dlr_timestamp_us; /* the operator's time of the state, or DLRGW_NO_TIME */
  int64_t stream_time_us;   /* when JetStream stored it */
  const dlrgw_candidate* candidates;
  dlrgw_str event_id; /* UUID text, lower case */
  dlrgw_str operator_id;
  dlrgw_str operator_message_id; /* as received in its own field; may be empty when the id is in the receipt text */
  dlrgw_str raw_status;          /* as received (rawStat), or as a quirk set it */
  dlrgw_str error_code;
  dlrgw_str network_error_code;
  dlrgw_str submit_date; /* zone-less text of the receipt */
  dlrgw_str done_date;
  dlrgw_str message_id;   /* UUID text once correlated */
  dlrgw_str account_id;   /* UUID text once correlated */
  dlrgw_str flags;        /* names joined by ',' */
  dlrgw_str trace_id;     /* 32 hex digits or empty */
  dlrgw_str span_id;      /* 16 hex digits or empty */
  dlrgw_str quirk_plugin; /* id of the plugin whose quirk handled it, or empty */
  dlrgw_str quirk_version;
  /* 1.1 */
  uint32_t esm_class; /* SMPP esm_class 0..255 or DLRGW_NO_ESM_CLASS */
  uint32_t reserved;
  dlrgw_str connector_id; /* the bind that received it, letters of an operator id; may be empty */
} dlrgw_receipt;

#ifdef __cplusplus
}
#endif
#endif
