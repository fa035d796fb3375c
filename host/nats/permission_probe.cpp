// SPDX-License-Identifier: Apache-2.0
#include "nats/permission_probe.hpp"

#include <chrono>

#include "nats/native.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kAnswerWithin{2'000};
// The server's own space for replies of services; no client may name one.
constexpr const char* kReservedReply = "_R_.check";

// After a round trip: the server's refusals came before its answer to the ping.
std::string last_refusal(natsConnection* nc) {
  const char* text = nullptr;
  natsConnection_GetLastError(nc, &text);
  return text == nullptr ? std::string() : std::string(text);
}

std::string quoted(std::string_view subject) { return "\"" + std::string(subject) + "\""; }

}  // namespace

Permit judge_refusal(std::string_view refusal, std::string_view subject, std::string_view reply) {
  if (refusal.find(quoted(reply)) != std::string_view::npos) return Permit::kAllowed;
  if (refusal.find(quoted(subject)) != std::string_view::npos) return Permit::kDenied;
  return Permit::kUnknown;
}

Permit PermissionProbe::ask(const std::string& subject) {
  const auto nc = connection_.native();
  // A reply subject for each, so that one subject's refusal is not taken for the next one's.
  const std::string reply = std::string(kReservedReply) + "." + subject;
  if (!connection_.publish_request(subject, reply, "") || !connection_.flush(kAnswerWithin)) return Permit::kUnknown;
  return judge_refusal(last_refusal(nc.get()), subject, reply);
}

Permit PermissionProbe::trust(const std::string& harmless) {
  const Permit answer = ask(harmless);
  refuses_replies_ = answer == Permit::kAllowed;
  return answer;
}

Permit PermissionProbe::publish(const std::string& subject) {
  return refuses_replies_ ? ask(subject) : Permit::kUnknown;
}

Permit PermissionProbe::subscribe(const std::string& subject) {
  const auto nc = connection_.native();
  const auto made = native::subscribe(nc.get(), subject);
  if (!made || !connection_.flush(kAnswerWithin)) return Permit::kUnknown;
  const bool denied = last_refusal(nc.get()).find("Subscription to " + quoted(subject)) != std::string::npos;
  return denied ? Permit::kDenied : Permit::kAllowed;
}

}  // namespace dlrgw::host
