// SPDX-License-Identifier: Apache-2.0
// The NATS server configuration of the tests: the users of production, dlr-processor with the shipped permissions.
#pragma once
#include <cstdint>
#include <string>

namespace dlrgw::test {

// The shipped config/nats/dlr-processor.permissions.conf, with the inboxes of further replicas written out too:
// `permissions: {…}` for replicas 0 .. replicas-1. Throws when the shipped file is not what this extends.
[[nodiscard]] std::string processor_permissions(unsigned replicas);

struct NatsServerConfig {
  std::uint16_t port = 0;
  std::string store_dir;
  unsigned replicas = 3;
  std::string processor_password;
  std::string domain;           // of JetStream; empty: none
  std::uint16_t leaf_port = 0;  // where leaf nodes connect, as leaf:leaf; 0: nowhere
};

inline constexpr const char* kNatsAdmin = "admin";
inline constexpr const char* kNatsConnector = "smpp-connector";
inline constexpr const char* kNatsProcessor = "dlr-processor";
inline constexpr const char* kNatsConnectorInbox = "smpp.in";  // prefix of its PubAck inboxes
[[nodiscard]] std::string nats_password(const std::string& user);

[[nodiscard]] std::string nats_server_config(const NatsServerConfig& config);

}  // namespace dlrgw::test
