// SPDX-License-Identifier: Apache-2.0
/* dlrgw.publish/1 (by grant "publish"): JetStream publish with acknowledgement, for continuous jobs such as a relay. */
#ifndef DLRGW_ABI_PUBLISH_H
#define DLRGW_ABI_PUBLISH_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_PUBLISH "dlrgw.publish/1"

typedef struct dlrgw_publish_item {
  uint32_t struct_size;
  int32_t result; /* out: DLRGW_OK = acknowledged by the stream; _UNAVAILABLE: connection; _TRANSIENT: no answer;
                     _NOT_FOUND: no stream takes the subject; _DATA: refused */
  dlrgw_str subject;
  dlrgw_str msg_id; /* Nats-Msg-Id */
  dlrgw_str schema; /* Dlr-Schema or empty */
  dlrgw_str traceparent;
  dlrgw_str payload;
} dlrgw_publish_item;

typedef struct dlrgw_publish {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [job] publishes all and waits until each has its result or the time is over. One call at a time per plugin.
   * DLRGW_OK when every item has a result, whatever the results are. */
  int32_t (*publish)(void* self, dlrgw_publish_item* items, uint32_t count, uint32_t stride, uint32_t timeout_ms,
                     dlrgw_error* error);
} dlrgw_publish;

#ifdef __cplusplus
}
#endif
#endif
