// SPDX-License-Identifier: Apache-2.0
// An operator and an account of NATS with their keys and JWTs, as nsc makes them: what a server without passwords
// trusts, and the credentials files of the account's users. Owned by one test.
#pragma once
#include <memory>
#include <string>

namespace dlrgw::test {

class NatsAccount {
 public:
  NatsAccount();
  ~NatsAccount();
  NatsAccount(const NatsAccount&) = delete;
  NatsAccount& operator=(const NatsAccount&) = delete;

  [[nodiscard]] std::string id() const;
  // Lines of a server's configuration: whom it trusts. Others after each revoke().
  [[nodiscard]] std::string trust() const;
  // Content of the file of a new user, who may do everything in the account.
  [[nodiscard]] std::string new_credentials();
  // Servers that are given trust() anew end the sessions of that user and take no more of them.
  void revoke(const std::string& credentials);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
