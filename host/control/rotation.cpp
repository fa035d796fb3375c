// SPDX-License-Identifier: Apache-2.0
#include "control/rotation.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kEvery{500};

}  // namespace

void Rotation::add(std::string key, std::vector<std::string> files, std::function<Status()> take_over) {
  std::erase(files, std::string());
  if (files.empty()) return;
  Entry entry{std::move(key), std::move(files), std::move(take_over), {}, {}, {}};
  entry.in_force = stamps_of(entry);
  entry.seen = entry.in_force;
  const MutexLock lock(mutex_);
  entries_.push_back(std::move(entry));
}

void Rotation::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    name_thread("rotation");
    while (true) {
      {
        MutexLock lock(wait_mutex_);
        if (stopped_.wait_for(lock, stop, kEvery, [&] { return stop.stop_requested(); })) return;
      }
      if (stop.stop_requested()) return;
      look();
    }
  });
}

void Rotation::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

Rotation::Stamps Rotation::stamps_of(const Entry& entry) {
  Stamps out;
  for (const std::string& file : entry.files) out.push_back(stamp_of(file));
  return out;
}

void Rotation::take(Entry& entry, Stamps stamps) {
  entry.in_force = std::move(stamps);
  const Status taken = entry.take_over();
  entry.refusal = taken ? std::string() : entry.key + ": " + taken.error().text;
  if (!taken) {
    logger_.emit(Level::kWarn, "dlr.rotation.refused",
                 {{"key", std::string_view(entry.key)},
                  {"reason", std::string_view(taken.error().text)},
                  {"effect", "what was read before stays in force"}});
    return;
  }
  logger_.emit(Level::kInfo, "dlr.rotation.done", {{"key", std::string_view(entry.key)}});
  if (std::ranges::find(taken_over_, entry.key) == taken_over_.end()) taken_over_.push_back(entry.key);
}

void Rotation::look() {
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    Stamps now = stamps_of(entry);
    const bool settled = now == std::exchange(entry.seen, now);
    if (settled && now != entry.in_force) take(entry, std::move(now));
  }
}

Result<std::vector<std::string>> Rotation::look_now() {
  const MutexLock lock(mutex_);
  std::string refusals;
  for (Entry& entry : entries_) {
    Stamps now = stamps_of(entry);
    entry.seen = now;
    if (now != entry.in_force) take(entry, std::move(now));
    if (!entry.refusal.empty()) refusals.append(refusals.empty() ? "" : "\n").append(entry.refusal);
  }
  if (!refusals.empty()) return Error{ErrorCode::kInvalid, refusals};
  return std::exchange(taken_over_, {});
}

}  // namespace dlrgw::host
