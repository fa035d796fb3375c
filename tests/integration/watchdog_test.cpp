// SPDX-License-Identifier: Apache-2.0
// What the service manager hears: the watchdog is fed while lanes get on, idle or busy, and starves when one hangs in a
// plugin, whatever the others do.
#include <array>
#include <cstring>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "integration/stories_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kWatchdog = 6s;

// The manager's end of $NOTIFY_SOCKET.
class Manager {
 public:
  explicit Manager(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
  }
  ~Manager() { ::close(fd_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // How often that was said since the last call of this.
  int heard(const std::string& what) {
    int count = 0;
    std::array<char, 256> buffer{};
    for (ssize_t size = 0; (size = ::recv(fd_, buffer.data(), buffer.size(), 0)) >= 0;)
      if (std::string(buffer.data(), static_cast<std::size_t>(size)) == what) ++count;
    return count;
  }

 private:
  int fd_;
};

TEST(Watchdog, IsFedWhileLanesGetOnAndStarvesWhenOneHangs) {
  const TempDir dir;
  Manager manager(dir.path() + "/notify");
  ScenarioOptions options;
  options.gateway.env["NOTIFY_SOCKET"] = dir.path() + "/notify";
  options.gateway.env["WATCHDOG_USEC"] = std::to_string(std::chrono::microseconds(kWatchdog).count());
  // The gateway's own watch would give the lane up, and the service manager would have nothing to do.
  options.gateway.config_text =
      shipped_config({{"stage = \"10s\"", "stage = \"0s\""},
                      {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                       "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
                      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}});
  Scenario s(std::move(options));
  const auto messages = s.add_messages(200);
  s.gateway().start();
  EXPECT_TRUE(eventually([&] { return manager.heard("READY=1") == 1; })) << log_summary(s.gateway());
  ASSERT_TRUE(s.gateway().wait_ready());
  const auto fed = [&] { return manager.heard("WATCHDOG=1") > 0; };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(eventually(fed)) << "idle";

  auto receipts = s.receipts_for(messages, "DELIVRD");
  receipts[0].error_code = "V-HANG";
  s.publish({receipts.begin() + 1, receipts.begin() + 100});
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(eventually(fed)) << "busy";

  s.publish({receipts[0]});
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_lanes_busy") == 1; }));
  // Fed until the lane has been at it for two thirds of the time; from then on never, though the others work.
  EXPECT_TRUE(eventually([&] { return stays([&] { return !fed(); }, kWatchdog); }));
  s.publish({receipts.begin() + 100, receipts.end()});
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 199; })) << "the other lanes";
  EXPECT_TRUE(stays([&] { return !fed(); }, 2s));
}

}  // namespace
}  // namespace dlrgw::test
