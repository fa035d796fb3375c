// SPDX-License-Identifier: Apache-2.0
// Writes down every few seconds what this host knows of the intake, so that a job can tell up to which time receipts
// have been settled by all hosts together. Runs on a thread of its own. A row that PostgreSQL does not take is skipped:
// the next one supersedes it. Owned by the gateway.
#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/intake.hpp"
#include "storage/pool.hpp"
#include "storage/statement.hpp"
#include "storage/value.hpp"
#include "support/clock.hpp"

namespace dlrgw::host {

// The row of dlr.intake_clock that says what an instance knows. Borrows the texts of both.
[[nodiscard]] std::array<Value, 7> intake_clock_row(const IntakeStatus& status, const std::string& instance);

class IntakeClock {
 public:
  using Read = std::function<IntakeStatus()>;
  IntakeClock(Read read, Pool& pool, const Clock& clock, std::string instance);
  ~IntakeClock();
  IntakeClock(const IntakeClock&) = delete;
  IntakeClock& operator=(const IntakeClock&) = delete;

  void start();
  void stop();

 private:
  void run();
  [[nodiscard]] bool write(const IntakeStatus& status) const;

  const Read read_;
  Pool& pool_;
  const Clock& clock_;
  const std::string instance_;
  const Statement insert_;
  std::int64_t written_us_ = 0;  // the look of the last row; the thread's own
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dlrgw::host
