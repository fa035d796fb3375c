// SPDX-License-Identifier: Apache-2.0
/* dlrgw.tools/1: what a plugin does for a person at the command line, with receipts that were captured. Never called by
 * a gateway that runs. A host before 1.1 does not offer it: a plugin does without. */
#ifndef DLRGW_ABI_TOOLS_H
#define DLRGW_ABI_TOOLS_H

#include <dlrgw/abi/receipt.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_TOOLS "dlrgw.tools/1"

/* One run of a tool: what it is given, and where its answer goes. Valid until run() returns, on its thread. */
typedef struct dlrgw_tool_call {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  /* [tool] the text given under that name; empty when there is none. Lives until run() returns. */
  dlrgw_str (*input)(void* self, dlrgw_str name);
  /* [tool] the next captured receipt, as a stage would see it; stream_seq is its line among the captures. It lives
   * until the next call of next(), and so long its handle may be used as in a stage. DLRGW_E_NOT_FOUND: that was all.
   */
  int32_t (*next)(void* self, const dlrgw_receipt** receipt, dlrgw_error* error);
  /* [tool] appends to the answer, which is UTF-8. */
  void (*write)(void* self, dlrgw_str text);
} dlrgw_tool_call;

/* Lives, with what it points to, until destroy(). */
typedef struct dlrgw_tool {
  uint32_t struct_size;
  uint32_t reserved;
  dlrgw_str name; /* [a-z0-9._-]{1,64}; the tools that the host asks for are named on the service's page */
  /* [tool] another code than DLRGW_OK: there is no answer, and the text says why. */
  int32_t (*run)(void* user, const dlrgw_tool_call* call, dlrgw_error* error);
} dlrgw_tool;

typedef struct dlrgw_tools {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [control] during create() only. */
  int32_t (*add)(void* self, const dlrgw_tool* tool, void* user, dlrgw_error* error);
} dlrgw_tools;

#ifdef __cplusplus
}
#endif
#endif
