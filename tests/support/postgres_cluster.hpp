// SPDX-License-Identifier: Apache-2.0
// The cached, ready-made clusters that a TestPostgres copies, and how a postmaster is started on a data directory.
// Any thread; several processes may ask for the same cluster at the same time.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace dlrgw::test {

inline constexpr const char* kPostgresAdminPassword = "admin-of-a-private-test-server";

// The user a server runs as: postgres when we are root (PostgreSQL refuses root), else empty.
[[nodiscard]] std::string postgres_user();
// The directory of initdb and postgres: $DLRGW_TEST_PG_BIN, else the newest under /usr/lib/postgresql.
[[nodiscard]] std::string postgres_bin_dir();
// A data directory that is kept under /tmp. It is named after `group` and a hash of `content`. When there is none for
// this content, `build` makes the directory it is given, and others of the group are removed.
[[nodiscard]] std::string cached_cluster(const std::string& group, const std::string& content,
                                         const std::function<void(const std::string& directory)>& build);
// As the servers' user; throws when that fails.
void copy_cluster(const std::string& from, const std::string& to);
// The data directory to copy: database sms with the tables of other services, superuser postgres with a password.
[[nodiscard]] std::string postgres_template_dir();

// Returns once the server accepts connections; throws with the end of its log otherwise.
[[nodiscard]] ChildProcess start_postmaster(const std::string& data_dir, std::uint16_t port,
                                            const std::string& log_path, const std::vector<std::string>& settings);

}  // namespace dlrgw::test
