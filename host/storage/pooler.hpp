// SPDX-License-Identifier: Apache-2.0
// Recognises a connection pooler between the gateway and PostgreSQL. One that lends a server session only for a
// transaction would silently break advisory locks, session settings and prepared statements. Any thread.
#pragma once
#include <string_view>

#include "storage/session_opener.hpp"

namespace dlrgw::host {

// `opened` is a connection of the opener, outside a transaction. kDenied: the pooler shares a session between clients,
// and the text says what to do. Opens a second connection when there is a pooler, none otherwise.
Status check_pooler(Connection& opened, const SessionOpener& opener, std::string_view what);

}  // namespace dlrgw::host
