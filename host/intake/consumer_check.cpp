// SPDX-License-Identifier: Apache-2.0
#include "intake/consumer_check.hpp"

#include <string_view>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

// Finds the first rule that is broken.
class Rules {
 public:
  void exactly(std::string_view field, std::string_view is, std::string_view must) {
    if (is != must) broken(field, is.empty() ? "not set" : std::string(is), std::string(must));
  }
  void must_not(std::string_view field, bool is, const std::string& value, const std::string& why) {
    if (is) broken(field, value, "not set (" + why + ")");
  }
  void at_least(std::string_view field, std::int64_t is, std::int64_t must, std::string_view unit = "") {
    if (is < must) broken(field, std::to_string(is).append(unit), "at least " + std::to_string(must).append(unit));
  }
  // Where 0 and below mean that there is no limit.
  void at_least_if_limited(std::string_view field, std::int64_t is, std::int64_t must, std::string_view unit = "") {
    if (is > 0) at_least(field, is, must, unit);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void broken(std::string_view field, const std::string& is, const std::string& must) {
    if (text_.empty()) text_ = std::string(field) + " is " + is + ", must be " + must;
  }
  std::string text_;
};

}  // namespace

ConsumerWanted wanted_of(const IntakeOptions& options) {
  return {options.consumer,
          options.subject,
          options.ack_wait,
          options.max_ack_pending,
          static_cast<std::int64_t>(options.limits.batch_max),
          options.pull_expires};
}

std::string consumer_problem(const ConsumerInfo& have, const ConsumerWanted& want) {
  Rules rules;
  rules.exactly("durable_name", have.durable, want.consumer);
  rules.must_not("deliver_subject", !have.deliver_subject.empty(), "set", "it makes a push consumer");
  rules.exactly("ack_policy", have.ack_policy, "explicit");
  // A consumer that was set back to a moment begins there, and is like any other afterwards.
  if (!have.deliver_policy.starts_with("by_start_")) rules.exactly("deliver_policy", have.deliver_policy, "all");
  rules.exactly("replay_policy", have.replay_policy, "instant");
  rules.must_not("filter_subjects", have.filter_subjects != 0, "set", "filter_subject names the one subject");
  rules.exactly("filter_subject", have.filter_subject, want.subject);
  rules.must_not("headers_only", have.headers_only, "true", "receipts would come without their payload");
  rules.must_not("mem_storage", have.mem_storage, "true", "a restart would forget what was acknowledged");
  rules.must_not("backoff", have.backoff != 0, "set", "it would take the place of ack_wait");
  rules.must_not("inactive_threshold", have.inactive_threshold_ns > 0,
                 std::to_string(have.inactive_threshold_ns / kNsPerMs) + " ms",
                 "an outage of the gateways would delete the consumer");
  rules.must_not("max_deliver", have.max_deliver > 0, std::to_string(have.max_deliver),
                 "-1: a receipt is never given up");
  rules.at_least("ack_wait", have.ack_wait_ns / kNsPerMs, want.ack_wait.count(), " ms");
  rules.at_least_if_limited("max_ack_pending", have.max_ack_pending, want.max_ack_pending);
  rules.at_least_if_limited("max_batch", have.max_batch, want.batch_max);
  rules.at_least_if_limited("max_expires", have.max_expires_ns / kNsPerMs, want.pull_expires.count(), " ms");
  if (rules.text().empty()) return {};
  return "consumer " + have.stream + "/" + have.name + ": " + rules.text() + "; run dlr-gateway provision";
}

}  // namespace dlrgw::host
