// SPDX-License-Identifier: Apache-2.0
#include "integration/stories_support.hpp"

#include <algorithm>
#include <mutex>

#include <pqxx/pqxx>

#include "support/nats_client.hpp"

namespace dlrgw::test {

struct HeldLock::Impl {
  Impl(const std::string& dsn, const std::string& sql) : connection(dsn), work(connection) { work.exec(sql); }
  pqxx::connection connection;
  pqxx::work work;
};

HeldLock::HeldLock(TestPostgres& postgres, const std::string& sql)
    : impl_(std::make_unique<Impl>(postgres.admin_dsn(), sql)) {}
HeldLock::~HeldLock() = default;
void HeldLock::release() { impl_.reset(); }

struct Terminations::Impl {
  Impl(const std::string& url, Kind kind) : client(url) {
    const std::string subject = std::string("$JS.EVENT.ADVISORY.CONSUMER.") +
                                (kind == Kind::kTerminated ? "MSG_TERMINATED" : "MSG_NAKED") + ".SMS_DLR.dlr-processor";
    natsSubscription* raw = nullptr;
    const auto take = [](natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
      const NatsMsgPtr owned(message);
      auto& self = *static_cast<Impl*>(closure);
      const std::string text(natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message)));
      const std::lock_guard lock(self.mutex);
      self.sequences.insert(std::stoull(json_field(text, "stream_seq")));
    };
    nats_check(natsConnection_Subscribe(&raw, client.connection(), subject.c_str(), take, this),
               "subscribe to advisories");
    subscription = NatsSubscriptionPtr(raw, {client.connection()});
    nats_check(natsConnection_Flush(client.connection()), "flush");
  }
  NatsClient client;
  std::mutex mutex;
  std::multiset<std::uint64_t> sequences;  // guarded by mutex
  NatsSubscriptionPtr subscription;
};

Terminations::Terminations(TestNats& nats, Kind kind) : impl_(std::make_unique<Impl>(nats.admin_url(), kind)) {}
Terminations::~Terminations() = default;

std::multiset<std::uint64_t> Terminations::so_far() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->sequences;
}

std::map<std::string, std::vector<std::string>> outcomes_by_event(const GatewayProcess& gateway) {
  std::map<std::string, std::vector<std::string>> outcomes;
  for (const std::string& line : gateway.logs("dlr.processed"))
    outcomes[json_field(line, "eventId")].push_back(json_field(line, "outcome"));
  return outcomes;
}

std::vector<std::string> lines_with(const GatewayProcess& gateway, std::string_view event, std::string_view field,
                                    std::string_view value) {
  std::vector<std::string> lines = gateway.logs(event);
  std::erase_if(lines, [&](const std::string& line) { return json_field(line, field) != value; });
  return lines;
}

bool reaches(const GatewayProcess& gateway, const std::string& metric, const Labels& labels, double value) {
  return eventually([&] { return gateway.metrics().sum(metric, labels) >= value; });
}

bool ready_says(Scenario& scenario, int status, const std::string& text) {
  return eventually([&] {
    const HttpReply ready = scenario.gateway().admin_get("/ready");
    return ready.status == status && ready.body.find(text) != std::string::npos;
  });
}

bool stays_not_ready(Scenario& scenario) {
  return stays([&] { return scenario.gateway().admin_get("/ready").status != 200; }, std::chrono::seconds(6));
}

std::string lookup(Scenario& scenario, const std::string& column, const std::string& table, const std::string& key,
                   const std::string& value) {
  const auto rows = scenario.postgres().rows("SELECT " + column + " FROM " + table + " WHERE " + key + " = " +
                                             scenario.postgres().quote(value));
  if (rows.empty()) return "(none)";
  return rows.size() == 1 ? rows[0][0] : "(" + std::to_string(rows.size()) + " rows)";
}

std::vector<Message> add_old_messages(Scenario& scenario, std::size_t count) {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) {
    messages.push_back(random_message(scenario.rng(), "mno-test"));
    messages.back().age = std::chrono::hours(3);
  }
  insert_messages(scenario.postgres(), messages);
  return messages;
}

testing::AssertionResult started(Scenario& scenario, const std::string& fail_point) {
  scenario.gateway().start(fail_point);
  if (scenario.gateway().wait_ready()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "not ready: " << log_summary(scenario.gateway());
}

testing::AssertionResult settles(Scenario& scenario) {
  if (scenario.wait_settled()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "not settled: " << log_summary(scenario.gateway());
}

}  // namespace dlrgw::test
