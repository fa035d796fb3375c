// SPDX-License-Identifier: Apache-2.0
// A subscriber on a subject that no stream takes: messages on it get neither a PubAck nor a refusal, as if the stream's
// leader hung, until the test answers one. Owned by the test; one thread.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "support/nats_client.hpp"

namespace dlrgw::test {

class SilentSubject {
 public:
  // url: of a user that may subscribe it, such as the administrator.
  SilentSubject(const std::string& url, const std::string& subject);
  // How many messages have come; waits until they are at least so many, or none comes any more.
  std::size_t received(std::size_t at_least);
  // Answers one of them as a stream does that has stored it.
  void acknowledge(std::size_t message);
  [[nodiscard]] std::string id(std::size_t message) const;    // its Nats-Msg-Id
  [[nodiscard]] std::string text(std::size_t message) const;  // its payload

 private:
  bool take(std::chrono::milliseconds wait);

  NatsClient client_;
  NatsSubscriptionPtr subscription_;
  std::vector<NatsMsgPtr> messages_;
};

}  // namespace dlrgw::test
