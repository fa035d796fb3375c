// SPDX-License-Identifier: Apache-2.0
// How an operator spells its message ids, by comparing those of receipts with those of submit responses. Pure.
#pragma once
#include "survey/captured.hpp"

namespace dlrgw::normalise {

// Sets id_pattern, receipt_id and submit_id of the draft, whose other keys are used for reading. Without known ids the
// TLV 0x001E, which repeats the submit response, is compared with the text.
void find_ids(const Captures& captures, const KnownIds& known, Draft& draft, Evidence& evidence);

// Whether most of these are ids that were submitted, whole or in part, in one spelling or another.
bool are_ids(const std::vector<std::string>& values, const KnownIds& known);

// What to look for among the ids of submit responses, where these are too many to be read all. First each id of a few
// captures, in every spelling that find_ids() could make of it.
KnownIds spellings_of(const Captures& captures);
// Then those of all captures, in the spellings in which some of the few are known.
KnownIds spellings_alike(const Captures& captures, const KnownIds& known);

}  // namespace dlrgw::normalise
