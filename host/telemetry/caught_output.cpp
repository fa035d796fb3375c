// SPDX-License-Identifier: Apache-2.0
#include "telemetry/caught_output.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <sys/eventfd.h>

#include "telemetry/log.hpp"

namespace dlrgw::host {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Read this long after the first byte: many small pieces are one event, and last words are still there for a crash.
constexpr int kCollectMs = 100;
constexpr std::chrono::seconds kTellEvery{10};
constexpr int kPipeBytes = 1 << 20;  // more than anybody prints meanwhile; a full pipe would make a plugin wait

std::atomic<int> log_fd{STDOUT_FILENO};
std::atomic<int> error_fd{STDERR_FILENO};
std::atomic<int> caught_errors{-1};

std::uint64_t read_all(int fd) {
  std::array<char, 4096> bytes{};
  std::uint64_t out = 0;
  while (fd >= 0) {
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out += static_cast<std::uint64_t>(got);
  }
  return out;
}

// A sanitizer that was loaded before the program reports as the process ends: nobody would read that from the pipe.
void let_sanitizer_report_to(int fd) {
  void* const set = ::dlsym(RTLD_DEFAULT, "__sanitizer_set_report_fd");
  if (set == nullptr) return;
  void* const as_it_takes_it =
      reinterpret_cast<void*>(static_cast<std::intptr_t>(fd));  // NOLINT(performance-no-int-to-ptr)
  reinterpret_cast<void (*)(void*)>(set)(as_it_takes_it);
}

// A descriptor above the three standard ones, of which some may be closed.
UniqueFd above_standard(int fd) {
  const UniqueFd given(fd);
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

}  // namespace

int log_output() { return log_fd; }
int error_output() { return error_fd; }

void release_error_output() {
  const int from = caught_errors.exchange(-1);
  if (from < 0) return;
  (void)::dup2(error_fd, STDERR_FILENO);
  std::array<char, 512> bytes{};
  for (ssize_t got = 0; (got = ::read(from, bytes.data(), bytes.size())) > 0;) {
    if (::write(STDERR_FILENO, bytes.data(), static_cast<std::size_t>(got)) < 0) return;
  }
}

CaughtOutput::CaughtOutput() {
  catch_stream(out_, STDOUT_FILENO);
  if (out_.original) log_fd = out_.original.get();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their reports go to the error output
  catch_stream(errors_, STDERR_FILENO);
  if (errors_.original) {
    error_fd = errors_.original.get();
    caught_errors = errors_.caught.get();
    let_sanitizer_report_to(error_fd);
  }
#endif
}

// A descriptor that is not open stays so.
void CaughtOutput::catch_stream(Stream& stream, int number) {
  std::array<int, 2> ends{};
  UniqueFd original(::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!original || ::pipe2(ends.data(), O_CLOEXEC) != 0) return;
  stream.caught = above_standard(ends[0]);
  const UniqueFd printed_to = above_standard(ends[1]);
  if (!stream.caught || !printed_to) return;
  (void)::fcntl(stream.caught.get(), F_SETFL, O_NONBLOCK);
  (void)::fcntl(printed_to.get(), F_SETPIPE_SZ, kPipeBytes);  // a smaller one does too
  if (::dup2(printed_to.get(), number) < 0) return;
  stream.number = number;
  stream.original = std::move(original);
}

CaughtOutput::~CaughtOutput() {
  std::fflush(nullptr);
  caught_errors = -1;
  for (const Stream* stream : {&out_, &errors_}) {
    if (stream->number >= 0) (void)::dup2(stream->original.get(), stream->number);
  }
  log_fd = STDOUT_FILENO;
  error_fd = STDERR_FILENO;
  let_sanitizer_report_to(error_fd);
}

CaughtOutput::Report::Report(CaughtOutput& output, Logger& logger)
    : output_(output),
      logger_(logger),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      reader_([this] { read_until_stopped(); }) {}

CaughtOutput::Report::~Report() {
  const std::uint64_t one = 1;
  while (::write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  reader_.join();
  std::fflush(nullptr);
  collect();
  tell();
}

void CaughtOutput::Report::read_until_stopped() {
  SteadyClock::time_point may_tell = SteadyClock::now();
  for (;;) {
    const bool untold = out_bytes_ != 0 || error_bytes_ != 0;
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(may_tell - SteadyClock::now()).count();
    std::array<pollfd, 3> ready{
        {{stop_.get(), POLLIN, 0}, {output_.out_.caught.get(), POLLIN, 0}, {output_.errors_.caught.get(), POLLIN, 0}}};
    const int got = ::poll(ready.data(), ready.size(), untold ? static_cast<int>(std::max<long>(pause, 0)) : -1);
    if (got < 0) continue;  // a signal
    if (ready[0].revents != 0 || ::poll(ready.data(), 1, kCollectMs) > 0) return;
    collect();
    if (SteadyClock::now() < may_tell) continue;
    tell();
    may_tell = SteadyClock::now() + kTellEvery;
  }
}

void CaughtOutput::Report::collect() {
  out_bytes_ += read_all(output_.out_.caught.get());
  error_bytes_ += read_all(output_.errors_.caught.get());
}

void CaughtOutput::Report::tell() {
  const auto tell_of = [&](std::string_view stream, std::uint64_t& bytes) {
    if (bytes == 0) return;
    logger_.emit(Level::kWarn, "dlr.plugin.output",
                 {{"stream", stream},
                  {"bytes", static_cast<std::int64_t>(bytes)},
                  {"text", "printed past the log; it is not kept, because it may hold what no log may"}});
    bytes = 0;
  };
  tell_of("stdout", out_bytes_);
  tell_of("stderr", error_bytes_);
}

}  // namespace dlrgw::host
