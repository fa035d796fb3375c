// SPDX-License-Identifier: Apache-2.0
#include "trouble/troubles.hpp"

#include <stdexcept>

#include "integration/stories_support.hpp"
#include "support/silent_subject.hpp"

namespace dlrgw::test {
namespace {

const std::vector<std::string> kSubjects = {"sms.dlr.aggregated.v1", "billing.events", "webhook.dispatch",
                                            "sms.dlr.unmatched"};

template <class List>
const auto& one_of(const List& list, Rng& rng) {
  return list[rng() % std::size(list)];
}

class Statements : public Trouble {
 public:
  Statements(TestPostgres& postgres, const std::string& begin, std::string end)
      : postgres_(postgres), end_(std::move(end)) {
    insist(postgres_, begin);
  }
  void end() override { insist(postgres_, end_); }

 private:
  TestPostgres& postgres_;
  const std::string end_;
};

std::unique_ptr<Trouble> rename_column(Servers& servers, Rng& rng, const std::vector<std::string>& tables) {
  const std::string& table = one_of(tables, rng);
  const auto columns = servers.postgres.rows("SELECT attname FROM pg_attribute WHERE attrelid = '" + table +
                                             "'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
  const std::string column = one_of(columns, rng)[0];
  std::printf("[          ]   column %s.%s\n", table.c_str(), column.c_str());
  return std::make_unique<Statements>(
      servers.postgres, "ALTER TABLE " + table + " RENAME \"" + column + "\" TO \"" + column + "_of_before\"",
      "ALTER TABLE " + table + " RENAME \"" + column + "_of_before\" TO \"" + column + "\"");
}

std::unique_ptr<Trouble> revoke(Servers& servers, Rng& rng) {
  struct Right {
    const char* what;
    const char* role;
  };
  static constexpr Right kRights[] = {{"INSERT ON dlr.delivery_receipts", "dlr_svc"},
                                      {"SELECT ON dlr.delivery_receipts", "dlr_svc"},
                                      {"INSERT ON dlr.outbox", "dlr_svc"},
                                      {"INSERT ON dlr.segment_dlrs", "dlr_svc"},
                                      {"INSERT ON dlr.invalid_dlrs", "dlr_svc"},
                                      {"INSERT ON dlr.intake_clock", "dlr_svc"},
                                      {"UPDATE (status) ON orch.sms_messages", "dlr_svc"},
                                      {"SELECT (processed_at) ON orch.sms_messages", "dlr_svc"},
                                      {"SELECT ON smpp.message_correlations", "dlr_svc"},
                                      {"USAGE ON SCHEMA orch", "dlr_svc"},
                                      {"USAGE ON SCHEMA dlr", "dlr_svc"},
                                      {"SELECT ON dlr.outbox", "dlr_relay"},
                                      {"DELETE ON dlr.outbox", "dlr_relay"},
                                      {"DELETE ON dlr.aggregation_open", "dlr_maint"}};
  const Right& right = one_of(kRights, rng);
  std::printf("[          ]   right %s of %s\n", right.what, right.role);
  return std::make_unique<Statements>(servers.postgres, std::string("REVOKE ") + right.what + " FROM " + right.role,
                                      std::string("GRANT ") + right.what + " TO " + right.role);
}

constexpr const char* kEndSessions =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'dlr\\_%'";

std::unique_ptr<Trouble> lock_out(Servers& servers, Rng& rng) {
  const std::string role = rng() % 2 == 0 ? "dlr_svc" : "dlr_relay";
  return std::make_unique<Statements>(servers.postgres, "ALTER ROLE " + role + " NOLOGIN; " + kEndSessions,
                                      "ALTER ROLE " + role + " LOGIN");
}

class Lock : public Trouble {
 public:
  Lock(TestPostgres& postgres, const std::string& sql) : lock_(postgres, sql) {}
  void end() override { lock_.release(); }

 private:
  HeldLock lock_;
};

std::unique_ptr<Trouble> lock(Servers& servers, Rng& rng) {
  static const std::vector<std::string> kLocks = {
      "LOCK TABLE orch.sms_messages IN ACCESS EXCLUSIVE MODE", "LOCK TABLE dlr.delivery_receipts IN SHARE MODE",
      "LOCK TABLE dlr.outbox IN EXCLUSIVE MODE", "LOCK TABLE smpp.message_correlations IN ACCESS EXCLUSIVE MODE",
      // Some messages that have no receipt yet.
      "SELECT FROM orch.sms_messages WHERE dlr_status IS NULL ORDER BY message_id LIMIT 200 FOR UPDATE"};
  const std::string& sql = one_of(kLocks, rng);
  std::printf("[          ]   %s\n", sql.c_str());
  return std::make_unique<Lock>(servers.postgres, sql);
}

class PostgresAway : public Trouble {
 public:
  PostgresAway(TestPostgres& postgres, PostgresStop how) : postgres_(postgres) { postgres_.stop(how); }
  void end() override { postgres_.start(); }

 private:
  TestPostgres& postgres_;
};

class NatsAway : public Trouble {
 public:
  NatsAway(TestNats& nats, bool orderly) : nats_(nats) { orderly ? nats_.stop() : nats_.kill9(); }
  void end() override { nats_.start(); }

 private:
  TestNats& nats_;
};

class RedisAway : public Trouble {
 public:
  RedisAway(TestRedis& redis, bool hangs) : redis_(redis), hangs_(hangs) { hangs_ ? redis_.pause() : redis_.stop(); }
  void end() override { hangs_ ? redis_.resume() : redis_.start(); }

 private:
  TestRedis& redis_;
  const bool hangs_;
};

// A plain subscriber hears what no stream takes any more; without one the server refuses it.
class NoStream : public Trouble {
 public:
  NoStream(TestNats& nats, const std::string& subject, bool heard) : nats_(nats) {
    std::vector<std::string> others = kSubjects;
    std::erase(others, subject);
    nats_.set_capture_subjects(others);
    if (heard) subscriber_ = std::make_unique<SilentSubject>(nats_.admin_url(), subject);
  }
  void end() override {
    subscriber_.reset();
    nats_.set_capture_subjects(kSubjects);
  }

 private:
  TestNats& nats_;
  std::unique_ptr<SilentSubject> subscriber_;
};

template <class Kind, class Server>
auto away(Server Servers::*server) {
  return [server](Servers& servers, Rng& rng) { return std::make_unique<Kind>(servers.*server, rng() % 2 == 0); };
}

std::vector<TroubleKind> make_kinds() {
  std::vector<TroubleKind> kinds;
  const auto add = [&](const char* name, auto begin) -> TroubleKind& {
    kinds.push_back({.name = name, .begin = std::move(begin)});
    return kinds.back();
  };
  add("a column of others is renamed", [](Servers& servers, Rng& rng) {
    return rename_column(servers, rng, {"orch.sms_messages", "smpp.message_correlations"});
  });
  add("a column of ours is renamed", [](Servers& servers, Rng& rng) {
    return rename_column(servers, rng,
                         {"dlr.delivery_receipts", "dlr.outbox", "dlr.segment_dlrs", "dlr.aggregation_open",
                          "dlr.message_aggregates", "dlr.late_dlrs", "dlr.intake_clock", "dlr.invalid_dlrs"});
  });
  add("a right is revoked", revoke);
  add("a role may not log in", lock_out);
  add("a lock is held", lock);
  add("sessions are ended", [](Servers& servers, Rng&) {
    return std::make_unique<Statements>(servers.postgres, kEndSessions, kEndSessions);
  });
  add("PostgreSQL is away", [](Servers& servers, Rng& rng) {
    return std::make_unique<PostgresAway>(servers.postgres,
                                          rng() % 2 == 0 ? PostgresStop::kFast : PostgresStop::kImmediate);
  }).takes_postgres = true;
  add("Redis is away", away<RedisAway>(&Servers::redis));
  add("NATS is away", away<NatsAway>(&Servers::nats)).takes_nats = true;
  add("a subject has no stream", [](Servers& servers, Rng& rng) {
    const std::string& subject = kSubjects[rng() % 3];
    return std::make_unique<NoStream>(servers.nats, subject, rng() % 2 == 0);
  }).needs_nats = true;
  return kinds;
}

}  // namespace

const std::vector<TroubleKind>& trouble_kinds() {
  static const std::vector<TroubleKind> kKinds = make_kinds();
  return kKinds;
}

bool can_overlap(const TroubleKind& outer, const TroubleKind& inner) {
  if (outer.name == inner.name || outer.takes_postgres) return false;  // nearly everything needs it
  // A renamed column waits for whoever holds its table.
  const bool waits = inner.takes_postgres || inner.name == "a column of ours is renamed" ||
                     inner.name == "a column of others is renamed";
  return !(outer.takes_nats && inner.needs_nats) && !(waits && outer.name == "a lock is held");
}

void insist(TestPostgres& postgres, const std::string& sql) {
  std::string refused;
  const bool done = eventually([&] {
    try {
      postgres.exec(sql);
      return true;
    } catch (const std::exception& e) {
      refused = e.what();
      return false;
    }
  });
  if (!done) throw std::runtime_error(sql + ": " + refused);
}

}  // namespace dlrgw::test
