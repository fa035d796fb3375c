// SPDX-License-Identifier: Apache-2.0
#include "boundary/crash_line.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <execinfo.h>
#include <fcntl.h>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>
#include <ucontext.h>
#include <unistd.h>

#include "boundary/call_watch.hpp"
#include "boundary/loading/image_ranges.hpp"
#include "telemetry/caught_output.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kFile = "crash.txt";
constexpr std::string_view kFileBefore = "crash-before.txt";
constexpr std::string_view kMark = "running";
constexpr std::string_view kWithoutAWord =
    "dlr-gateway ended without a word: it was killed, was out of memory, or stopped with its machine";
constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int kMaxFrames = 48;

std::atomic<int> file{-1};
std::atomic<bool> armed{false};
std::atomic<pid_t> watched{0};
std::atomic_flag told = ATOMIC_FLAG_INIT;
std::atomic<const std::filesystem::path*> mark{nullptr};  // while it is this process's

// A line put together without the heap.
class Line {
 public:
  void add(std::string_view text) {
    const std::size_t length = std::min(text.size(), text_.size() - size_);
    std::memcpy(text_.data() + size_, text.data(), length);
    size_ += length;
  }
  void add(std::uint64_t number) {
    std::array<char, 20> digits{};
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count != 0) add(std::string_view(&digits[--count], 1));
  }
  void write() const {
    for (const int fd : {error_output(), file.load()}) {
      if (fd < 0) continue;
      std::size_t done = 0;
      while (done < size_) {
        const ssize_t put = ::write(fd, text_.data() + done, size_ - done);
        if (put <= 0) break;
        done += static_cast<std::size_t>(put);
      }
    }
  }

 private:
  std::array<char, 512> text_{};
  std::size_t size_ = 0;
};

// A child that a plugin has forked has these handlers too, and its end is nobody's business.
bool is_the_gateway() { return ::getpid() == watched; }

std::string_view name_of(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    default:
      return "SIGABRT";
  }
}

// A plugin and its version; not that of a file that is not known to be one.
void add_plugin(Line& line, const char* plugin, const char* version) {
  line.add("plugin ");
  line.add(plugin);
  if (version[0] != '\0') line.add(" ");
  line.add(version);
}

// thread_of: where no call into a plugin is marked, the plugin whose code the thread was in; null when that is not
// known.
void write_line(std::string_view what, const ImageRange* thread_of = nullptr) {
  Line line;
  line.add("dlr-gateway ends by ");
  line.add(what);
  if (const CallFrame* frame = innermost_frame_of_this_thread()) {
    line.add(" in ");
    add_plugin(line, frame->plugin.data(), frame->version.data());
    line.add(": ");
    line.add(frame->what.data());
    if (frame->lane != kNoLane) {
      line.add(", lane ");
      line.add(std::uint64_t{frame->lane});
    }
    if (frame->batch != 0) {
      line.add(", batch ");
      line.add(frame->batch);
    }
  } else if (thread_of != nullptr) {
    line.add(" in a thread of its own of ");
    add_plugin(line, thread_of->plugin.data(), thread_of->version.data());
  } else {
    line.add(" outside of any call into a plugin: in the gateway itself, or in a thread of a plugin's own");
  }
  line.add("\n");
  line.write();
}

const void* program_counter(const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return std::bit_cast<const void*>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return std::bit_cast<const void*>(machine.pc);
#else
  (void)machine;
  return nullptr;
#endif
}

// The stack is walked although it may be what broke; this is told then.
void on_broken_stack(int signal) {
  write_line(name_of(signal));
  ::raise(signal);
}

// From a thread without a mark, whose stack is all there is.
const ImageRange* plugin_in(std::span<void* const> frames) {
  for (void* const frame : frames)
    if (const ImageRange* image = image_at(frame)) return image;
  return nullptr;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  (void)::sigaction(signal, &action, nullptr);
}

// The handler is gone when this begins: the signal that it raises at its end takes its course.
void on_signal(int signal, siginfo_t*, void* context) {
  if (is_the_gateway()) release_error_output();
  if (is_the_gateway() && !told.test_and_set()) {
    const ImageRange* thread_of = image_at(program_counter(context));
    const bool known = innermost_frame_of_this_thread() != nullptr || thread_of != nullptr;
    if (known) write_line(name_of(signal), thread_of);
    if (!known) handle(SIGSEGV, on_broken_stack);
    std::array<void*, kMaxFrames> frames{};
    const int count = ::backtrace(frames.data(), kMaxFrames);
    if (!known) {
      handle(SIGSEGV, SIG_DFL);
      write_line(name_of(signal), plugin_in(std::span(frames).first(static_cast<std::size_t>(std::max(count, 0)))));
    }
    ::backtrace_symbols_fd(frames.data(), count, error_output());
    if (file >= 0) ::backtrace_symbols_fd(frames.data(), count, file);
  }
  ::raise(signal);
}

