// SPDX-License-Identifier: Apache-2.0
// One transaction around an action, for the sessions that `migrate` works over. Blocks; one thread.
#pragma once
#include <functional>
#include <string_view>

#include "storage/connection.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// Commits what the action did, or rolls it back when it failed. what: begins the text of a failed commit.
Status in_one_transaction(Connection& connection, std::string_view what, const std::function<Status()>& action);

}  // namespace dlrgw::host
