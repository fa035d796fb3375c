// SPDX-License-Identifier: Apache-2.0
#include "cli/token_line.hpp"

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/token.hpp"
#include "config/duration.hpp"

namespace dlrgw::host {
namespace {

struct Arguments {
  std::function<std::optional<Config>(const std::string&)> load;
  std::string config;
  bool init = false;
  std::string key;
  std::string ttl = "8h";
  TokenWish wish;
};

int run(const Arguments& arguments) {
  const std::optional<Config> config = arguments.load(arguments.config);
  if (!config) return 1;
  const HttpConfig& http = config->http;
  if (http.jwks_file.empty()) {
    std::cerr << "http.jwks_file is not set, so the gateway accepts no token; set it (DLRGW_JWKS_FILE), with "
                 "http.jwt_issuer and http.jwt_audience\n";
    return 1;
  }
  const std::string key = arguments.key.empty() ? http.jwks_file + ".key" : arguments.key;
  TokenWish wish = arguments.wish;
  const char* user = std::getenv("USER");
  if (wish.subject.empty() && user != nullptr) wish.subject = user;
  wish.issuer = http.jwt_issuer;
  wish.audience = http.jwt_audience;
  wish.ttl_s = parse_duration_us(arguments.ttl).value_or(0) / 1'000'000;
  const Result<std::string> done =
      arguments.init ? make_token_key({key, http.jwks_file}) : sign_token(key, wish, std::time(nullptr));
  if (!done) {
    std::cerr << done.error().text << '\n';
    return 1;
  }
  std::cout << *done << (arguments.init ? "" : "\n");
  return 0;
}

}  // namespace

void add_token_commands(CLI::App& app, const std::string& config_help,
                        std::function<std::optional<Config>(const std::string&)> load, int& code) {
  const auto arguments = std::make_shared<Arguments>();
  arguments->load = std::move(load);
  CLI::App* token =
      app.add_subcommand("token", "Sign a token with a key of this host; `token init` makes the key first.");
  token->add_subcommand("init", "Make a key and add it to the key set of http.jwks_file.")->callback([arguments] {
    arguments->init = true;
  });
  token->add_option("--config", arguments->config, config_help);
  token->add_option("--scope", arguments->wish.scopes, "As dlr:admin; may be given several times.");
  token->add_option("--ttl", arguments->ttl, "How long it is valid, as 8h; 1s to 30d, default 8h");
  token->add_option("--subject", arguments->wish.subject, "Who bears it; the audit names it. Default $USER");
  token->add_option("--account", arguments->wish.account_id, "Account of a customer, a UUID.");
  token->add_option("--key", arguments->key, "The private key; default http.jwks_file with .key behind it");
  token->callback([arguments, &code] { code = run(*arguments); });
}

}  // namespace dlrgw::host
