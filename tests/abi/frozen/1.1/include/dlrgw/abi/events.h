// SPDX-License-Identifier: Apache-2.0
/* dlrgw.events/1 (by grant "events"): emits events into the unit of work; the sink persists them in its transaction.
 * The only way in which a stage publishes. */
#ifndef DLRGW_ABI_EVENTS_H
#define DLRGW_ABI_EVENTS_H

#include <dlrgw/abi/sink.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_EVENTS "dlrgw.events/1"

typedef struct dlrgw_events_service {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [stage][job] event->receipt decides its fate as for a row. The host copies. */
  int32_t (*emit)(void* self, struct dlrgw_uow* uow, const dlrgw_event* event, dlrgw_error* error);
} dlrgw_events_service;

#ifdef __cplusplus
}
#endif
#endif
