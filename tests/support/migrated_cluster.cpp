// SPDX-License-Identifier: Apache-2.0
#include "support/migrated_cluster.hpp"

#include <filesystem>
#include <set>
#include <sstream>

#include "support/gateway.hpp"
#include "support/postgres_cluster.hpp"
#include "support/servers.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace fs = std::filesystem;
namespace {

// What tells one build from another: the plain cluster, the configuration, and when program and plugins were built.
std::string build_id(const std::string& plain) {
  const GatewayOptions& shipped = shipped_gateway();
  std::set<fs::path> files = {shipped.binary};
  for (const auto& entry : fs::recursive_directory_iterator(shipped.plugin_dir))
    if (entry.path().extension() == ".so") files.insert(entry.path());
  std::ostringstream id;
  id << plain << read_file(shipped.config_path);
  for (const auto& file : files)
    id << file << fs::file_size(file) << fs::last_write_time(file).time_since_epoch().count();
  return id.str();
}

}  // namespace

std::string migrated_cluster() {
  const std::string plain = postgres_template_dir();
  std::string group = "migrated" + fs::path(shipped_gateway().plugin_dir).parent_path().string();
  for (char& c : group)
    if (c == '/') c = '-';
  return cached_cluster(group, build_id(plain), [](const std::string& directory) {
    Servers servers({.fast = true, .statement_statistics = false, .settings = {}});
    GatewayProcess(servers).migrate();
    servers.postgres.stop();
    servers.postgres.copy_to(directory);
  });
}

}  // namespace dlrgw::test
