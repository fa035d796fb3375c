// SPDX-License-Identifier: Apache-2.0
// An operator, an account and a user of NATS with their keys and JWTs, as nsc makes them: what a server without
// passwords trusts, and the credentials file of the user. Owned by one test.
#pragma once
#include <string>

namespace dlrgw::test {

struct NatsAccount {
  std::string operator_jwt;
  std::string account_id;
  std::string account_jwt;
  std::string credentials;  // content of the user's file
};

[[nodiscard]] NatsAccount make_nats_account();

}  // namespace dlrgw::test
