// SPDX-License-Identifier: Apache-2.0
#include "cli/check_connect.hpp"

#include "boundary/guard.hpp"
#include "control/needed_migrations.hpp"
#include "control/statement_check.hpp"
#include "storage/schema_check.hpp"
#include "storage/session_check.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kPatience{5};

std::string count_of(std::size_t count, const char* things) { return std::to_string(count) + " " + things; }

// A session of every pool as the service opens it: role, rights and settings.
void check_sessions(SharedParts& shared, ConnectReport& report) {
  for (const std::string_view name : StorageConfig::kPools) {
    const std::string what = "postgresql." + std::string(name);
    Result<Lease> lease = shared.pool(name).acquire(kPatience);
    if (!lease) {
      report.fail(what, lease.error().text);
      continue;
    }
    const Result<SessionFacts> facts = read_session_facts(**lease);
    if (!facts) {
      report.fail(what, facts.error().text);
      continue;
    }
    report.tell(what, judge_session(*facts),
                "PostgreSQL " + facts->server_version + " as " + facts->role + ", " + facts->isolation +
                    ", synchronous_commit " + facts->synchronous_commit);
  }
}

void check_statements(const Pipeline& pipeline, SharedParts& shared, ConnectReport& report) {
  const std::vector<StatementTrouble> troubles = statement_troubles(pipeline.instances, shared);
  for (const auto& plugin : pipeline.instances) {
    if (plugin->statements().empty()) continue;
    std::vector<std::string> sentences;
    for (const StatementTrouble& trouble : troubles)
      if (trouble.plugin == plugin->identity().id) sentences.push_back(trouble.text);
    report.tell("postgresql.statements." + plugin->identity().id, sentences,
                count_of(plugin->statements().size(), "statements can run"));
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

void ConnectReport::ok(const std::string& what, const std::string& text) {
  out_ << "ok    " << what << ": " << text << "\n";
}

void ConnectReport::fail(const std::string& what, const std::string& text) {
  out_ << "FAIL  " << what << ": " << text << "\n";
  ++failures_;
}

void ConnectReport::tell(const std::string& what, const std::vector<std::string>& sentences, const std::string& fine) {
  for (const std::string& sentence : sentences) fail(what, sentence);
  if (sentences.empty()) ok(what, fine);
}

void check_postgres(const Pipeline& pipeline, SharedParts& shared, ConnectReport& report) {
  check_sessions(shared, report);
  Result<Lease> lease = shared.pool("svc").acquire(kPatience);
  if (!lease) return;  // reported already, and nothing else can be asked
  report.tell("postgresql.indexes", missing_indexes(**lease),
              "the tables of other services have the indexes that are used");
  lease->release();
  const std::vector<Migration> needed = needed_migrations(pipeline.plugins);
  const Status fits = check_schema(shared.pool("svc"), needed);
  report.tell("postgresql.schema", fits ? std::vector<std::string>{} : lines_of(fits.error().text),
              count_of(needed.size(), "scripts are applied"));
  check_statements(pipeline, shared, report);
}

void check_probes(const Pipeline& pipeline, ConnectReport& report) {
  for (const auto& plugin : pipeline.instances) {
    for (const Probe& probe : plugin->probes()) {
      const Status answer = call_guarded("plugin " + plugin->identity().id,
                                         [&](dlrgw_error* error) { return probe.ask(probe.user, error); });
      if (answer) {
        report.ok(probe.dependency, "serves plugin " + plugin->identity().id);
      } else {
        report.fail(probe.dependency, answer.error().text);
      }
    }
  }
}

}  // namespace dlrgw::host
