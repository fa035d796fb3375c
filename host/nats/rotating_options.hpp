// SPDX-License-Identifier: Apache-2.0
// What the next connection to NATS is made with: the options, the files that they name as they stand then, and a login
// to try. Files that cannot be used any more leave what was read before. Owned by the connection; choose() and ask()
// from one thread at a time, the rest from any.
#pragma once
#include <atomic>
#include <memory>
#include <string_view>

#include "nats/client_options.hpp"
#include "nats/connection.hpp"
#include "support/secret.hpp"

namespace dlrgw::host {

class RotatingOptions {
 public:
  RotatingOptions(const NatsOptions& options, Logger& log);

  // Reads the files, and takes the login whose turn it is. kInvalid: they cannot be used, and nothing was read before.
  Status choose();
  // As chosen last. Lent until the next choice.
  [[nodiscard]] natsOptions* chosen() const { return chosen_.get(); }
  // Lives as long as a connection that was made with it.
  [[nodiscard]] std::shared_ptr<const NatsLogin> login() const { return login_; }
  // The same login for one attempt beside, made from the files as they are.
  Result<ClientOptions> beside() const;
  // A server took this one.
  void taken(const NatsLogin& login);
  // Whether the files could be used as they are. kInvalid: not.
  Status renew();

 private:
  void tell_refused(std::string_view sentence);

  const NatsOptions& options_;
  Logger& log_;
  Secret secret_;
  ClientOptions chosen_;
  std::shared_ptr<const NatsLogin> login_;
  std::atomic<std::size_t> turn_{0};  // among the logins to try; begins anew with each that is taken
};

}  // namespace dlrgw::host
