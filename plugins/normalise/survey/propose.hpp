// SPDX-License-Identifier: Apache-2.0
// A profile for an operator, proposed from captured receipts, as TOML with the evidence for each line: for a person who
// reads it, asks the operator what stays open, and only then puts it into the configuration. Pure.
#pragma once
#include <string>

#include "survey/captured.hpp"

namespace dlrgw::normalise {

// A draft for all captures, or one for each connector where they differ.
struct Proposal {
  Draft common;
  Evidence evidence;                        // for the common draft and about the captures as a whole
  std::map<std::string, Draft> connectors;  // those with keys of their own
  std::map<std::string, Evidence> of_connector;
  std::vector<std::uint64_t> not_explained;  // lines of captures that are not read completely with it
  std::size_t explained_before = 0;          // with no profile
  std::size_t captures = 0;
};

Proposal propose(const Captures& captures, const KnownIds& known);

// What the configuration takes as it is: [operators."<id>"] and what belongs to it.
std::string to_toml(const Proposal& proposal, std::string_view operator_id, const Captures& captures);

}  // namespace dlrgw::normalise
