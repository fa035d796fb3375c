// SPDX-License-Identifier: Apache-2.0
// Files that are replaced while the gateway runs: passwords, credentials, certificates, keys. Looks at them twice a
// second and has each that changed taken over. One that cannot be used leaves in force what was read before it, with
// one warning in the log. Owned by the shared parts; has a thread of its own. add() comes before start(); the rest from
// any thread.
#pragma once
#include <condition_variable>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "support/file_stamp.hpp"
#include "support/result.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

class Rotation {
 public:
  explicit Rotation(Logger& logger) : logger_(logger) {}
  ~Rotation() { stop(); }
  Rotation(const Rotation&) = delete;
  Rotation& operator=(const Rotation&) = delete;

  // key: the configuration's, for people. Files that are named by nothing are left out. take_over reads them and puts
  // them into force; its error says which cannot be used, and has changed nothing.
  void add(std::string key, std::vector<std::string> files, std::function<Status()> take_over);
  void start();
  void stop();

  // For a reload: looks now. The keys whose files were taken over since it was asked last. kInvalid: a file cannot be
  // used.
  Result<std::vector<std::string>> look_now();
  // One round of the thread. A change is taken over by the second round that finds it, so that a certificate and its
  // key may be written one after the other.
  void look();

 private:
  using Stamps = std::vector<FileStamp>;
  struct Entry {
    std::string key;
    std::vector<std::string> files;
    std::function<Status()> take_over;
    Stamps in_force;  // or refused
    Stamps seen;      // by the round before
    std::string refusal;
  };
  static Stamps stamps_of(const Entry& entry);
  void take(Entry& entry, Stamps stamps) DLRGW_REQUIRES(mutex_);

  Logger& logger_;
  Mutex mutex_;  // held while files are taken over
  std::vector<Entry> entries_ DLRGW_GUARDED_BY(mutex_);
  std::vector<std::string> taken_over_ DLRGW_GUARDED_BY(mutex_);  // since look_now()
  Mutex wait_mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

}  // namespace dlrgw::host
