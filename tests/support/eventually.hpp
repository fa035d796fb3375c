// SPDX-License-Identifier: Apache-2.0
// Waiting in tests, for what has no event to wait for: what /metrics, a table or a log file says. Any thread.
// A test asserts what happened and in which order, never how long it took: a busy machine may take its time. A test
// that needs time to pass moves a fake clock instead.
#pragma once
#include <chrono>
#include <functional>

namespace dlrgw::test {

// How long a test waits for what has to come. It only ends a hang; no test passes or fails by it otherwise.
inline constexpr std::chrono::minutes kPatience{3};

// Whether predicate became true; asked every 20 ms until it does, or until kPatience is over.
bool eventually(const std::function<bool()>& predicate);

// Whether predicate is true at every look within `span`, for what must not happen. A busy machine looks less often:
// that may miss a fault, but never makes a right gateway look wrong.
bool stays(const std::function<bool()>& predicate, std::chrono::milliseconds span = std::chrono::milliseconds(500));

// The beat of what makes load or trouble, or measures it: returns after `interval`, or early on a signal. Not for
// waiting.
void beat(std::chrono::milliseconds interval);

}  // namespace dlrgw::test