enum class Tell { kAlways, kOfAPlugin };

void on_end(std::string_view how, Tell which) {
  if (!armed || !is_the_gateway()) return;
  release_error_output();
  const ImageRange* thread_of = nullptr;
  if (innermost_frame_of_this_thread() == nullptr) {
    std::array<void*, kMaxFrames> frames{};
    const int count = ::backtrace(frames.data(), kMaxFrames);
    thread_of = plugin_in(std::span(frames).first(static_cast<std::size_t>(std::max(count, 0))));
    if (thread_of == nullptr && which == Tell::kOfAPlugin) return;
  }
  if (!told.test_and_set()) write_line(how, thread_of);
}
void on_exit() { on_end("exit()", Tell::kAlways); }
void on_quick_exit() { on_end("quick_exit()", Tell::kAlways); }

std::string first_line(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

void install(int signal) {
  struct sigaction before {};
  if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK | SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  (void)::sigaction(signal, &action, nullptr);
}

Result<int> open_in_state(const std::filesystem::path& path, int flags) {
  const int opened = ::open(path.c_str(), O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0640);
  if (opened >= 0) return opened;
  return Error{ErrorCode::kUnavailable, path.string() + " cannot be opened: " + std::generic_category().message(errno) +
                                            "; check the state directory"};
}

// Leaves the mark of this run, for as long as it lasts. Answers whether the run before has left its own: a lock tells
// that from a run that goes on beside this one, whose mark stays its own. The lock is the process's, so that a child
// that a plugin forks does not keep it, and ends with it.
Result<bool> leave_mark(const std::filesystem::path& path) {
  std::error_code missing;
  const bool was_left = std::filesystem::exists(path, missing);
  const Result<int> opened = open_in_state(path, O_WRONLY);  // stays open: closing it would end the lock
  if (!opened) return opened.error();
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(*opened, F_SETLK, &whole) != 0) return false;
  mark = new std::filesystem::path(path);
  return was_left;
}

}  // namespace

Result<LastRun> watch_for_crashes(const std::filesystem::path& state_dir) {
  const std::filesystem::path path = state_dir / kFile;
  LastRun before{first_line(path)};
  std::error_code code;
  std::filesystem::create_directories(state_dir, code);
  const Result<bool> was_left = leave_mark(state_dir / kMark);
  if (!was_left) return was_left.error();
  before.without_a_word = before.crash.empty() && *was_left;
  if (before.without_a_word) {
    std::ofstream(state_dir / kFileBefore, std::ios::trunc) << kWithoutAWord << '\n';
  } else if (before.crash.empty()) {
    std::filesystem::remove(state_dir / kFileBefore, code);
  } else {
    std::filesystem::rename(path, state_dir / kFileBefore, code);
  }
  const Result<int> opened = open_in_state(path, O_WRONLY | O_TRUNC);
  if (!opened) return opened.error();
  file = *opened;
  // backtrace() loads what it needs at its first call, which a signal handler must not.
  std::array<void*, 1> first{};
  (void)::backtrace(first.data(), 1);
  for (const int signal : kSignals) install(signal);
  static const bool registered = std::atexit(on_exit) == 0 && std::at_quick_exit(on_quick_exit) == 0;
  watched = ::getpid();
  armed = registered;
  return before;
}

void tell_end_without_handlers() { on_end("_exit()", Tell::kOfAPlugin); }

bool is_forked_child() { return armed && !is_the_gateway(); }

void keep_crash_signals(sigset_t& blocked) {
  for (const int signal : kSignals) sigdelset(&blocked, signal);
}

void end_crash_watch() {
  armed = false;
  if (const std::filesystem::path* const path = mark.exchange(nullptr)) ::unlink(path->c_str());
}

std::string crash_of_last_run(const std::filesystem::path& state_dir) {
  std::string now = first_line(state_dir / kFile);
  return now.empty() ? first_line(state_dir / kFileBefore) : now;
}

}  // namespace dlrgw::host
