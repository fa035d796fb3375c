// SPDX-License-Identifier: Apache-2.0
#include "storage/silence.hpp"

#include <array>
#include <optional>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

// Two ends of a connection; the far one never answers.
struct Ends {
  Ends() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) std::abort();
  }
  ~Ends() {
    for (const int fd : fds) ::close(fd);
  }
  [[nodiscard]] int near_end() const { return fds[0]; }
  [[nodiscard]] bool is_open() const { return ::send(fds[0], "x", 1, MSG_NOSIGNAL) == 1; }
  void answer() const { ASSERT_EQ(::send(fds[1], "y", 1, MSG_NOSIGNAL), 1); }
  // Whoever waits for an answer waits here, without an end of its own.
  [[nodiscard]] bool gets_an_answer() const {
    char byte = 0;
    return ::recv(fds[0], &byte, 1, 0) == 1;
  }
  std::array<int, 2> fds{};
};

TEST(Silence, EndsAWaitForAnAnswerThatNeverComes) {
  const Ends ends;
  WatchedSocket socket(ends.near_end());
  const WatchedSocket::Wait wait(socket, 1ms);
  EXPECT_FALSE(ends.gets_an_answer());
  EXPECT_TRUE(socket.was_shut());
  EXPECT_FALSE(ends.is_open());
}

TEST(Silence, SparesWhoeverIsNotOverdue) {
  const Ends patient, idle, answered, overdue;
  WatchedSocket waits_for_ever(patient.near_end());
  WatchedSocket waits_no_more(idle.near_end());
  WatchedSocket has_its_answer(answered.near_end());
  WatchedSocket waits(overdue.near_end());
  answered.answer();
  const WatchedSocket::Wait for_ever(waits_for_ever, 0ms);
  { const WatchedSocket::Wait over(waits_no_more, 1ms); }
  const WatchedSocket::Wait late_to_read(has_its_answer, 1ms);
  const WatchedSocket::Wait wait(waits, 1ms);
  EXPECT_FALSE(overdue.gets_an_answer()) << "all were looked at when this one was shut, or are now";
  for (WatchedSocket* socket : {&waits_for_ever, &waits_no_more, &has_its_answer})
    socket->look(std::chrono::steady_clock::now() + 1h);
  for (const Ends* ends : {&patient, &idle, &answered}) EXPECT_TRUE(ends->is_open());
  EXPECT_TRUE(answered.gets_an_answer());
}

TEST(Silence, ASocketThatCannotBeDuplicatedIsLeftAlone) {
  WatchedSocket socket(-1);
  const WatchedSocket::Wait wait(socket, 1ms);
  socket.look(std::chrono::steady_clock::now() + 1h);
  EXPECT_FALSE(socket.was_shut());
}

}  // namespace
}  // namespace dlrgw::host
