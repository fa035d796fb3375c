// SPDX-License-Identifier: Apache-2.0
// The host as a plugin sees it: a place to fetch services from.
#pragma once
#include <array>

#include <dlrgw/abi/clock.h>
#include <dlrgw/abi/digest.h>
#include <dlrgw/abi/fail_point.h>
#include <dlrgw/abi/health.h>
#include <dlrgw/abi/jobs.h>
#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/base.hpp>

namespace dlrgw {

class Host {
 public:
  explicit Host(const dlrgw_host* host) : host_(host) {}

  // nullptr = not offered or not granted.
  template <class Service>
  [[nodiscard]] const Service* find(std::string_view id) const {
    return static_cast<const Service*>(host_->get_service(host_->self, str(id)));
  }
  template <class Service>
  [[nodiscard]] const Service* require(std::string_view id) const {
    const Service* service = find<Service>(id);
    if (service == nullptr) {
      throw Error(DLRGW_E_DENIED, std::string(id) + " is not offered or not granted to this plugin");
    }
    return service;
  }

  // This process among several hosts, as in its log lines; empty when the host does not say.
  [[nodiscard]] std::string_view instance() const {
    return DLRGW_HAS(host_, dlrgw_host, instance) ? view(host_->instance) : std::string_view();
  }

 private:
  const dlrgw_host* host_;
};

class Clock {
 public:
  explicit Clock(Host host) : clock_(host.require<dlrgw_clock>(DLRGW_SERVICE_CLOCK)) {}
  [[nodiscard]] std::int64_t now_us() const { return clock_->now_us(clock_->self); }
  [[nodiscard]] std::int64_t monotonic_us() const { return clock_->monotonic_us(clock_->self); }

 private:
  const dlrgw_clock* clock_;
};

class Digest {
 public:
  explicit Digest(Host host) : digest_(host.require<dlrgw_digest>(DLRGW_SERVICE_DIGEST)) {}
  [[nodiscard]] std::array<std::uint8_t, 32> sha256(std::string_view data) const {
    std::array<std::uint8_t, 32> out{};
    digest_->sha256(digest_->self, str(data), out.data());
    return out;
  }
  [[nodiscard]] std::string uuid_v5(std::string_view space, std::string_view name) const {
    std::string out(36, '\0');
    check(digest_->uuid_v5(digest_->self, str(space), str(name), out.data()), "uuid_v5");
    return out;
  }

 private:
  const dlrgw_digest* digest_;
};

class Health {
 public:
  explicit Health(Host host) : health_(host.require<dlrgw_health>(DLRGW_SERVICE_HEALTH)) {}
  void ok(std::string_view dependency) const { report(dependency, DLRGW_HEALTH_OK, {}); }
  void degraded(std::string_view dependency, std::string_view detail) const {
    report(dependency, DLRGW_HEALTH_DEGRADED, detail);
  }

 private:
  void report(std::string_view dependency, std::int32_t state, std::string_view detail) const {
    health_->report(health_->self, str(dependency), state, str(detail));
  }
  const dlrgw_health* health_;
};

class Jobs {
 public:
  explicit Jobs(Host host) : jobs_(host.require<dlrgw_jobs>(DLRGW_SERVICE_JOBS)) {}
  void wake(std::string_view job) const { jobs_->wake(jobs_->self, str(job)); }

 private:
  const dlrgw_jobs* jobs_;
};

// Does nothing in a host that was not built for fault tests.
class FailPoints {
 public:
  explicit FailPoints(Host host) : points_(host.find<dlrgw_fail_point>(DLRGW_SERVICE_FAIL_POINT)) {}
  void hit(std::string_view name) const {
    if (points_ != nullptr) points_->hit(points_->self, str(name));
  }

 private:
  const dlrgw_fail_point* points_;
};

}  // namespace dlrgw
