// SPDX-License-Identifier: Apache-2.0
// Maps a private copy into the process, for good: a library is never closed. Code of an old plugin may still stand on
// some stack, in a thread-exit handler or in a callback of a library it brought along, and unmapping it would be a jump
// into nothing. Old images cost address space; the count is a metric, and a limit asks for a restart. [control] thread.
#pragma once
#include <cstddef>
#include <filesystem>

#include <dlrgw/abi/plugin.h>

#include "support/result.hpp"

namespace dlrgw::host {

// RTLD_NOW | RTLD_LOCAL, never DEEPBIND. shown_path is the file that the operator knows, for errors.
Result<dlrgw_plugin_entry_fn> open_library(const std::filesystem::path& private_copy,
                                           const std::filesystem::path& shown_path);

// Images mapped by open_library in this process so far. Any thread.
std::size_t plugin_image_count();

}  // namespace dlrgw::host
