// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_cluster.hpp"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <pqxx/pqxx>
#include <sys/file.h>
#include <sys/stat.h>

#include "support/eventually.hpp"
#include "support/port_lease.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kTemplateVersion = "1";  // raise when the way the template is built changes

int version_of(const fs::path& dir) {
  const std::string name = dir.filename().string();
  int version = 0;
  std::from_chars(name.data(), name.data() + name.size(), version);
  return version;
}

std::string foreign_tables() { return read_file(DLRGW_TEST_SUPPORT_DIR "/foreign_tables.sql"); }

std::string hex_hash(const std::string& text) {  // FNV-1a; names a directory, nothing else
  std::uint64_t hash = 14695981039346656037U;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211U;
  std::ostringstream hex;
  hex << std::hex << hash;
  return hex.str();
}

uid_t server_uid() {
  if (geteuid() != 0) return geteuid();
  const passwd* user = getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("no user postgres on this machine; run scripts/setup");
  return user->pw_uid;
}

void run(const std::vector<std::string>& argv, const std::string& log_path) {
  SpawnOptions options;
  options.argv = argv;
  options.run_as = postgres_user();
  options.stdout_path = log_path;
  const int code = run_to_end(options);
  if (code != 0)
    throw std::runtime_error(argv.front() + " failed with " + std::to_string(code) + ": " + read_file(log_path));
}

void build_template(const std::string& target) {
  const TempDir work;
  const std::string log = work.path() + "/log";
  const std::string data = work.make_dir("data", postgres_user());
  const std::string password_file = work.write_file("password", std::string(kPostgresAdminPassword) + "\n");
  run({postgres_bin_dir() + "/initdb", "--no-sync", "-D", data, "-U", "postgres", "--auth-local=trust",
       "--auth-host=scram-sha-256", "--pwfile=" + password_file, "-E", "UTF8", "--locale=C"},
      log);
  {
    const PortLease port;
    ChildProcess server = start_postmaster(data, port.port(), log, {"fsync=off"});
    const std::string dsn = "host=127.0.0.1 port=" + std::to_string(port.port()) +
                            " user=postgres password=" + kPostgresAdminPassword + " dbname=";
    {
      pqxx::connection admin(dsn + "postgres");
      pqxx::nontransaction(admin).exec("CREATE DATABASE sms");
    }
    {
      pqxx::connection admin(dsn + "sms");
      pqxx::nontransaction(admin).exec(foreign_tables());
    }
    server.signal(SIGINT);
    if (server.wait() != 0) throw std::runtime_error("the template server did not stop cleanly: " + read_file(log));
  }
  copy_cluster(data, target);
}

std::string tail(const std::string& path) {
  const std::string text = read_file(path);
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

// pg_ctl's way: line 8 of postmaster.pid says "ready" once connections are accepted.
bool says_ready(const std::string& data_dir, pid_t pid) {
  std::ifstream in(data_dir + "/postmaster.pid");
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (number == 1 && line != std::to_string(pid)) return false;  // of an earlier run
    if (number == 8) return line.starts_with("ready");
  }
  return false;
}

}  // namespace

std::string postgres_user() { return geteuid() == 0 ? "postgres" : ""; }

std::string postgres_bin_dir() {
  if (const char* dir = std::getenv("DLRGW_TEST_PG_BIN")) return dir;
  fs::path newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error))
    if (fs::exists(entry.path() / "bin/initdb") && (newest.empty() || version_of(entry.path()) > version_of(newest)))
      newest = entry.path();
  if (newest.empty())
    throw std::runtime_error(
        "no PostgreSQL server under /usr/lib/postgresql; run scripts/setup or set DLRGW_TEST_PG_BIN");
  return (newest / "bin").string();
}

std::string cached_cluster(const std::string& group, const std::string& content,
                           const std::function<void(const std::string& directory)>& build) {
  const std::string prefix = "dlrgw-pg-" + std::to_string(server_uid()) + "-" + group + "-";
  const std::string dir = "/tmp/" + prefix + hex_hash(content);
  const std::string lock_path = "/tmp/" + prefix + std::to_string(geteuid()) + ".lock";
  const int lock_fd = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd < 0) throw std::runtime_error("cannot open " + lock_path);
  flock(lock_fd, LOCK_EX);
  try {
    struct stat info {};
    if (stat(dir.c_str(), &info) != 0) {
      for (const auto& entry : fs::directory_iterator("/tmp"))
        if (entry.is_directory() && entry.path().filename().string().starts_with(prefix)) fs::remove_all(entry.path());
      build(dir + ".new");
      fs::rename(dir + ".new", dir);
    } else if (info.st_uid != server_uid()) {
      throw std::runtime_error(dir + " belongs to somebody else; remove it");
    }
  } catch (...) {
    close(lock_fd);
    throw;
  }
  close(lock_fd);
  return dir;
}

void copy_cluster(const std::string& from, const std::string& to) {
  const TempDir work;
  run({"cp", "-a", "--reflink=auto", from, to}, work.path() + "/log");
}

std::string postgres_template_dir() {
  const std::string content = kTemplateVersion + postgres_bin_dir() + foreign_tables();
  return cached_cluster("plain-" + hex_hash(postgres_bin_dir()), content, build_template);
}

ChildProcess start_postmaster(const std::string& data_dir, std::uint16_t port, const std::string& log_path,
                              const std::vector<std::string>& settings) {
  SpawnOptions options;
  options.argv = {postgres_bin_dir() + "/postgres",
                  "-D",
                  data_dir,
                  "-p",
                  std::to_string(port),
                  "-c",
                  "listen_addresses=127.0.0.1",
                  "-c",
                  "unix_socket_directories=" + data_dir,
                  "-c",
                  "max_connections=200",
                  "-c",
                  "timezone=UTC",
                  "-c",
                  "log_timezone=UTC"};
  for (const auto& setting : settings) options.argv.insert(options.argv.end(), {"-c", setting});
  options.env = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
  options.run_as = postgres_user();
  options.stdout_path = log_path;
  options.parent_death_signal = SIGQUIT;  // immediate shutdown: takes the backends along
  ChildProcess server(options);
  const bool ready = eventually([&] { return !server.running() || says_ready(data_dir, server.pid()); });
  if (!ready || !server.running()) throw std::runtime_error("PostgreSQL did not start: " + tail(log_path));
  return server;
}

}  // namespace dlrgw::test
