// SPDX-License-Identifier: Apache-2.0
// clock, digest, health, jobs, publish and fail points.
#include <dlrgw/abi/clock.h>
#include <dlrgw/abi/digest.h>
#include <dlrgw/abi/fail_point.h>
#include <dlrgw/abi/health.h>
#include <dlrgw/abi/jobs.h>
#include <dlrgw/abi/publish.h>

#include "boundary/call_watch.hpp"
#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"
#include "support/digest.hpp"
#include "support/fail_point.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

// What an item of SDK 1.0 holds: sizeof would refuse plugins that are older than this host.
constexpr std::size_t kPublishItemBytes = offsetof(dlrgw_publish_item, payload) + sizeof(dlrgw_str);

std::int64_t now_us(void* self) { return context_of(self).host.clock.now_us(); }
std::int64_t monotonic_us(void* self) { return context_of(self).host.clock.monotonic_us(); }

void sha256_of(void*, dlrgw_str data, std::uint8_t* out32) {
  const auto digest = sha256(view(data));
  std::memcpy(out32, digest.data(), digest.size());
}

std::int32_t uuid_v5_of(void*, dlrgw_str space, dlrgw_str name, char* out36) {
  const auto bytes = parse_uuid_bytes(view(space));
  if (!bytes || out36 == nullptr) return DLRGW_E_INVALID;
  const std::string text = uuid_v5(*bytes, view(name));
  std::memcpy(out36, text.data(), text.size());
  return DLRGW_OK;
}

void report_health(void* self, dlrgw_str dependency, std::int32_t state, dlrgw_str detail) {
  if (state < DLRGW_HEALTH_OK || state > DLRGW_HEALTH_DOWN) state = DLRGW_HEALTH_DOWN;
  context_of(self).host.health.report(view(dependency), static_cast<HealthState>(state), view(detail), self);
}

void wake(void* self, dlrgw_str job) { context_of(self).host.wake_job(view(job)); }

std::int32_t publish(void* self, dlrgw_publish_item* items, std::uint32_t count, std::uint32_t stride,
                     std::uint32_t timeout_ms, dlrgw_error* error) {
  if ((items == nullptr && count != 0) || stride < kPublishItemBytes) {
    return answer(error, ErrorCode::kInvalid, "publish items are missing or their stride is too small");
  }
  std::vector<dlrgw_publish_item*> pointers;
  pointers.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    pointers.push_back(reinterpret_cast<dlrgw_publish_item*>(reinterpret_cast<char*>(items) + std::size_t{i} * stride));
  }
  const HostTime service;
  context_of(self).host.publish(pointers, timeout_ms);
  return DLRGW_OK;
}

void hit(void*, dlrgw_str name) { fail_point(view(name)); }

}  // namespace

dlrgw_clock make_clock_service(PluginContext& context) {
  return {sizeof(dlrgw_clock), 1, &context, now_us, monotonic_us};
}
dlrgw_digest make_digest_service(PluginContext& context) {
  return {sizeof(dlrgw_digest), 1, &context, sha256_of, uuid_v5_of};
}
dlrgw_health make_health_service(PluginContext& context) { return {sizeof(dlrgw_health), 1, &context, report_health}; }
dlrgw_jobs make_jobs_service(PluginContext& context) { return {sizeof(dlrgw_jobs), 1, &context, wake}; }
dlrgw_publish make_publish_service(PluginContext& context) { return {sizeof(dlrgw_publish), 1, &context, publish}; }
dlrgw_fail_point make_fail_point_service(PluginContext& context) {
  return {sizeof(dlrgw_fail_point), 1, &context, hit};
}

}  // namespace dlrgw::host
