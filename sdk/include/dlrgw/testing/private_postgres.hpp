// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of one test: Debian's programs, a cluster in a directory of its own, reached over a socket in it
// and over nothing else. A shell keeps it and waits for the end of its input, which is this process's end too, however
// it comes: then server and directory are gone. One thread.
#pragma once
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <sys/wait.h>

#include <dlrgw/cpp/base.hpp>

namespace dlrgw::testing::detail {

// $1: where the programs are. Writes the directory and then `ready`, or what went wrong.
inline constexpr const char* kPostgresKeeper = R"(
dir=$(mktemp -d "${TMPDIR:-/tmp}/dlrgw-test.XXXXXX" 2>/dev/null)
[ -n "$dir" ] && [ ${#dir} -lt 80 ] || { rm -rf "$dir"; dir=$(mktemp -d /tmp/dlrgw-test.XXXXXX) || exit 1; }
trap '' PIPE  # the test may be gone before it hears anything
trap 'exit 1' HUP INT TERM
trap '"$1/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; cd / && rm -rf "$dir"' EXIT
echo "$dir"
cd "$dir" || exit 1
options="-c listen_addresses= -c unix_socket_directories=$dir -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
if "$1/initdb" -D data -U postgres -A trust -E UTF8 --no-locale -N >log 2>&1 &&
   "$1/pg_ctl" -D data -w -t 300 -l log -o "$options" start >/dev/null 2>&1 </dev/null
then echo ready
else tail -n 5 log; exit 1
fi
exec >/dev/null 2>&1
while read -r _; do :; done
)";

class PrivatePostgres {
 public:
  // Where initdb and pg_ctl are: of the newest version below /usr/lib/postgresql, else on PATH; empty: nowhere.
  static std::string programs() {
    namespace fs = std::filesystem;
    std::error_code none;
    std::vector<std::pair<int, fs::path>> found;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
      if (has_programs(version.path() / "bin"))
        found.emplace_back(std::atoi(version.path().filename().c_str()), version.path() / "bin");
    if (!found.empty()) return std::max_element(found.begin(), found.end())->second.string();
    const char* path = std::getenv("PATH");
    std::string rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
      const std::string folder = rest.substr(0, rest.find(':'));
      if (!folder.empty() && has_programs(folder)) return folder;
      rest.erase(0, folder.size() + 1);
    }
    return {};
  }

  // The programs refuse to run as root: then it is user postgres, whom Debian's package makes.
  static std::vector<std::string> keeper_command() {
    std::vector<std::string> words{"/bin/sh", "-c", kPostgresKeeper, "sh", programs()};
    if (::geteuid() == 0) {
      const char* as_postgres[] = {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"};
      words.insert(words.begin(), std::begin(as_postgres), std::end(as_postgres));
    }
    return words;
  }

  // Throws dlrgw::Error with what the programs say.
  PrivatePostgres() {
    int input[2], output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0)
      throw Error(DLRGW_E_UNAVAILABLE, "no pipe for the test's PostgreSQL");
    input_ = input[1];
    start(keeper_command(), input[0], output[1]);
    ::close(input[0]);
    ::close(output[1]);
    const std::string said = read_all(output[0]);
    ::close(output[0]);
    const std::size_t first = said.find('\n');
    if (first != std::string::npos && said.compare(first, std::string::npos, "\nready\n") == 0) {
      directory_ = said.substr(0, first);
      return;
    }
    end();
    throw Error(DLRGW_E_UNAVAILABLE, "the test's PostgreSQL does not start: " + said);
  }
  ~PrivatePostgres() { end(); }
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  // As its superuser.
  [[nodiscard]] std::string conninfo() const { return "host='" + directory_ + "' user=postgres dbname=postgres"; }

 private:
  static bool has_programs(const std::filesystem::path& folder) {
    std::error_code none;
    return std::filesystem::exists(folder / "initdb", none) && std::filesystem::exists(folder / "pg_ctl", none);
  }

  // In a process group of its own, so that what ends the test from the keyboard does not end it before it has tidied
  // up.
  void start(const std::vector<std::string>& words, int input, int output) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (::posix_spawn(&keeper_, argv[0], &files, &attributes, argv.data(), environ) != 0) keeper_ = -1;
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
  // Until `ready`, or until nothing more comes.
  static std::string read_all(int fd) {
    std::string out;
    char bytes[512];
    while (!out.ends_with("\nready\n")) {
      const ssize_t size = ::read(fd, bytes, sizeof bytes);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) break;
      out.append(bytes, static_cast<std::size_t>(size));
    }
    return out;
  }
  void end() {
    ::close(input_);
    while (keeper_ > 0 && ::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  int input_ = -1;
  pid_t keeper_ = -1;
  std::string directory_;
};

}  // namespace dlrgw::testing::detail
