// SPDX-License-Identifier: Apache-2.0
// Reading what another binary laid out: sizes and strides are its own, only the minimum is ours. Private to boundary/.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dlrgw/abi/base.h>

#include "support/result.hpp"

namespace dlrgw::host::abi_read {

// The first fields that a struct of SDK 1.0 must hold, in order, for naming the one that is missing.
struct FieldEnd {
  std::string_view name;
  std::size_t end;  // offset + size
};
#define DLRGW_FIELD_END(type, field) \
  ::dlrgw::host::abi_read::FieldEnd { #field, offsetof(type, field) + sizeof(decltype(type::field)) }

inline const FieldEnd* first_missing(const FieldEnd* begin, const FieldEnd* end, std::size_t size) {
  const auto* it = std::find_if(begin, end, [&](const FieldEnd& f) { return f.end > size; });
  return it == end ? nullptr : it;
}

// A copy of at most the bytes that both sides know; the rest is zero. memcpy: a foreign stride need not be aligned.
template <class T>
T copy_prefix(const void* from, std::size_t size) {
  T out{};
  std::memcpy(&out, from, std::min(sizeof(T), size));
  return out;
}

constexpr std::uint64_t kMaxTextBytes = 4096;

inline bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// what: names the field in the error, such as "vendor" or "option key"; the error continues a plugin label.
inline Result<std::string> read_text(dlrgw_str text, std::string_view what, std::uint64_t max_bytes = kMaxTextBytes,
                                     bool lines = false) {
  const std::string name(what);
  if (text.len > 0 && text.ptr == nullptr)
    return Error{ErrorCode::kInvalid, name + " is NULL with a length of " + std::to_string(text.len)};
  if (text.len > max_bytes)
    return Error{ErrorCode::kInvalid, name + " is longer than " + std::to_string(max_bytes) + " bytes"};
  const std::string_view view(text.ptr, static_cast<std::size_t>(text.len));
  if (!lines && has_control(view)) return Error{ErrorCode::kInvalid, name + " holds control characters"};
  return std::string(view);
}

struct Array {
  std::string_view name;  // "options"
  std::string_view stride_name;
  const void* items;
  std::uint32_t count;
  std::uint32_t stride;
  std::uint32_t max_count;
};

// Calls each(const T&, index) for copies of the items. T begins with struct_size and needs min_size bytes of it.
// each returns a Status; the first failure ends it.
template <class T, class Each>
Status for_each_struct(const Array& a, std::size_t min_size, Each&& each) {
  const std::string name(a.name);
  if (a.count == 0) return {};
  if (a.count > a.max_count)
    return Error{ErrorCode::kInvalid, name + " has " + std::to_string(a.count) + " entries, at most " +
                                          std::to_string(a.max_count) + " are allowed"};
  if (a.items == nullptr)
    return Error{ErrorCode::kInvalid, name + " is NULL with a count of " + std::to_string(a.count)};
  if (a.stride < min_size)
    return Error{ErrorCode::kInvalid, std::string(a.stride_name) + " is " + std::to_string(a.stride) +
                                          ", an entry has at least " + std::to_string(min_size) + " bytes"};
  for (std::uint32_t i = 0; i < a.count; ++i) {
    const auto* at = static_cast<const std::byte*>(a.items) + std::size_t{i} * a.stride;
    const auto size = copy_prefix<std::uint32_t>(at, sizeof(std::uint32_t));
    if (size < min_size || size > a.stride)
      return Error{ErrorCode::kInvalid, name + "[" + std::to_string(i) + "] has a struct_size of " +
                                            std::to_string(size) + ", allowed are " + std::to_string(min_size) +
                                            " to its stride of " + std::to_string(a.stride)};
    if (Status done = each(copy_prefix<T>(at, size), i); !done) return done;
  }
  return {};
}

// The same for arrays of dlrgw_str, which is frozen and has no struct_size.
Result<std::vector<std::string>> read_strings(const Array& a, std::uint64_t max_bytes);

}  // namespace dlrgw::host::abi_read
