// SPDX-License-Identifier: Apache-2.0
// What the tests of the orphans share: receipts that belong to no message, orphans of any age as rows, and calls with
// other scopes. Used by one test, on its thread.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "integration/admin_support.hpp"

namespace dlrgw::test {

// The shipped configuration with look-ups 20 ms apart and further replacements.
[[nodiscard]] std::string quick_orphans(std::vector<std::pair<std::string, std::string>> replacements = {});

// Messages that exist nowhere yet.
[[nodiscard]] std::vector<Message> strangers(Scenario& scenario, std::size_t count);

// Publishes a receipt for each, waits until they are orphans; their ids in the same order.
[[nodiscard]] std::vector<std::string> orphaned(Scenario& scenario, const std::vector<Receipt>& receipts);

// An orphan row as the stage would have written it, received at that time; its id.
std::string insert_orphan(Scenario& scenario, const Receipt& receipt, const std::string& received_at);

// One call on the admin listener with a token of these scopes.
[[nodiscard]] HttpReply call_with(const GatewayProcess& gateway, const AdminKeys& keys, const std::string& scopes,
                                  const std::string& method, const std::string& target);

}  // namespace dlrgw::test
