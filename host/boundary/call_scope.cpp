// SPDX-License-Identifier: Apache-2.0
#include "boundary/call_scope.hpp"

namespace dlrgw::host {
namespace {

thread_local CallScope* current_scope = nullptr;

}  // namespace

CallScope::CallScope(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane)
    : batch_(batch), snapshot_(snapshot), lane_(lane), outer_(current_scope) {
  current_scope = this;
}

CallScope::~CallScope() { current_scope = outer_; }

CallScope* CallScope::current() { return current_scope; }

Receipt* CallScope::receipt(std::uint64_t handle) {
  return current_scope == nullptr ? nullptr : current_scope->batch().find(handle);
}

}  // namespace dlrgw::host
