// SPDX-License-Identifier: Apache-2.0
/* The sink: persists the events emitted in a unit of work, inside its transaction. Exactly one is active. */
#ifndef DLRGW_ABI_SINK_H
#define DLRGW_ABI_SINK_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dlrgw_uow;

typedef struct dlrgw_event {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t receipt;   /* handle of the receipt it belongs to; 0 in jobs and routes */
  dlrgw_str event_id; /* UUID text; published as Nats-Msg-Id */
  dlrgw_str subject;
  dlrgw_str key;         /* groups the events of one thing: the message id, say */
  dlrgw_str schema;      /* published as Dlr-Schema, "name/1" */
  dlrgw_str payload;     /* UTF-8 JSON object */
  dlrgw_str traceparent; /* W3C header or empty; filled by the host when empty */
} dlrgw_event;

typedef struct dlrgw_events {
  uint32_t struct_size;
  uint32_t count;
  uint32_t item_stride;
  uint32_t flags;
  const void* items; /* dlrgw_event */
} dlrgw_events;

typedef struct dlrgw_sink_class {
  uint32_t struct_size;
  uint32_t flags;
  dlrgw_str name;
  /* [any] called by lanes and jobs at the same time, before the commit of uow. Adds rows to uow. */
  int32_t (*persist)(void* user, struct dlrgw_uow* uow, const dlrgw_events* events, dlrgw_error* error);
  /* [any] optional: events of this kind were committed by this host; wake a relay. */
  void (*committed)(void* user, uint32_t count);
} dlrgw_sink_class;

#ifdef __cplusplus
}
#endif
#endif
