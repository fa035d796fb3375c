// SPDX-License-Identifier: Apache-2.0
// Where the slowest batches spent their time, from the gateway's debug lines dlr.batch. Pure.
#pragma once
#include <span>
#include <string>

namespace dlrgw::bench {

// lines: a gateway's log. The `most` batches that took longest from the delivery of their first receipt to their
// acknowledgements, one line each, and above them how many batches there were and how large. Empty without any.
[[nodiscard]] std::string slowest_batches(std::span<const std::string> lines, std::size_t most);

}  // namespace dlrgw::bench
