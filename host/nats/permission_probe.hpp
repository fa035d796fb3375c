// SPDX-License-Identifier: Apache-2.0
// Which subjects the server lets this user use, asked by using them without reaching anybody: what is published carries
// a reply subject that is the server's own, and a server refuses that after it has looked at the right to publish. For
// `check --connect`. Borrows a connection that is connected; one thread at a time.
#pragma once
#include <string>
#include <string_view>

#include "nats/connection.hpp"

namespace dlrgw::host {

enum class Permit { kAllowed, kDenied, kUnknown };

// What the server's last refusal says of publishing on `subject` with `reply`. Pure.
Permit judge_refusal(std::string_view refusal, std::string_view subject, std::string_view reply);

class PermissionProbe {
 public:
  explicit PermissionProbe(NatsConnection& connection) : connection_(connection) {}

  // harmless: a subject that only asks. Until a server was seen to refuse the reply subject on it, every other one is
  // answered with kUnknown and nothing is published.
  [[nodiscard]] Permit trust(const std::string& harmless);
  [[nodiscard]] Permit publish(const std::string& subject);
  // Subscribes and lets go again.
  [[nodiscard]] Permit subscribe(const std::string& subject);

 private:
  Permit ask(const std::string& subject);

  NatsConnection& connection_;
  bool refuses_replies_ = false;
};

}  // namespace dlrgw::host
