// SPDX-License-Identifier: Apache-2.0
// Options of jemalloc, which looks for this symbol when the process starts.
#include <jemalloc/jemalloc.h>

// Few arenas: lanes outnumber the cores that run them, and each arena keeps memory of its own.
extern "C" {
const char* malloc_conf = "narenas:4,muzzy_decay_ms:0";
}
