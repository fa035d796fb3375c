// SPDX-License-Identifier: Apache-2.0
#include "cli/check_files.hpp"

#include <fstream>
#include <iterator>

#include "app/certificate_watch.hpp"
#include "http/auth/key_set.hpp"
#include "http/tls_files.hpp"

namespace dlrgw::host {
namespace {

void check_key_set(const Config& config, std::vector<ConfigError>& out) {
  const std::string& file = config.http.jwks_file;
  if (file.empty()) return;
  const auto wrong = [&](const std::string& text) { out.push_back(config.error("http.jwks_file", file + " " + text)); };
  std::ifstream in(file, std::ios::binary);
  if (!in) return wrong("cannot be read; without it every token is refused");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const Result<KeySet> keys = parse_key_set(text);
  if (!keys) return wrong(keys.error().text + "; give a JSON Web Key Set, {\"keys\": [...]}");
  for (const std::string& refused : keys->refused) wrong(refused);
  if (keys->by_kid.empty() && keys->refused.empty()) wrong("holds no key, so every token would be refused");
}

void check_certificates(const Config& config, std::vector<ConfigError>& out) {
  struct Named {
    const char* key;
    const std::string& file;
  };
  for (const auto& [key, file] :
       {Named{"http.tls_cert", config.http.tls_cert}, Named{"http.admin_client_ca", config.http.admin_client_ca},
        Named{"nats.tls_cert", config.nats.tls_cert}, Named{"nats.tls_ca", config.nats.tls_ca}})
    if (!file.empty() && !certificate_expiry(file))
      out.push_back(config.error(key, file + " cannot be read or holds no certificate (PEM)"));
  if (!out.empty()) return;  // the rest would say the same once more
  const Status usable = check_tls_files({config.http.tls_cert, config.http.tls_key, config.http.admin_client_ca});
  if (!usable) out.push_back(config.error("http.tls_key", usable.error().text));
}

}  // namespace

std::vector<ConfigError> check_files(const Config& config) {
  std::vector<ConfigError> out;
  check_certificates(config, out);
  check_key_set(config, out);
  sort_errors(out);
  return out;
}

}  // namespace dlrgw::host
