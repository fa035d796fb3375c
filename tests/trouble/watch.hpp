// SPDX-License-Identifier: Apache-2.0
// Looks at gateways once a second while receipts are on their way: do they commit, and do they say so when they do not?
// Counted in looks, not in seconds, so that a busy machine that slows the gateway slows the watch too. Used by one
// test; looks on a thread of its own.
#pragma once
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace dlrgw::test {

class Watch {
 public:
  struct Finding {
    int longest_silence = 0;  // looks in a row without a commit, all answered as if nothing were wrong
    int longest_stop = 0;     // looks in a row without a commit
    int told_after = 0;       // the most looks that passed between the last commit and the first word of it
    int stops_told = 0;
    std::string last_words;  // of /ready, when it was not 200
  };

  Watch();
  ~Watch();  // stops
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // A gateway that has been started, under its own name. Replaces the one before of that name.
  void look_at(const std::string& name, const std::string& public_address, const std::string& admin_address);
  void forget(const std::string& name);  // before it is stopped
  [[nodiscard]] std::map<std::string, Finding> findings() const;

 private:
  struct Gateway {
    std::string public_address, admin_address;
    double settled = -1;
    int stopped = 0;  // looks since the last commit
    int silent = 0;   // looks since the last commit or word
    bool told = false;
  };
  void run(const std::stop_token& stop);
  void look(const std::string& name, const Gateway& seen);

  mutable std::mutex mutex_;
  std::map<std::string, Gateway> gateways_;  // guarded by mutex_
  std::map<std::string, Finding> findings_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace dlrgw::test
