// SPDX-License-Identifier: Apache-2.0
// Every call into a plugin goes through here. The C interface forbids exceptions, and the SDK's C++ layer catches them;
// a plugin that lets one out anyway must not take the host down. The exception's own text is not passed on: it is the
// plugin's, and may hold what must not be logged. Any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <dlrgw/abi/base.h>

#include "support/result.hpp"

namespace dlrgw::host {

Error threw_error(std::string_view where);

// Runs fn; whatever it throws becomes kInternal: `plugin com.acme: destroy threw an exception …`.
template <class Fn>
auto call_guarded(std::string_view plugin_id, std::string_view what, Fn&& fn) -> Result<std::invoke_result_t<Fn&>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Fn&>>) {
      fn();
      return {};
    } else {
      return fn();
    }
  } catch (...) {
    return threw_error("plugin " + std::string(plugin_id) + ": " + std::string(what));
  }
}

// The error that a hook reported: the returned code (an unknown one becomes kInternal), and as text `where: ` and what
// the plugin wrote, cut to its size, without control characters, numbers of seven digits or more masked.
Error hook_error(std::string_view where, std::int32_t code, const dlrgw_error& error);

// For hooks that return a code and fill a dlrgw_error: fn(dlrgw_error*) -> int32_t. where names the plugin, the object
// and the hook: "plugin com.acme 1.0.0: stage check, lane 3: process".
template <class Fn>
requires std::is_invocable_r_v<std::int32_t, Fn&, dlrgw_error*> Status call_guarded(std::string_view where, Fn&& fn) {
  dlrgw_error error{};
  error.struct_size = sizeof error;
  try {
    const std::int32_t code = fn(&error);
    return code == DLRGW_OK ? Status() : Status(hook_error(where, code, error));
  } catch (...) {
    return threw_error(where);
  }
}

}  // namespace dlrgw::host
