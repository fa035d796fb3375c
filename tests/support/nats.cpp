// SPDX-License-Identifier: Apache-2.0
#include "support/nats.hpp"

#include <stdexcept>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/nats_client.hpp"
#include "support/nats_permissions.hpp"
#include "support/port_lease.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {}  // namespace

struct TestNats::Impl {
  TempDir dir;
  PortLease port;
  NatsServerConfig config;
  std::string config_path;
  ChildProcess server;

  std::string url_of(const std::string& user) const {
    return "nats://" + user + ":" + nats_password(user) + "@127.0.0.1:" + std::to_string(port.port());
  }
  std::string log_path() const { return dir.path() + "/nats.log"; }
  bool answers() const {
    try {
      const NatsClient admin(url_of(kNatsAdmin));
      jsAccountInfo* info = nullptr;
      const natsStatus status = js_GetAccountInfo(&info, admin.js(), nullptr, nullptr);
      jsAccountInfo_Destroy(info);
      return status == NATS_OK;
    } catch (const std::runtime_error&) {
      return false;  // polled until it is up
    }
  }
};

TestNats::TestNats() : impl_(std::make_unique<Impl>()) {
  impl_->config.port = port();
  impl_->config.store_dir = impl_->dir.make_dir("jetstream");
  impl_->config.processor_password = nats_password(kNatsProcessor);
  impl_->config_path = impl_->dir.write_file("nats.conf", nats_server_config(impl_->config));
  start();
}

TestNats::~TestNats() = default;

std::string TestNats::processor_password() const { return impl_->config.processor_password; }

void TestNats::set_processor_password(const std::string& password) {
  impl_->config.processor_password = password;
  static_cast<void>(impl_->dir.write_file("nats.conf", nats_server_config(impl_->config)));
  impl_->server.signal(SIGHUP);
}

void TestNats::become_hub(const std::string& domain, std::uint16_t leaf_port) {
  impl_->config.domain = domain;
  impl_->config.leaf_port = leaf_port;
  static_cast<void>(impl_->dir.write_file("nats.conf", nats_server_config(impl_->config)));
  restart();
}

std::uint16_t TestNats::port() const { return impl_->port.port(); }
std::string TestNats::url() const { return impl_->url_of(kNatsProcessor); }
std::string TestNats::admin_url() const { return impl_->url_of(kNatsAdmin); }
std::string TestNats::connector_url() const { return impl_->url_of(kNatsConnector); }

void TestNats::start() {
  if (running()) return;
  SpawnOptions options;
  options.argv = {"nats-server", "-c", impl_->config_path};
  options.env = {"PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", "HOME=" + impl_->dir.path()};
  options.stdout_path = impl_->log_path();
  impl_->server = ChildProcess(options);
  const bool up = eventually([&] { return !running() || impl_->answers(); });
  if (!up || !running()) throw std::runtime_error("nats-server did not start: " + server_log());
}

void TestNats::stop() {
  impl_->server.signal(SIGINT);
  if (!impl_->server.wait()) throw std::runtime_error("nats-server did not stop");
}

void TestNats::kill9() { impl_->server.kill9(); }

void TestNats::restart() {
  stop();
  start();
}

bool TestNats::running() { return impl_->server.running(); }
void TestNats::pause() { impl_->server.signal(SIGSTOP); }
void TestNats::resume() { impl_->server.signal(SIGCONT); }
std::string TestNats::server_log() const { return read_file(impl_->log_path()); }

}  // namespace dlrgw::test
