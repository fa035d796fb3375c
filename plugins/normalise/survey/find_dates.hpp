// SPDX-License-Identifier: Apache-2.0
// How an operator writes its dates and in which zone: by comparing done dates with when the receipts came. Pure.
#pragma once
#include "survey/captured.hpp"

namespace dlrgw::normalise {

// Sets time_zone and date_format of the draft, whose other keys are used for reading.
void find_dates(const Captures& captures, Draft& draft, Evidence& evidence);

}  // namespace dlrgw::normalise
