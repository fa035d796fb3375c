// SPDX-License-Identifier: Apache-2.0
// Small helpers at the plugin boundary. Private to boundary/services.
#pragma once
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/abi/base.h>

#include "boundary/call_scope.hpp"
#include "boundary/plugin_context.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

inline PluginContext& context_of(void* self) { return *static_cast<PluginContext*>(self); }

inline std::string_view view(dlrgw_str text) {
  return text.len == 0 || text.ptr == nullptr ? std::string_view{} : std::string_view(text.ptr, text.len);
}
inline dlrgw_str str(std::string_view text) { return {text.data(), text.size()}; }

// How probes and tools are called: [a-z0-9._-]{1,64}.
inline bool is_short_name(std::string_view name) {
  constexpr std::size_t kMaxName = 64;
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

// Answers the error to the plugin, in the plugin's own buffer and no further than its size.
inline std::int32_t answer(dlrgw_error* error, ErrorCode code, std::string_view text) {
  if (error != nullptr && DLRGW_HAS(error, dlrgw_error, text_len)) {
    const std::size_t room = error->struct_size - offsetof(dlrgw_error, text);
    const std::size_t length = std::min({room, sizeof error->text, text.size()});
    error->code = static_cast<std::int32_t>(code);
    error->text_len = static_cast<std::uint32_t>(length);
    if (length != 0) std::memcpy(error->text, text.data(), length);
  }
  return static_cast<std::int32_t>(code);
}
inline std::int32_t answer(dlrgw_error* error, const Status& status) {
  return status ? DLRGW_OK : answer(error, status.error().code, status.error().text);
}

// The i-th element of an array whose element size the other side decides.
template <class T>
const T& at(const T* items, std::uint32_t stride, std::uint32_t i) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(items) + std::size_t{i} * stride);
}

inline std::vector<std::string_view> views(const dlrgw_str* items, std::uint32_t count, std::uint32_t stride) {
  std::vector<std::string_view> out;
  out.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) out.push_back(view(at(items, stride, i)));
  return out;
}

}  // namespace dlrgw::host
