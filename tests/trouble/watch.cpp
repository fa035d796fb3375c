// SPDX-License-Identifier: Apache-2.0
#include "trouble/watch.hpp"

#include <algorithm>
#include <chrono>

#include "support/eventually.hpp"
#include "support/http_client.hpp"
#include "support/metrics.hpp"

namespace dlrgw::test {

using namespace std::chrono_literals;

Watch::Watch() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Watch::~Watch() = default;

void Watch::look_at(const std::string& name, const std::string& public_address, const std::string& admin_address) {
  const std::lock_guard lock(mutex_);
  gateways_[name] = {public_address, admin_address};
}

void Watch::forget(const std::string& name) {
  const std::lock_guard lock(mutex_);
  gateways_.erase(name);
}

std::map<std::string, Watch::Finding> Watch::findings() const {
  const std::lock_guard lock(mutex_);
  return findings_;
}

void Watch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    beat(1s);
    std::map<std::string, Gateway> gateways;
    {
      const std::lock_guard lock(mutex_);
      gateways = gateways_;
    }
    for (const auto& [name, gateway] : gateways) look(name, gateway);
  }
}

void Watch::look(const std::string& name, const Gateway& seen) {
  const HttpReply ready = http_get(seen.public_address, "/ready");
  const HttpReply scrape = http_get(seen.admin_address, "/metrics");
  const std::lock_guard lock(mutex_);
  const auto found = gateways_.find(name);
  if (found == gateways_.end() || found->second.public_address != seen.public_address) return;
  Gateway& gateway = found->second;
  Finding& finding = findings_[name];
  if (ready.status != 200 && ready.status != 0) finding.last_words = ready.body;
  const Metrics metrics = Metrics::parse(scrape.body);
  const double settled = metrics.sum("dlr_received_total");
  const bool idle = metrics.sum("dlr_consumer_pending") == 0 && metrics.sum("dlr_consumer_ack_pending") == 0;
  if (scrape.status != 200 || settled != gateway.settled || (idle && ready.status == 200)) {
    gateway.settled = settled;
    gateway.stopped = gateway.silent = 0;
    gateway.told = false;
    return;
  }
  ++gateway.stopped;
  finding.longest_stop = std::max(finding.longest_stop, gateway.stopped);
  if (ready.status == 503 && !gateway.told) {
    gateway.told = true;
    ++finding.stops_told;
    finding.told_after = std::max(finding.told_after, gateway.stopped);
  }
  gateway.silent = ready.status == 200 ? gateway.silent + 1 : 0;
  finding.longest_silence = std::max(finding.longest_silence, gateway.silent);
}

}  // namespace dlrgw::test
