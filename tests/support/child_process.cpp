// SPDX-License-Identifier: Apache-2.0
#include "support/child_process.hpp"

#include <condition_variable>
#include <deque>
#include <fcntl.h>
#include <future>
#include <grp.h>
#include <mutex>
#include <poll.h>
#include <pwd.h>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace dlrgw::test {
namespace {

// Forks on one thread that never ends. Leaked on purpose: it has to live until the process does.
class Spawner {
 public:
  static Spawner& instance() {
    static auto* spawner = new Spawner;
    return *spawner;
  }
  pid_t run(std::packaged_task<pid_t()> task) {
    auto result = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return result.get();
  }

 private:
  Spawner() {
    std::thread([this] {
      for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !tasks_.empty(); });
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
      }
    }).detach();
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::packaged_task<pid_t()>> tasks_;  // guarded by mutex_
};

// Everything the child needs, prepared before the fork: after it only async-signal-safe calls are allowed.
struct Prepared {
  std::vector<char*> argv;
  std::vector<char*> envp;
  int out_fd = -1;
  int err_fd = -1;
  int error_pipe = -1;
  bool change_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  int parent_death_signal = SIGKILL;
  pid_t parent = 0;
};

[[noreturn]] void child_fail(const Prepared& p) {
  const int error = errno;
  [[maybe_unused]] const auto written = write(p.error_pipe, &error, sizeof error);
  _exit(127);
}

[[noreturn]] void become(const Prepared& p) {
  setsid();  // Ctrl-C at a terminal is for the test, which then stops its servers in order
  if (p.change_user && (setgroups(0, nullptr) != 0 || setgid(p.gid) != 0 || setuid(p.uid) != 0)) child_fail(p);
  // After the change of user, which clears it.
  if (prctl(PR_SET_PDEATHSIG, p.parent_death_signal) != 0) child_fail(p);
  if (getppid() != p.parent) _exit(127);  // the parent died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (dup2(p.out_fd, STDOUT_FILENO) < 0 || dup2(p.err_fd, STDERR_FILENO) < 0) child_fail(p);
  const int null_fd = open("/dev/null", O_RDONLY);
  if (null_fd >= 0) dup2(null_fd, STDIN_FILENO);
  execvpe(p.argv[0], p.argv.data(), p.envp.data());
  child_fail(p);
}

int open_output(const std::string& path) {
  const char* name = path.empty() ? "/dev/null" : path.c_str();
  const int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "open " + path);
  return fd;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const auto& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

ChildProcess::ChildProcess(const SpawnOptions& options) {
  Prepared prepared;
  prepared.argv = pointers(options.argv);
  std::vector<std::string> env = options.env;
  if (env.empty())
    for (char** entry = environ; *entry != nullptr; ++entry) env.emplace_back(*entry);
  prepared.envp = pointers(env);
  prepared.parent_death_signal = options.parent_death_signal;
  prepared.parent = getpid();
  if (geteuid() == 0 && !options.run_as.empty()) {
    const passwd* user = getpwnam(options.run_as.c_str());
    if (user == nullptr) throw std::runtime_error("no such user: " + options.run_as);
    prepared.change_user = true;
    prepared.uid = user->pw_uid;
    prepared.gid = user->pw_gid;
  }
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  prepared.error_pipe = pipe_fds[1];
  prepared.out_fd = open_output(options.stdout_path);
  prepared.err_fd = open_output(options.stderr_path.empty() ? options.stdout_path : options.stderr_path);

  pid_ = Spawner::instance().run(std::packaged_task<pid_t()>([&prepared] {
    const pid_t pid = fork();
    if (pid == 0) become(prepared);
    return pid;
  }));
  close(pipe_fds[1]);
  close(prepared.out_fd);
  close(prepared.err_fd);
  int error = errno;
  const bool failed = pid_ < 0 || read(pipe_fds[0], &error, sizeof error) == static_cast<ssize_t>(sizeof error);
  close(pipe_fds[0]);
  if (pid_ > 0) pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (failed) {
    reset();
    throw std::system_error(error, std::generic_category(), "cannot run " + options.argv.front());
  }
}

ChildProcess::~ChildProcess() { reset(); }

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pid_fd_(std::exchange(other.pid_fd_, -1)), exit_(other.exit_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    reset();
    pid_ = std::exchange(other.pid_, -1);
    pid_fd_ = std::exchange(other.pid_fd_, -1);
    exit_ = other.exit_;
  }
  return *this;
}

void ChildProcess::reset() noexcept {
  if (pid_ > 0 && !exit_) {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (pid_fd_ >= 0) close(pid_fd_);
  pid_ = -1;
  pid_fd_ = -1;
  exit_.reset();
}

bool ChildProcess::running() { return pid_ > 0 && !wait(std::chrono::milliseconds(0)); }

void ChildProcess::signal(int number) const {
  if (pid_ <= 0 || exit_) return;
  ::kill(pid_, number);
  siginfo_t info{};
  // Until it stands still, or has ended: a busy machine lets it answer for a while.
  if (number == SIGSTOP) waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WEXITED | WNOWAIT);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds deadline) {
  if (pid_ <= 0 || exit_) return exit_;
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      return exit_;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd ended{pid_fd_, POLLIN, 0};
    poll(&ended, 1, static_cast<int>(left.count()) + 1);
  }
}

int ChildProcess::kill9() {
  signal(SIGKILL);
  return wait(std::chrono::seconds(10)).value_or(-1);
}

int run_to_end(const SpawnOptions& options, std::chrono::milliseconds deadline) {
  ChildProcess child(options);
  if (const auto code = child.wait(deadline)) return *code;
  throw std::runtime_error(options.argv.front() + " did not end in time");
}

}  // namespace dlrgw::test
