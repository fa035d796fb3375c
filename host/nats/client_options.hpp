// SPDX-License-Identifier: Apache-2.0
// The options of nats.c for one connection, as our own options say them. No server is asked; files of certificates and
// credentials are read. Any thread.
#pragma once
#include <memory>
#include <string>

#include <nats/nats.h>

#include "nats/connection.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct ClientOptionsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};
using ClientOptions = std::unique_ptr<natsOptions, ClientOptionsDeleter>;

// Without the login. kInvalid: no URL, or one that is none, a file that cannot be read.
Result<ClientOptions> client_options(const NatsOptions& options);

// JWT and seed of a credentials file.
struct NatsCredentials {
  std::string jwt;
  std::string seed;
};
// kInvalid: the text holds none. The sentence shows nothing of it.
Result<NatsCredentials> parse_credentials(const std::string& text);

// What a connection logs in with: a password, or the text of a credentials file. Outlives the connections made with it.
class NatsLogin {
 public:
  // secret: of the user of the options, or the text of their credentials file.
  static Result<std::unique_ptr<NatsLogin>> make(const NatsOptions& options, std::string secret);
  Status put_into(natsOptions* options) const;
  [[nodiscard]] const std::string& secret() const { return secret_; }

 private:
  std::string user_, secret_, token_;
  bool by_credentials_ = false;
  NatsCredentials credentials_;
};

}  // namespace dlrgw::host
