// SPDX-License-Identifier: Apache-2.0
// How an operator writes its dates and in which zone: by comparing done dates with when the receipts came. Pure.
#pragma once
#include "survey/captured.hpp"

namespace dlrgw::normalise {

// Sets time_zone and date_format of the draft, whose other keys are used for reading.
void find_dates(const Captures& captures, Draft& draft, Evidence& evidence);

// Whether the text is a date of the standard forms, or one of digits alone in another order, near the receipt that has
// it.
bool is_date_near(std::string_view text, std::int64_t received_at_us);

}  // namespace dlrgw::normalise
