// SPDX-License-Identifier: Apache-2.0
#include "control/control_socket.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kName = "control.sock";
constexpr std::string_view kDone = "ok\n", kRefused = "refused\n";
constexpr std::size_t kMaxRequest = std::size_t{64} * 1024;
constexpr std::size_t kMaxAnswer = std::size_t{16} << 20U;
constexpr int kMaxWaiting = 4;
constexpr timeval kPatience{2, 0};  // for a client that connects and says nothing

std::string reason(int code) { return std::generic_category().message(code); }

std::string shown(const std::filesystem::path& state_dir) { return (state_dir / kName).string(); }

// Through the open directory, because a socket's own path may have no more than 107 bytes.
sockaddr_un address_in(const UniqueFd& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + std::string(kName);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

UniqueFd open_directory(const std::filesystem::path& path) {
  return UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

UniqueFd stream_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool same_user(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

std::string read_all(int fd, std::size_t limit, char until) {
  std::string out;
  char bytes[4096];
  while (out.size() < limit) {
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out.append(bytes, static_cast<std::size_t>(got));
    if (until != '\0' && out.back() == until) break;
  }
  return out;
}

// False when the other side has gone.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

ControlSocket::ControlSocket(std::filesystem::path state_dir, Handler handler)
    : state_dir_(std::move(state_dir)), handler_(std::move(handler)) {}

ControlSocket::~ControlSocket() { stop(); }

Status ControlSocket::start() {
  const auto failed = [&](int code) {
    return Error{ErrorCode::kUnavailable, "control socket " + shown(state_dir_) + ": cannot be made: " + reason(code) +
                                              "; check the state directory"};
  };
  directory_ = open_directory(state_dir_);
  if (!directory_) return failed(errno);
  listener_ = stream_socket();
  wake_ = UniqueFd(::eventfd(0, EFD_CLOEXEC));
  if (!listener_ || !wake_) return failed(errno);
  if (::unlinkat(directory_.get(), kName.data(), 0) != 0 && errno != ENOENT) return failed(errno);  // of a dead process
  const sockaddr_un address = address_in(directory_);
  // Set the mode first: bind() gives it to the file, so that nobody else may connect at any moment.
  if (::fchmod(listener_.get(), 0600) != 0 ||
      ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), kMaxWaiting) != 0) {
    return failed(errno);
  }
  thread_ = std::thread([this] {
    name_thread("control socket");
    serve();
  });
  return {};
}

void ControlSocket::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  ::unlinkat(directory_.get(), kName.data(), 0);
}

void ControlSocket::serve() {
  while (true) {
    pollfd waiting[] = {{listener_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    if (waiting[0].revents == 0) continue;
    const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection && same_user(connection.get())) answer(connection.get());
  }
}

void ControlSocket::answer(int connection) const {
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  std::string request = read_all(connection, kMaxRequest, '\n');
  if (request.empty() || request.back() != '\n') return;
  request.pop_back();
  const Result<std::string> done = handler_(request);
  // The client may have gone. What was done stays done, and the log says so.
  (void)write_all(connection, std::string(done ? kDone : kRefused) + (done ? *done : done.error().text));
}

Result<std::string> ask_gateway(const std::filesystem::path& state_dir, std::string_view request) {
  const auto nobody = [&](int code) {
    if (code == EACCES)
      return Error{ErrorCode::kUnavailable, "control socket " + shown(state_dir) +
                                                ": this user may not use it; the gateway's own user and root may"};
    return Error{ErrorCode::kUnavailable, "no gateway answers on " + shown(state_dir) + ": " + reason(code) +
                                              "; start it, or name its state directory with --state-dir"};
  };
  const UniqueFd directory = open_directory(state_dir);
  if (!directory) return nobody(errno);
  const UniqueFd connection = stream_socket();
  const sockaddr_un address = address_in(directory);
  if (!connection || ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return nobody(errno);
  }
  if (!write_all(connection.get(), std::string(request) + "\n")) return nobody(errno);
  std::string answer = read_all(connection.get(), kMaxAnswer, '\0');
  if (answer.size() >= kMaxAnswer)
    return Error{ErrorCode::kUnavailable, "the gateway on " + shown(state_dir) + " answers more than " +
                                              std::to_string(kMaxAnswer >> 20U) + " MiB; ask for less"};
  if (answer.starts_with(kDone)) return answer.substr(kDone.size());
  if (answer.starts_with(kRefused)) return Error{ErrorCode::kInvalid, answer.substr(kRefused.size())};
  return Error{ErrorCode::kUnavailable, "the gateway on " + shown(state_dir) +
                                            " ended the connection without an answer; its log tells what became of it"};
}

}  // namespace dlrgw::host
