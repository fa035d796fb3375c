// SPDX-License-Identifier: Apache-2.0
// How an operator's receipt texts are built, where the standard labels find nothing in them: names of their own, signs
// between the fields, or fields by position; and whether they are GSM 03.38 that nobody decoded. Pure.
#pragma once
#include "survey/captured.hpp"

namespace dlrgw::normalise {

// Sets alphabet and labels of the draft.
void find_labels(const Captures& captures, const KnownIds& known, Draft& draft, Evidence& evidence);

}  // namespace dlrgw::normalise
