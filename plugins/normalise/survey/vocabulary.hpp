// SPDX-License-Identifier: Apache-2.0
// What words of receipts usually mean, for a proposal that a person reads. The gateway itself goes by its closed table
// and by profiles. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::normalise {

struct Meaning {
  DlrStatus status = DlrStatus::kUnknown;
  std::string because;  // "is DELIVRD but for one letter"
};
// Of a status that the standard table does not know; nullopt: nobody can tell.
std::optional<Meaning> usual_meaning(std::string_view status);

// Whether a word is a status: of the standard table, or with a usual meaning.
bool is_status_word(std::string_view word);

// The field that a label of that name usually is, as the profile key labels calls it; empty: nobody can tell.
std::string_view usual_field(std::string_view label);

}  // namespace dlrgw::normalise
