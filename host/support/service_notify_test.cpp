// SPDX-License-Identifier: Apache-2.0
#include "support/service_notify.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace dlrgw::host {
namespace {

TEST(ServiceNotify, SendsEachStateAsOneDatagram) {
  const std::string name = "@dlrgw-notify-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
            0);
  const ServiceNotify notify(name);
  notify.ready();
  notify.alive();
  notify.stopping();
  std::array<char, 64> buffer{};
  for (const std::string_view expected : {"READY=1", "WATCHDOG=1", "STOPPING=1"}) {
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
    ASSERT_GT(size, 0) << expected;
    EXPECT_EQ(std::string_view(buffer.data(), static_cast<std::size_t>(size)), expected);
  }
  ::close(fd);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(ServiceNotify, WithoutAManagerItSaysNothingAndKeepsNoSocket) {
  const std::size_t before = open_descriptors();
  testing::internal::CaptureStderr();
  EXPECT_NO_THROW(ServiceNotify("").ready());
  EXPECT_NO_THROW(ServiceNotify("@dlrgw-nobody-listens-here").alive());
  EXPECT_NO_THROW(ServiceNotify(std::string(200, 'x')).stopping()) << "longer than the address of a socket may be";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace dlrgw::host
