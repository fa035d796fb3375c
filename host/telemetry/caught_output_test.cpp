// SPDX-License-Identifier: Apache-2.0
// What is printed past the log, in a child process, whose outputs are files.
#include "telemetry/caught_output.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "telemetry/log.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Printed {
  std::string out, errors;
};

std::string content(int fd) {
  std::string text(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(fd, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  return text;
}

Printed of_a_child(const std::function<void()>& work) {
  const UniqueFd out(::memfd_create("out", 0)), errors(::memfd_create("errors", 0));
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out.get(), STDOUT_FILENO);
    ::dup2(errors.get(), STDERR_FILENO);
    work();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return {content(out.get()), content(errors.get())};
}

TEST(CaughtOutput, IsToldAndNeverStandsBetweenTheLinesOfTheLog) {
  const Printed printed = of_a_child([] {
    CaughtOutput output;
    Logger logger("test", Level::kInfo);
    const CaughtOutput::Report report(output, logger);
    logger.emit(Level::kInfo, "dlr.before", {});
    std::printf("a receipt of +4917");
    std::fprintf(stderr, "an error\n");
    logger.emit(Level::kInfo, "dlr.after", {});
  });
  EXPECT_THAT(printed.out, HasSubstr("dlr.before"));
  EXPECT_THAT(printed.out, HasSubstr("dlr.after"));
  EXPECT_THAT(printed.out, HasSubstr(R"("stream":"stdout","bytes":18,)"));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_THAT(printed.out, HasSubstr(R"("stream":"stderr","bytes":9,)"));
  EXPECT_EQ(printed.errors, "");
#endif
  EXPECT_THAT(printed.out, Not(HasSubstr("4917")));
}

TEST(CaughtOutput, OutputsAreTheirOwnAgain) {
  const Printed printed = of_a_child([] {
    {
      const CaughtOutput output;
      std::printf("lost");
    }
    std::printf("kept");
    std::fprintf(stderr, "kept too");
    std::fflush(nullptr);
  });
  EXPECT_EQ(printed.out, "kept");
  EXPECT_EQ(printed.errors, "kept too");
}

TEST(CaughtOutput, ACrashFindsTheErrorOutputAndItsLastWords) {
  const Printed printed = of_a_child([] {
    const CaughtOutput output;
    std::fprintf(stderr, "free(): invalid pointer\n");
    release_error_output();
    std::fprintf(stderr, "and then");
    ::_exit(0);
  });
  EXPECT_EQ(printed.errors, "free(): invalid pointer\nand then");
}

TEST(CaughtOutput, AClosedOutputStaysClosed) {
  of_a_child([] {
    ::close(STDERR_FILENO);
    const CaughtOutput output;
    if (::fcntl(STDERR_FILENO, F_GETFD) >= 0) ::_exit(1);
  });
}

}  // namespace
}  // namespace dlrgw::host
