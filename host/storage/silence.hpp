// SPDX-License-Identifier: Apache-2.0
// An end to the wait for a server that never answers. libpq waits for as long as the connection lives, and a connection
// lives for as long as a kernel answers for the other side: a stopped server, a proxy that forwards nothing. One thread
// of the process looks once a second and shuts the sockets on which an answer is overdue; libpq then reports a lost
// connection to whoever waits.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace dlrgw::host {

class WatchedSocket {
 public:
  // socket: of an open connection; a duplicate of it is kept, so that it is never mistaken for one opened later.
  explicit WatchedSocket(int socket);
  ~WatchedSocket();
  WatchedSocket(const WatchedSocket&) = delete;
  WatchedSocket& operator=(const WatchedSocket&) = delete;

  // Someone waits for an answer, from its construction to its destruction; one at a time. patience: how long the answer
  // may take, 0 = for ever.
  class Wait {
   public:
    Wait(WatchedSocket& socket, std::chrono::milliseconds patience);
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    WatchedSocket& socket_;
  };

  // It was shut because an answer was overdue.
  [[nodiscard]] bool was_shut() const { return shut_; }

  // Of the thread that looks. An answer that waits to be read is not overdue, however late it is read.
  void look(std::chrono::steady_clock::time_point now);

 private:
  const int socket_;                     // the duplicate; -1 when there was none to be had: nothing is watched then
  std::atomic<std::int64_t> due_us_{0};  // monotonic; 0 = nobody waits, or for ever
  std::atomic<bool> shut_{false};
};

}  // namespace dlrgw::host
