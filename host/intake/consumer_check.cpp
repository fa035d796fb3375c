#include "intake/consumer_check.hpp"

namespace dlrgw::host {

std::string consumer_problem(const ConsumerInfo& have, const ConsumerWanted& want) {
  const auto wrong = [&](const std::string& what, const std::string& is, const std::string& must) {
    return "consumer " + have.stream + "/" + have.name + ": " + what + " is " + (is.empty() ? "not set" : is) +
           ", must be " + must + "; run dlr-gateway provision";
  };
  if (have.durable != want.consumer) return wrong("durable_name", have.durable, want.consumer);
  if (!have.deliver_subject.empty()) return wrong("deliver_subject", "set (a push consumer)", "empty");
  if (have.ack_policy != "explicit") return wrong("ack_policy", have.ack_policy, "explicit");
  if (have.filter_subject != want.subject) return wrong("filter_subject", have.filter_subject, want.subject);
  if (have.ack_wait_ns != std::chrono::nanoseconds(want.ack_wait).count())
    return wrong("ack_wait", std::to_string(have.ack_wait_ns / 1'000'000) + " ms",
                 std::to_string(want.ack_wait.count()) + " ms");
  if (have.max_deliver > 0)
    return wrong("max_deliver", std::to_string(have.max_deliver), "-1 (a receipt is never given up)");
  // 0 and below mean no limit.
  if (have.max_ack_pending > 0 && have.max_ack_pending < want.max_ack_pending)
    return wrong("max_ack_pending", std::to_string(have.max_ack_pending),
                 "at least " + std::to_string(want.max_ack_pending));
  return {};
}

}  // namespace dlrgw::host
