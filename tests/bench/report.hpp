// SPDX-License-Identifier: Apache-2.0
// Numbers of several runs by name, their medians as JSON and as a table. Pure.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace dlrgw::bench {

// p in percent; the smallest value that at least p % of all do not exceed. 0 when there is none.
[[nodiscard]] double percentile(std::vector<double> values, double p);
[[nodiscard]] double median(std::vector<double> values);  // of an even number: the mean of the middle two

// Key: path with dots ("drain.receipts_per_s"); one value per run.
using Measurements = std::map<std::string, std::vector<double>>;

// Every dot is a level of objects: {"drain": {"receipts_per_s": 9123.4, …}, …}.
[[nodiscard]] std::string to_json(const Measurements& measurements);
// One line per key: median, smallest, largest, and what this project wants where it wants something.
[[nodiscard]] std::string to_table(const Measurements& measurements);

}  // namespace dlrgw::bench
