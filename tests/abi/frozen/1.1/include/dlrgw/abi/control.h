// SPDX-License-Identifier: Apache-2.0
/* dlrgw.control/1 (by grant "control"): reads the state of the gateway and changes what operations may change. */
#ifndef DLRGW_ABI_CONTROL_H
#define DLRGW_ABI_CONTROL_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_CONTROL "dlrgw.control/1"

#define DLRGW_CONTROL_PIPELINE 1u /* stages with verdict counts and times, lanes, backlog, generation, last reload */
#define DLRGW_CONTROL_PLUGINS 2u
#define DLRGW_CONTROL_JOBS 3u

typedef struct dlrgw_control {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] one JSON document, given to take() before this returns. */
  int32_t (*read)(void* self, uint32_t what, void (*take)(void* context, dlrgw_str json), void* context);
  /* [any] enabled 0 or 1. Builds a new snapshot beside the running one and swaps it between batches; on any error the
   * old one runs on and the error says why. Kept in the state directory; concerns this host only. */
  int32_t (*set_stage)(void* self, dlrgw_str stage, int32_t enabled, dlrgw_error* error);
  int32_t (*set_plugin)(void* self, dlrgw_str plugin, int32_t enabled, dlrgw_error* error);
  /* [any] reads the configuration file again. */
  int32_t (*reload)(void* self, dlrgw_error* error);
  /* [any] starts a run now; DLRGW_E_NOT_FOUND, _TRANSIENT when it runs already, _DENIED when another host leads it. */
  int32_t (*run_job)(void* self, dlrgw_str job, dlrgw_error* error);
  /* [any] calls a quirk again that is not called because it kept failing; DLRGW_E_NOT_FOUND. */
  int32_t (*reset_quirk)(void* self, dlrgw_str quirk, dlrgw_error* error);
  /* Revision 2. [any] the same for a stage that is enabled. */
  int32_t (*reset_stage)(void* self, dlrgw_str stage, dlrgw_error* error);
} dlrgw_control;

#ifdef __cplusplus
}
#endif
#endif
