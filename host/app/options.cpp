// SPDX-License-Identifier: Apache-2.0
#include "app/options.hpp"

#include <algorithm>

namespace dlrgw::host {

NatsOptions nats_options(const Config& config) {
  NatsOptions options;
  options.urls = {config.nats.url};
  options.name = "dlr-gateway " + config.gateway.instance;
  options.user = config.nats.user;
  options.password = config.nats.password;
  options.password_file = config.nats.password_file;
  options.creds_file = config.nats.creds_file;
  options.tls_ca = config.nats.tls_ca;
  options.tls_cert = config.nats.tls_cert;
  options.tls_key = config.nats.tls_key;
  if (!config.nats.domain.empty()) options.api_prefix = subjects::api_of_domain(config.nats.domain);
  if (!config.nats.api_prefix.empty()) options.api_prefix = config.nats.api_prefix;
  return options;
}

NatsOptions administrator_options(const Config& config, const std::string& url) {
  NatsOptions options = nats_options(config);
  options.urls = {url};
  options.name = "dlr-gateway provision";
  const std::size_t host = url.find("://");
  if (url.find('@', host == std::string::npos ? 0 : host) == std::string::npos) return options;
  for (std::string* login : {&options.user, &options.password, &options.password_file, &options.creds_file})
    login->clear();
  return options;
}

IntakeOptions intake_options(const Config& config, unsigned replica) {
  IntakeOptions options;
  options.replica = replica;
  options.stream = config.intake.stream;
  options.consumer = config.intake.durable;
  options.subject = config.intake.subject;
  options.limits = buffer_limits(config.intake.batch_max, config.intake.max_parked, config.intake.max_ack_pending);
  options.max_ack_pending = config.intake.max_ack_pending;
  return options;
}

std::uint32_t lane_count(const Config& config) { return static_cast<std::uint32_t>(config.intake.max_concurrency); }

// One more than processors: while one batch waits for PostgreSQL to write, another one is worked on.
std::uint32_t lanes_at_once(const Config& config, unsigned processors) {
  if (config.intake.max_busy != 0) return static_cast<std::uint32_t>(config.intake.max_busy);
  return std::max(1U, processors) + 1;
}

}  // namespace dlrgw::host
