// SPDX-License-Identifier: Apache-2.0
#include "storage/silence.hpp"

#include <condition_variable>
#include <fcntl.h>
#include <poll.h>
#include <set>
#include <thread>
#include <unistd.h>

#include <sys/socket.h>

#include <dlrgw/cpp/mutex.hpp>

#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kLook{1};

std::int64_t micros(Steady::time_point at) {
  return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

class Watch {
 public:
  static Watch& of_the_process() {
    static Watch watch;
    return watch;
  }

  ~Watch() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void add(WatchedSocket& socket) {
    {
      const MutexLock lock(mutex_);
      sockets_.insert(&socket);
    }
    changed_.notify_all();
  }

  void remove(WatchedSocket& socket) {
    const MutexLock lock(mutex_);
    sockets_.erase(&socket);
  }

 private:
  void run() {
    name_thread("silence");
    MutexLock lock(mutex_);
    while (!stopping_) {
      changed_.wait(lock, [this]() DLRGW_REQUIRES(mutex_) { return stopping_ || !sockets_.empty(); });
      changed_.wait_for(lock, kLook, [this]() DLRGW_REQUIRES(mutex_) { return stopping_; });
      for (WatchedSocket* socket : sockets_) socket->look(Steady::now());
    }
  }

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::set<WatchedSocket*> sockets_ DLRGW_GUARDED_BY(mutex_);
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  std::thread thread_{[this] { run(); }};  // last: it uses the others
};

}  // namespace

WatchedSocket::WatchedSocket(int socket) : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  Watch::of_the_process().add(*this);
}

WatchedSocket::~WatchedSocket() {
  Watch::of_the_process().remove(*this);
  if (socket_ >= 0) ::close(socket_);
}

WatchedSocket::Wait::Wait(WatchedSocket& socket, std::chrono::milliseconds patience) : socket_(socket) {
  if (socket.socket_ >= 0 && patience.count() != 0) socket.due_us_ = micros(Steady::now() + patience);
}

WatchedSocket::Wait::~Wait() { socket_.due_us_ = 0; }

void WatchedSocket::look(Steady::time_point now) {
  const std::int64_t due_us = due_us_;
  if (due_us == 0 || micros(now) < due_us) return;
  pollfd readable{socket_, POLLIN, 0};
  if (::poll(&readable, 1, 0) != 0) return;
  shut_ = true;
  ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace dlrgw::host
