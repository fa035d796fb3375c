// SPDX-License-Identifier: Apache-2.0
// dlrgw-servers: private PostgreSQL, NATS and Redis for trying things by hand. Prints how to reach them, then waits for
// Ctrl-C. They end with this process, however it ends.
#include <csignal>
#include <cstdio>
#include <exception>

#include "support/servers.hpp"

int main() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  try {
    const dlrgw::test::Servers servers;
    std::printf("postgres %s\nnats %s\nnats-admin %s\nredis %s\nready\n", servers.postgres.admin_dsn().c_str(),
                servers.nats.url().c_str(), servers.nats.admin_url().c_str(), servers.redis.url().c_str());
    std::fflush(stdout);
    int received = 0;
    sigwait(&ends, &received);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dlrgw-servers: %s\n", error.what());
    return 1;
  }
}
