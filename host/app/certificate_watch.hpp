// SPDX-License-Identifier: Apache-2.0
// Tells when the certificates of the configuration expire. Owned by the gateway; told by the supervisor's thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "pipeline/host_metrics.hpp"

namespace dlrgw::host {

// The first moment, in seconds since the epoch, at which a certificate of the PEM file is no longer valid. Empty: the
// file cannot be read, or holds none.
[[nodiscard]] std::optional<std::int64_t> certificate_expiry(const std::string& file);

class CertificateWatch {
 public:
  CertificateWatch(const Config& config, HostMetrics& metrics);
  // Reads the files again once a minute; calls in between do nothing.
  void tell();

 private:
  struct File {
    std::string name, path;
  };
  HostMetrics& metrics_;
  std::vector<File> files_;
  std::optional<std::chrono::steady_clock::time_point> told_at_;
};

}  // namespace dlrgw::host
