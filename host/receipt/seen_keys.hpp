// SPDX-License-Identifier: Apache-2.0
// The keys of one JSON object seen so far, to refuse a repeat. Few keys are compared one by one; many go into a hash
// set, so that a hostile payload of 256 KiB costs linear time. Used by decode_receipt.cpp only.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace dlrgw::host::receipt {

class SeenKeys {
 public:
  void clear() {
    few_.clear();
    many_.clear();
  }
  // False when the key was there already.
  bool insert(std::string_view key) {
    if (!many_.empty()) return many_.emplace(key).second;
    for (const std::string& seen : few_)
      if (seen == key) return false;
    if (few_.empty()) few_.reserve(kLinearLimit + 1);
    few_.emplace_back(key);
    if (few_.size() > kLinearLimit) many_.insert(few_.begin(), few_.end());
    return true;
  }

 private:
  static constexpr std::size_t kLinearLimit = 32;
  std::vector<std::string> few_;
  std::unordered_set<std::string> many_;
};

}  // namespace dlrgw::host::receipt
