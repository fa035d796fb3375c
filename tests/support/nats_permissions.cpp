// SPDX-License-Identifier: Apache-2.0
#include "support/nats_permissions.hpp"

#include <sstream>
#include <stdexcept>

#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {
constexpr unsigned kInboxesPerReplica = 64;
constexpr const char* kLastShippedInbox = "\"dlr.in.0.63\"";
}  // namespace

std::string processor_permissions(unsigned replicas) {
  std::string text = read_file(DLRGW_TEST_NATS_PERMISSIONS);
  const auto last = text.find(kLastShippedInbox);
  if (last == std::string::npos || text.find("dlr.in.1.") != std::string::npos)
    throw std::runtime_error(std::string(DLRGW_TEST_NATS_PERMISSIONS) + " does not list the inboxes of replica 0 only");
  std::ostringstream more;
  for (unsigned replica = 1; replica < replicas; ++replica)
    for (unsigned slot = 0; slot < kInboxesPerReplica; ++slot) more << "\n\"dlr.in." << replica << "." << slot << "\"";
  return text.insert(last + std::string(kLastShippedInbox).size(), more.str());
}

std::string nats_password(const std::string& user) { return user + "-of-a-private-test-server"; }

std::string nats_server_config(const NatsServerConfig& config) {
  std::ostringstream out;
  out << "listen: \"127.0.0.1:" << config.port << "\"\n"
      << "server_name: dlrgw-test-" << config.port << "\n"
      << "max_payload: 1MB\n"
      << "jetstream { " << (config.domain.empty() ? "" : "domain: " + config.domain + ", ") << "store_dir: \""
      << config.store_dir << "\", max_file_store: 20GB, max_memory_store: 64MB }\n"
      << "authorization { users: [\n"
      << "  { user: " << kNatsAdmin << ", password: \"" << nats_password(kNatsAdmin) << "\" }\n"
      << "  { user: " << kNatsConnector << ", password: \"" << nats_password(kNatsConnector)
      << "\", permissions: { publish: [\"sms.dlr.inbound\"], subscribe: [\"" << kNatsConnectorInbox << ".>\"] } }\n"
      << "  { user: " << kNatsProcessor << ", password: \"" << config.processor_password << "\"\n"
      << processor_permissions(config.replicas) << "  }\n] }\n";
  if (config.leaf_port != 0)
    out << "leafnodes { listen: \"127.0.0.1:" << config.leaf_port
        << "\", authorization { user: leaf, password: leaf } }\n";
  return out.str();
}

}  // namespace dlrgw::test
