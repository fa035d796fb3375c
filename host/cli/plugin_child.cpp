// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_child.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <set>
#include <thread>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "boundary/loading/load_plugin.hpp"
#include "cli/guarded_array.hpp"
#include "cli/process_state.hpp"
#include "support/unique_fd.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxChildren = 32;  // one more for each crash or hang; after that many the report says enough
constexpr char kFieldEnd = '\x1f', kRecordEnd = '\x1e';
constexpr std::string_view kSanitizer = "sanitizer";
constexpr std::size_t kShownOfOutput = 60;
constexpr int kEndingThreadLooks = 50;  // ten milliseconds apart: a thread that was joined is listed for a moment yet

// What the plugin prints, kept in memory instead.
class CaughtOutput {
 public:
  CaughtOutput() : file_(::memfd_create("output of the plugin", MFD_CLOEXEC)) {
    const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ::dup2(null.get(), STDIN_FILENO);
    for (const int standard : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(file_.get(), standard);
  }
  // What was printed since the last call.
  std::string take() const {
    std::fflush(nullptr);
    struct stat about {};
    if (::fstat(file_.get(), &about) != 0 || about.st_size == 0) return {};
    std::string out(static_cast<std::size_t>(about.st_size), '\0');
    const ssize_t got = ::pread(file_.get(), out.data(), out.size(), 0);
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0) return {};
    return out;
  }

 private:
  const UniqueFd file_;
};

// In the child: records into the pipe.
class PipeLog final : public StepLog {
 public:
  PipeLog(int fd, const std::set<std::string>& left_out) : fd_(fd), left_out_(left_out) {}
  bool begin(std::string_view step) override {
    tell_side_effects();
    if (left_out_.contains(std::string(step))) return false;
    put("step", step);
    return true;
  }
  void finding(Severity severity, std::string_view text) override { put(to_string(severity), text); }
  void measured(const Measurement& m) override {
    std::string text;
    for (const std::uint64_t value : {m.batch, m.picoseconds, m.milli_allocations, m.bytes, std::uint64_t{m.counted}}) {
      text += std::to_string(value) + " ";
    }
    put("measured", text + m.name);
  }
  void declared(const DeclaredSql& sql) override { put("sql", to_text(sql)); }
  void done() {
    tell_side_effects();
    tell_left_behind();
    put("done", "");
  }

 private:
  void tell_side_effects() {
    ProcessState now = ProcessState::now();
    if (!first_.locale.empty()) {
      for (const SideEffect& effect : changed(last_, now)) finding(effect.severity, effect.text);
    } else {
      first_ = now;
    }
    last_ = std::move(now);
    const std::string printed = output_.take();
    if (printed.empty()) return;
    const std::string line = printed.substr(0, std::min(printed.find('\n'), kShownOfOutput));
    finding(Severity::kWarning, "printed " + std::to_string(printed.size()) + " bytes (\"" + line +
                                    "\"); a gateway's output is its log, where nobody finds them; use the log service");
  }
  void tell_left_behind() {
    for (int look = 0; look < kEndingThreadLooks && last_.threads.size() > first_.threads.size(); ++look) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      last_ = ProcessState::now();
    }
    for (const SideEffect& effect : left_behind(first_, last_)) finding(effect.severity, effect.text);
  }
  void put(std::string_view kind, std::string_view text) const {
    const std::string record = std::string(kind) + kFieldEnd + std::string(text) + kRecordEnd;
    for (std::string_view rest = record; !rest.empty();) {
      const ssize_t put = ::write(fd_, rest.data(), rest.size());
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) ::_exit(1);  // the parent is gone
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  const int fd_;
  const std::set<std::string>& left_out_;
  const CaughtOutput output_;
  ProcessState first_, last_;
};

// What a sanitizer reports goes into the pipe: the output that it also writes it to dies with the child.
int sanitizer_fd = -1;
void on_sanitizer_report(const char* text) {
  const std::string_view report(text);
  constexpr std::string_view kSummary = "SUMMARY: ";
  const std::size_t begin = report.find(kSummary);
  std::string line(begin == std::string_view::npos ? report : report.substr(begin + kSummary.size()));
  line = std::string(kSanitizer) + kFieldEnd + line.substr(0, line.find('\n')) + kRecordEnd;
  (void)!::write(sanitizer_fd, line.data(), line.size());
}

void watch_sanitizer(int fd) {
  using SetCallback = void (*)(void (*)(const char*));
  sanitizer_fd = fd;
  if (void* const set = ::dlsym(RTLD_DEFAULT, "__asan_set_error_report_callback"))
    reinterpret_cast<SetCallback>(set)(on_sanitizer_report);
}

[[noreturn]] void child(const std::filesystem::path& path, const PluginWork& work, int fd,
                        const std::set<std::string>& left_out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  PipeLog log(fd, left_out);
  watch_sanitizer(fd);
  watch_guarded_arrays(fd, std::string(to_string(Severity::kError)) + kFieldEnd, std::string(1, kRecordEnd));
  work(path, log);
  log.done();
  ::_exit(0);
}

