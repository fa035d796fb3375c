// SPDX-License-Identifier: Apache-2.0
// Stage dedup.fingerprint: asks Redis whether a receipt with this fingerprint was committed under another event id, and
// marks it with that other one's message. After the commit it stores the fingerprints of what was committed. It ends no
// receipt; while Redis is away, the history alone decides. One per lane.
#pragma once
#include <atomic>
#include <string>
#include <unordered_map>

#include <dlrgw/plugin.hpp>

#include "message/handover.hpp"
#include "redis_link.hpp"
#include "redis_monitor.hpp"

namespace dlrgw::dedup {

struct RedisOptions {
  RedisUrl url;
  RedisFiles files;
};

// What the lanes share. Owned by the plugin.
struct FingerprintShared {
  FingerprintShared(Host host, const RedisOptions& redis, std::chrono::seconds key_ttl);
  std::chrono::seconds ttl;
  RedisMonitor monitor;
  RedisAccess access;
  message::Handover handover;
  FailPoints fail_points;
  std::atomic<int> lanes{0};  // instances in use: without any, Redis is not needed
};

class FingerprintStage : public Stage {
 public:
  explicit FingerprintStage(FingerprintShared& shared) : shared_(shared), link_(shared.access) {}
  void activate() override;
  void process(Batch& batch) override;
  void settled(const Settled& settled) override;
  void deactivate() override;

 private:
  // Runs the call unless the breaker is open; false when there is no answer.
  template <class F>
  bool ask(std::chrono::milliseconds budget, F&& call);

  FingerprintShared& shared_;
  RedisLink link_;
  std::uint64_t generation_ = 0;
  struct Seen {
    std::string key;
    bool own_orphan = false;
  };
  // Of the last process(), by handle. A batch whose settled() comes after another process() is not remembered: that
  // costs a fingerprint, not a receipt.
  std::unordered_map<std::uint64_t, Seen> seen_;
};

}  // namespace dlrgw::dedup
