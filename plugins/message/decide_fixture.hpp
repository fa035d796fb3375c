// SPDX-License-Identifier: Apache-2.0
// Histories and receipts for the tests of decide() and fold().
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "message/decide.hpp"
#include "message/states.hpp"

namespace dlrgw::message {

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kHour = 3600 * kSecond;
inline constexpr std::int64_t kNow = 1'760'000'000 * kSecond;
inline constexpr QuarantineLimits kLimits{300 * kSecond, 24 * kHour};

inline Identity identity(int n) { return {"event-" + std::to_string(n), "fingerprint-" + std::to_string(n)}; }

inline Incoming incoming(DlrStatus status, std::string raw = "RAW", int n = 1, std::uint32_t segment = 1) {
  return {segment, false, status, std::move(raw), identity(n), std::nullopt};
}
inline SeenReceipt seen(DlrStatus status, std::string raw = "RAW", int n = 100, std::uint32_t segment = 1,
                        std::optional<LateKind> late = std::nullopt) {
  return {segment, status, std::move(raw), identity(n), late};
}
inline History pending() { return {"SENT", std::nullopt, false, {}, {}}; }
// As the tables stand after a final receipt was applied.
inline History finished(DlrStatus status) {
  return {std::string(to_string(status)), kNow - kHour, false, {seen(status)}, {}};
}
inline Decision ask(const History& history, const Incoming& receipt) { return decide(history, receipt, kLimits, kNow); }
// The receipts as one batch.
inline std::vector<Decision> run(History history, const std::vector<Incoming>& batch) {
  std::vector<Decision> out;
  for (const Incoming& receipt : batch) {
    out.push_back(ask(history, receipt));
    fold(history, receipt, out.back(), kNow);
  }
  return out;
}

}  // namespace dlrgw::message
