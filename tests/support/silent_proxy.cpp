// SPDX-License-Identifier: Apache-2.0
#include "support/silent_proxy.hpp"

#include <array>
#include <atomic>
#include <poll.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace dlrgw::test {
namespace {

constexpr int kBacklog = 64;
constexpr std::size_t kChunk = 64 * 1024;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {
    if (fd < 0) throw std::runtime_error("proxy: no descriptor");
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

sockaddr_in address(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

Fd stream_socket() { return Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

struct Pair {
  Fd client, server;
};

}  // namespace

struct SilentProxy::Impl {
  explicit Impl(std::uint16_t port) : upstream(port), listener(stream_socket()), wake(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in any = address(0);
    socklen_t size = sizeof any;
    if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&any), size) != 0 ||
        ::listen(listener.get(), kBacklog) != 0 ||
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&any), &size) != 0)
      throw std::runtime_error("proxy: cannot listen");
    listens = ntohs(any.sin_port);
    thread = std::thread([this] { run(); });
  }
  ~Impl() {
    stopping = true;
    tell();
    thread.join();
  }
  void tell() const {
    const std::uint64_t one = 1;
    if (::write(wake.get(), &one, sizeof one) != sizeof one) std::terminate();
  }

  // Until it is told to stop. `silent` only when it has seen that it should be.
  void run() {
    std::vector<pollfd> watched;
    while (!stopping) {
      watched.assign({{wake.get(), POLLIN, 0}, {listener.get(), POLLIN, 0}});
      if (!silent)
        for (const Pair& pair : pairs)
          for (const Fd* end : {&pair.client, &pair.server}) watched.push_back({end->get(), POLLIN, 0});
      if (::poll(watched.data(), watched.size(), -1) < 0) continue;
      if (watched[0].revents != 0) {
        std::uint64_t count = 0;
        if (::read(wake.get(), &count, sizeof count) != sizeof count) std::terminate();
        silent = asked.load();
        silent.notify_all();
        continue;
      }
      forward(watched);
      if (watched[1].revents != 0) accept();
    }
  }

  void forward(const std::vector<pollfd>& watched) {
    std::array<char, kChunk> bytes;
    for (std::size_t i = (watched.size() - 2) / 2; i-- > 0;) {
      const auto pass = [&](std::size_t at, int from, int to) {
        if (watched[at].revents == 0) return true;
        const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
        return got > 0 && write_all(to, bytes.data(), static_cast<std::size_t>(got));
      };
      const Pair& pair = pairs[i];
      if (pass(2 + 2 * i, pair.client.get(), pair.server.get()) &&
          pass(3 + 2 * i, pair.server.get(), pair.client.get()))
        continue;
      pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  void accept() {
    Fd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    Fd server = stream_socket();
    const sockaddr_in to = address(upstream);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
      pairs.push_back({std::move(client), std::move(server)});
  }

  const std::uint16_t upstream;
  std::uint16_t listens = 0;
  Fd listener;
  Fd wake;  // an eventfd: something was asked of the thread
  std::atomic<bool> stopping{false};
  std::atomic<bool> asked{false};
  std::atomic<bool> silent{false};
  std::vector<Pair> pairs;  // of the thread only
  std::thread thread;
};

SilentProxy::SilentProxy(std::uint16_t upstream) : impl_(std::make_unique<Impl>(upstream)) {}
SilentProxy::~SilentProxy() = default;

std::uint16_t SilentProxy::port() const { return impl_->listens; }

void SilentProxy::fall_silent() {
  impl_->asked = true;
  impl_->tell();
  impl_->silent.wait(false);
}

}  // namespace dlrgw::test
