// SPDX-License-Identifier: Apache-2.0
// What the tests of the admin routes share: a key, tokens of an administrator, and calls with them. Used by one test,
// on its thread.
#pragma once
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "http/testing/token_forge.hpp"
#include "integration/stories_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {

inline constexpr const char* kActor = "ops@example.test";

// {"iss", "aud", "sub", "exp", "scope"} as the gateway of AdminKeys expects them.
[[nodiscard]] std::string claims(const std::string& scope, const std::string& subject = kActor);

class AdminKeys {
 public:
  AdminKeys();
  // Adds the environment that makes a gateway know the key.
  void enter(GatewayOptions& options) const;
  [[nodiscard]] const SigningKey& key() const { return key_; }
  [[nodiscard]] std::string token(const std::string& scope = "dlr:admin", const std::string& subject = kActor) const;
  // Of a customer: no scope, but an account.
  [[nodiscard]] std::string account_token(const std::string& account_id) const;

 private:
  SigningKey key_ = SigningKey::ec("admin-1");
  TempDir dir_;
  std::string file_;
};

// A scenario whose gateway takes the tokens of `keys`.
[[nodiscard]] ScenarioOptions with_keys(const AdminKeys& keys, std::string config_text = {});

// One call on the admin listener with a token of an administrator.
[[nodiscard]] HttpReply admin(const GatewayProcess& gateway, const AdminKeys& keys, const std::string& method,
                              const std::string& target, const std::string& body = {});

// Rows of dlr.audit_log: "actor action entity entity_id result", oldest first.
[[nodiscard]] std::vector<std::string> audit_rows(Scenario& scenario);

// The items of a list of a document, each as JSON.
[[nodiscard]] std::vector<std::string> items_of(const std::string& document, const std::string& list);

// One stage, plugin or job of a document of the gateway, by its name or id; "{}" when there is none.
[[nodiscard]] std::string part_of(const std::string& document, const std::string& list, const std::string& name);

}  // namespace dlrgw::test