// One child, watched to its end.
class Child {
 public:
  Child(const std::filesystem::path& path, const PluginWork& work, std::chrono::milliseconds limit,
        const std::set<std::string>& left_out, CheckReport& report)
      : limit_(limit), report_(report) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    UniqueFd out(ends[1]);
    in_ = UniqueFd(ends[0]);
    pid_ = ::fork();
    if (pid_ == 0) child(path, work, out.get(), left_out);
  }

  // The step that ended it; empty when it came to its own end.
  std::string watch() {
    if (pid_ <= 0) {
      tell(Severity::kError, "no child process could be started: " + std::string(std::strerror(errno)));
      return {};
    }
    bool hangs = false;
    char bytes[4096];
    while (!done_ && !hangs) {
      pollfd ready{in_.get(), POLLIN, 0};
      const int got = ::poll(&ready, 1, static_cast<int>(limit_.count()));
      if (got < 0 && errno == EINTR) continue;
      hangs = got == 0;
      if (hangs) break;
      const ssize_t size = ::read(in_.get(), bytes, sizeof bytes);
      if (size <= 0) break;
      take({bytes, static_cast<std::size_t>(size)});
    }
    if (hangs) ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (done_) return {};
    if (sanitizer_told_) return step_.empty() ? "load" : step_;
    if (hangs) {
      tell(Severity::kError,
           "did not return within " + std::to_string(limit_.count() / 1000) + " s; a lane would stand still");
    } else if (WIFSIGNALED(status)) {
      tell(Severity::kError,
           "crashed: " + std::string(::strsignal(WTERMSIG(status))) + "; the gateway would have died with it");
    } else {
      tell(Severity::kError, "ended the process; a plugin must not call exit()");
    }
    return step_.empty() ? "load" : step_;
  }

 private:
  void tell(Severity severity, std::string text) { report_.findings.push_back({severity, step_, std::move(text)}); }

  void take(std::string_view bytes) {
    buffer_ += bytes;
    for (std::size_t end = 0; (end = buffer_.find(kRecordEnd)) != std::string::npos; buffer_.erase(0, end + 1)) {
      const std::size_t field = buffer_.find(kFieldEnd);
      record(buffer_.substr(0, field), buffer_.substr(field + 1, end - field - 1));
    }
  }
  void record(const std::string& kind, std::string text) {
    if (kind == "done") {
      done_ = true;
    } else if (kind == "step") {
      step_ = std::move(text);
      auto& steps = report_.steps;
      if (std::find(steps.begin(), steps.end(), step_) == steps.end()) steps.push_back(step_);
    } else if (kind == kSanitizer) {
      sanitizer_told_ = true;
      add(Severity::kError, text + "; in a gateway that is damage without a word");
    } else if (kind == "measured") {
      add(text);
    } else if (kind == "sql") {
      report_.sql = declared_sql(text);
    } else {
      for (const Severity severity : {Severity::kNote, Severity::kWarning, Severity::kError}) {
        if (kind == to_string(severity)) add(severity, text);
      }
    }
  }
  // A later child repeats what an earlier one found.
  void add(Severity severity, const std::string& text) {
    const auto& all = report_.findings;
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const CheckFinding& f) { return f.step == step_ && f.text == text; });
    if (!known) tell(severity, text);
  }
  void add(std::string_view measured) {
    Measurement out;
    std::uint64_t counted = 0;
    for (std::uint64_t* field : {&out.batch, &out.picoseconds, &out.milli_allocations, &out.bytes, &counted}) {
      const auto [end, bad] = std::from_chars(measured.data(), measured.data() + measured.size(), *field);
      measured.remove_prefix(static_cast<std::size_t>(end - measured.data()) + 1);
    }
    out.counted = counted != 0;
    out.name = measured;
    auto& all = report_.measured;
    std::erase_if(all, [&](const Measurement& m) { return m.name == out.name && m.batch == out.batch; });
    all.push_back(std::move(out));
  }

  const std::chrono::milliseconds limit_;
  CheckReport& report_;
  UniqueFd in_;
  pid_t pid_ = -1;
  std::string buffer_, step_;
  bool done_ = false;
  bool sanitizer_told_ = false;
};

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

bool CheckReport::passed() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const CheckFinding& f) { return f.severity == Severity::kError; });
}

CheckReport run_plugin_in_child(const std::filesystem::path& path, const PluginWork& work,
                                std::chrono::milliseconds step_limit) {
  CheckReport report;
  report.steps.emplace_back("inspect");
  const Result<Inspection> inspection = inspect_file(path);
  if (!inspection) {
    report.findings.push_back({Severity::kError, "inspect", inspection.error().text});
    return report;
  }
  for (const Finding& finding : inspection->findings) {
    report.findings.push_back({finding.refused() ? Severity::kError : Severity::kWarning, "inspect", finding.text});
  }
  // The gateway would not load it, so neither do we.
  if (inspection->refusal() != nullptr) return report;
  std::set<std::string> left_out;
  for (std::size_t i = 0; i < kMaxChildren; ++i) {
    const std::string ended_by = Child(path, work, step_limit, left_out, report).watch();
    if (ended_by.empty() || !left_out.insert(ended_by).second) break;
  }
  return report;
}

}  // namespace dlrgw::host
