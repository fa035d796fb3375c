// SPDX-License-Identifier: Apache-2.0
#include "intake/park.hpp"

#include <algorithm>
#include <utility>

namespace dlrgw::host {

bool Park::later(const Entry& a, const Entry& b) {
  return a.due_us != b.due_us ? a.due_us > b.due_us : a.order > b.order;
}

bool Park::put(Delivery&& delivery, std::int64_t due_us) {
  if (full()) return false;
  heap_.push_back({due_us, next_order_++, std::move(delivery)});
  std::ranges::push_heap(heap_, later);
  return true;
}

std::optional<std::int64_t> Park::next_due_us() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due_us;
}

std::size_t Park::take_due(std::int64_t now_us, std::size_t max, std::vector<Delivery>& out) {
  std::size_t taken = 0;
  while (taken < max && !heap_.empty() && heap_.front().due_us <= now_us) {
    std::ranges::pop_heap(heap_, later);
    out.push_back(std::move(heap_.back().delivery));
    heap_.pop_back();
    ++taken;
  }
  return taken;
}

std::vector<Delivery> Park::take_all() {
  std::vector<Delivery> all;
  all.reserve(heap_.size());
  for (Entry& entry : heap_) all.push_back(std::move(entry.delivery));
  heap_.clear();
  return all;
}

}  // namespace dlrgw::host
