// SPDX-License-Identifier: Apache-2.0
#include "subject_backoff.hpp"

#include <algorithm>

namespace dlrgw::outbox {

SubjectBackoff::Failure SubjectBackoff::failed(std::string_view subject, std::int64_t now_us) {
  Entry& entry = failing_[std::string(subject)];
  const std::int64_t before = entry.wait_us;
  entry.wait_us = before == 0 ? kFirstUs : std::min(2 * before, kLongestUs);
  entry.until_us = now_us + entry.wait_us;
  return {entry.wait_us, entry.wait_us != before};
}

bool SubjectBackoff::succeeded(std::string_view subject) {
  const auto found = failing_.find(subject);
  if (found == failing_.end()) return false;
  failing_.erase(found);
  return true;
}

std::vector<std::string> SubjectBackoff::failing() const {
  std::vector<std::string> out;
  for (const auto& [subject, entry] : failing_) out.push_back(subject);
  return out;
}

std::vector<std::string> SubjectBackoff::due(std::int64_t now_us) const {
  std::vector<std::string> out;
  for (const auto& [subject, entry] : failing_)
    if (now_us >= entry.until_us) out.push_back(subject);
  return out;
}

}  // namespace dlrgw::outbox
