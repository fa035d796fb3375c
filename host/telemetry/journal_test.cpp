// SPDX-License-Identifier: Apache-2.0
// The journal is a socket whose other end the test holds; the process that logs is a child, whose output it is.
#include "telemetry/journal.hpp"

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/unique_fd.hpp"
#include "telemetry/caught_output.hpp"

namespace dlrgw::host {
namespace {

std::string name_of(int fd) {
  struct stat file {};
  EXPECT_EQ(::fstat(fd, &file), 0);
  return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

struct Connection {
  UniqueFd ours, theirs;
  Connection() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    ours = UniqueFd(ends[0]);
    theirs = UniqueFd(ends[1]);
  }
};

// What a process with that output and that JOURNAL_STREAM logs: one line of each level, two of them in a group. Without
// what follows the first '{' of a line.
std::string starts_of_lines(Connection& connection, const std::string& journal_stream, bool caught) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(connection.theirs.get(), STDOUT_FILENO);
    ::setenv("JOURNAL_STREAM", journal_stream.c_str(), 1);
    {
      std::optional<CaughtOutput> output;
      if (caught) output.emplace();
      Logger logger("gw", Level::kDebug);
      logger.emit(Level::kDebug, "a", {});
      logger.emit(Level::kInfo, "b", {});
      const Logger::Group group(logger);
      logger.emit(Level::kWarn, "c", {});
      logger.emit(Level::kError, "d", {});
    }
    ::_exit(0);
  }
  connection.theirs = UniqueFd();
  std::string text, out;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; (got = ::read(connection.ours.get(), bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(got));
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    out += text.substr(at, text.find('{', at) + 1 - at);
  return out;
}

TEST(Journal, EachLineBeginsWithItsPriority) {
  for (const bool caught : {false, true}) {
    Connection journal;
    EXPECT_EQ(starts_of_lines(journal, name_of(journal.theirs.get()), caught), "<7>{<6>{<4>{<3>{") << caught;
  }
}

TEST(Journal, WhereTheLogGoesElsewhereALineIsJson) {
  const Connection other;
  for (const std::string& stream : {std::string(), std::string("1:2"), name_of(other.theirs.get())}) {
    Connection redirected;
    EXPECT_EQ(starts_of_lines(redirected, stream, true), "{{{{") << stream;
  }
}

TEST(Journal, IsTheDescriptorThatTheEnvironmentNamesAndNoOther) {
  const Connection connection;
  const int fd = connection.theirs.get();
  const std::string name = name_of(fd);
  EXPECT_TRUE(leads_to_journal(fd, name.c_str()));
  EXPECT_FALSE(leads_to_journal(connection.ours.get(), name.c_str()));
  EXPECT_FALSE(leads_to_journal(-1, name.c_str()));
  for (const std::string& text : {std::string(), name + "1", name + " ", name.substr(0, name.find(':')), "x" + name})
    EXPECT_FALSE(leads_to_journal(fd, text.c_str())) << text;
  EXPECT_FALSE(leads_to_journal(fd, nullptr));
}

}  // namespace
}  // namespace dlrgw::host
