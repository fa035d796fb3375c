// SPDX-License-Identifier: Apache-2.0
// Statuses that nobody knows, where error codes come from, and which intermediate notifications are the last word.
// Pure.
#pragma once
#include "survey/captured.hpp"

namespace dlrgw::normalise {

// Sets status_aliases and error_source of the draft, whose other keys are used for reading. What only the operator can
// know is told as open.
void find_statuses(const Captures& captures, Draft& draft, Evidence& evidence);

}  // namespace dlrgw::normalise
