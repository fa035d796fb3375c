// SPDX-License-Identifier: Apache-2.0
#include "cli/provision_line.hpp"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/options.hpp"
#include "nats/permissions.hpp"
#include "nats/provision.hpp"

namespace dlrgw::host {
namespace {

struct Arguments {
  std::function<std::optional<Config>(const std::string&)> load;
  std::string config;
  std::string nats_url;
  bool with_outbound = false;
  bool print_permissions = false;
  unsigned replicas = 1;
};

std::string administrators_url(const Arguments& arguments) {
  const char* url = std::getenv("DLRGW_NATS_ADMIN_URL");
  return arguments.nats_url.empty() && url != nullptr ? url : arguments.nats_url;
}

int run(const Arguments& arguments) {
  const std::optional<Config> config = arguments.load(arguments.config);
  if (!config) return 1;
  if (arguments.print_permissions) {
    std::cout << permissions_text({arguments.replicas, config->intake.stream, config->intake.subject,
                                   config->intake.durable, config->nats.outbound, nats_options(*config).api_prefix});
    return 0;
  }
  const std::string url = administrators_url(arguments);
  if (url.empty()) {
    std::cerr << "provision needs an administrator's connection: give --nats-url or set DLRGW_NATS_ADMIN_URL\n";
    return 1;
  }
  Logger logger(config->gateway.instance, Level::kError);
  NatsConnection connection(administrator_options(*config, url), logger);
  if (const Status open = connection.open(); !open) {
    const std::string why = connection.last_error();
    std::cerr << (why.empty() ? open.error().text : "NATS: " + why) << '\n';
    return 1;
  }
  ProvisionOptions wanted;
  wanted.stream = config->intake.stream;
  wanted.subject = config->intake.subject;
  wanted.consumer = config->intake.durable;
  wanted.stream_replicas = config->intake.stream_replicas;
  wanted.max_ack_pending = config->intake.max_ack_pending;
  if (arguments.with_outbound) wanted.outbound = config->nats.outbound;
  const auto done = provision(connection, wanted);
  if (!done) {
    std::cerr << done.error().text << '\n';
    return 1;
  }
  for (const std::string& line : *done) std::cout << line << '\n';
  return 0;
}

}  // namespace

void add_provision_command(CLI::App& app, const std::string& config_help,
                           std::function<std::optional<Config>(const std::string&)> load, int& code) {
  const auto arguments = std::make_shared<Arguments>();
  arguments->load = std::move(load);
  CLI::App* sub = app.add_subcommand("provision", "Create the stream and the consumer.");
  sub->add_option("--config", arguments->config, config_help);
  sub->add_option("--nats-url", arguments->nats_url, "Administrator's URL; default $DLRGW_NATS_ADMIN_URL");
  sub->add_flag("--with-outbound", arguments->with_outbound, "Also a stream for the outbound subjects.");
  sub->add_flag("--print-permissions", arguments->print_permissions,
                "Print the permissions of the gateway's NATS user and change nothing.");
  sub->add_option("--replicas", arguments->replicas, "How many gateways the permissions are for.")
      ->check(CLI::Range(std::int64_t{1}, kMaxReplicas));
  sub->callback([arguments, &code] { code = run(*arguments); });
}

}  // namespace dlrgw::host
