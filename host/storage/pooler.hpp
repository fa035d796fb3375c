// SPDX-License-Identifier: Apache-2.0
// Recognises a connection pooler between the gateway and PostgreSQL. One that lends a server session only for a
// transaction would silently break advisory locks, session settings and prepared statements. Any thread.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "storage/connection.hpp"

namespace dlrgw::host {

// `opened` is a connection made from conninfo and session, outside a transaction. kDenied: the pooler shares a session
// between clients, and the text says what to do. Opens a second connection when there is a pooler, none otherwise.
Status check_pooler(Connection& opened, const std::string& conninfo, std::span<const Setting> session,
                    std::string_view what);

}  // namespace dlrgw::host
