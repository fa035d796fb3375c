// SPDX-License-Identifier: Apache-2.0
#include "cli/check_plugin.hpp"

#include <cstdio>
#include <sstream>

#include <boost/json.hpp>

#include "cli/exercise_plugin.hpp"
#include "cli/measure_plugin.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kBenchStepLimit{60};

// Of a figure in thousandths: "0.41", "12.0", "340". More digits would be noise.
std::string decimal(std::uint64_t thousandths) {
  char out[32];
  const double value = static_cast<double>(thousandths) / 1000;
  std::snprintf(out, sizeof out, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return out;
}

// In this process, which has not loaded the plugin.
void try_sql(const std::string& dsn, CheckReport& report) {
  const DeclaredSql& sql = report.sql;
  if (sql.plugin.empty()) return;
  const auto tell = [&](Severity severity, std::string text) {
    report.findings.push_back({severity, report.steps.back(), std::move(text)});
  };
  report.steps.emplace_back("sql");
  if (!sql.created) tell(Severity::kNote, "statements are not known, because the plugin was not created");
  const Result<DryRunReport> tried = dry_run({.admin_dsn = dsn,
                                              .plugin = sql.plugin,
                                              .migrations = sql.migrations,
                                              .tables = sql.tables,
                                              .statements = sql.statements});
  if (!tried) return tell(Severity::kError, tried.error().text);
  for (const std::string& trouble : tried->troubles) tell(Severity::kError, trouble);
  if (tried->statements_left_out)
    tell(Severity::kNote, "statements are not tried, because a script that may make their tables fails");
}

}  // namespace

CheckReport check_plugin(const std::filesystem::path& path, std::chrono::milliseconds step_limit,
                         const std::string& dsn) {
  CheckReport report = run_plugin_in_child(path, exercise_plugin, step_limit);
  if (!dsn.empty()) try_sql(dsn, report);
  return report;
}

CheckReport bench_plugin(const std::filesystem::path& path, std::chrono::milliseconds each) {
  return run_plugin_in_child(
      path, [each](const std::filesystem::path& plugin, StepLog& log) { measure_plugin(plugin, each, log); },
      kBenchStepLimit);
}

std::string report_text(const std::filesystem::path& path, const CheckReport& report) {
  std::ostringstream out;
  for (const CheckFinding& finding : report.findings) {
    out << to_string(finding.severity) << ": " << finding.step << ": " << finding.text << "\n";
  }
  for (const Measurement& m : report.measured) {
    out << m.name << ", " << m.batch << (m.batch == 1 ? " receipt" : " receipts")
        << " a call: " << decimal(m.picoseconds) << " ns";
    if (m.counted) out << ", " << decimal(m.milli_allocations) << " allocations, " << m.bytes << " bytes";
    out << " a receipt\n";
  }
  out << path.string() << ": " << (report.passed() ? "passed" : "failed") << ", " << report.steps.size() << " steps\n";
  return out.str();
}

std::string report_json(const std::filesystem::path& path, const CheckReport& report) {
  boost::json::array findings, measured;
  for (const CheckFinding& f : report.findings) {
    findings.push_back(boost::json::object{{"severity", to_string(f.severity)}, {"step", f.step}, {"text", f.text}});
  }
  for (const Measurement& m : report.measured) {
    boost::json::object row{{"name", m.name}, {"batch", m.batch}, {"ns", static_cast<double>(m.picoseconds) / 1000}};
    if (m.counted) {
      row["allocations"] = static_cast<double>(m.milli_allocations) / 1000;
      row["bytes"] = m.bytes;
    }
    measured.push_back(std::move(row));
  }
  const boost::json::object out{{"file", path.string()},
                                {"passed", report.passed()},
                                {"steps", boost::json::array(report.steps.begin(), report.steps.end())},
                                {"findings", std::move(findings)},
                                {"measured", std::move(measured)}};
  return boost::json::serialize(out) + "\n";
}

}  // namespace dlrgw::host
