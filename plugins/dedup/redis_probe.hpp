// SPDX-License-Identifier: Apache-2.0
// Job dedup.redis_probe: asks Redis once a second whether it is there, so that /ready knows without a receipt. It obeys
// the breaker like a lane, and is silent while no lane uses the stage. Owned by the plugin; the job's thread only.
#pragma once
#include "fingerprint_stage.hpp"

namespace dlrgw::dedup {

class RedisProbe {
 public:
  explicit RedisProbe(FingerprintShared& shared) : shared_(shared), link_(shared.access) {}
  void run();

 private:
  FingerprintShared& shared_;
  RedisLink link_;
};

}  // namespace dlrgw::dedup
