// SPDX-License-Identifier: Apache-2.0
// A receipt for people to read. Pure.
#pragma once
#include <string>

#include "receipt/receipt.hpp"

namespace dlrgw::host {

// The receipt as JSON for people: what normalisation and correlation made of it. No phone number, no text.
std::string describe_receipt(const Receipt& receipt);

}  // namespace dlrgw::host
