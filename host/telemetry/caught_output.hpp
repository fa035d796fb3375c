// SPDX-License-Identifier: Apache-2.0
// The output of the process is its log. What anybody else prints, a plugin or a library, would stand between the lines
// of JSON; it is caught here, counted and told as one event, and not kept: it may hold what no log may. While the
// process dies by a signal, the error output is itself again, because the last words of the C library are for whoever
// looks. Owned by the command that runs the gateway. A thread of its own reads; the functions are for any thread.
#pragma once
#include <cstdint>
#include <thread>

#include "support/unique_fd.hpp"

namespace dlrgw::host {

class Logger;

class CaughtOutput {
 public:
  // Catches from here on. Before the Logger is made, so that its lines go where the output went.
  CaughtOutput();
  // The outputs are again what they were.
  ~CaughtOutput();
  CaughtOutput(const CaughtOutput&) = delete;
  CaughtOutput& operator=(const CaughtOutput&) = delete;

  // Tells the log of what is printed while it lives. One at a time.
  class Report {
   public:
    Report(CaughtOutput& output, Logger& logger);
    ~Report();
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;

   private:
    void read_until_stopped();
    void collect();
    void tell();

    const CaughtOutput& output_;
    Logger& logger_;
    std::uint64_t out_bytes_ = 0, error_bytes_ = 0;  // read and not told yet
    const UniqueFd stop_;
    std::thread reader_;
  };

 private:
  struct Stream {
    int number = -1;            // of the descriptor that is caught
    UniqueFd original, caught;  // where it went; what is printed now
  };
  static void catch_stream(Stream& stream, int number);

  Stream out_, errors_;
};

// Where log lines, and words about a crash, go: descriptors of the process, caught or not. For signal handlers too.
int log_output();
int error_output();
// From a signal handler: what was printed to the error output and not read yet goes where it would have gone, and so
// does all that follows.
void release_error_output();

}  // namespace dlrgw::host
