// SPDX-License-Identifier: Apache-2.0
#include "boundary/abi_read.hpp"

namespace dlrgw::host::abi_read {

Result<std::vector<std::string>> read_strings(const Array& a, std::uint64_t max_bytes) {
  const std::string name(a.name);
  std::vector<std::string> out;
  if (a.count == 0) return out;
  if (a.count > a.max_count)
    return Error{ErrorCode::kInvalid, name + " has " + std::to_string(a.count) + " entries, at most " +
                                          std::to_string(a.max_count) + " are allowed"};
  if (a.items == nullptr)
    return Error{ErrorCode::kInvalid, name + " is NULL with a count of " + std::to_string(a.count)};
  if (a.stride < sizeof(dlrgw_str))
    return Error{ErrorCode::kInvalid, std::string(a.stride_name) + " is " + std::to_string(a.stride) +
                                          ", an entry has at least " + std::to_string(sizeof(dlrgw_str)) + " bytes"};
  for (std::uint32_t i = 0; i < a.count; ++i) {
    const auto* at = static_cast<const std::byte*>(a.items) + std::size_t{i} * a.stride;
    auto text =
        read_text(copy_prefix<dlrgw_str>(at, sizeof(dlrgw_str)), name + "[" + std::to_string(i) + "]", max_bytes);
    if (!text) return text.error();
    if (text->empty()) return Error{ErrorCode::kInvalid, name + "[" + std::to_string(i) + "] is empty"};
    out.push_back(std::move(*text));
  }
  return out;
}

}  // namespace dlrgw::host::abi_read
