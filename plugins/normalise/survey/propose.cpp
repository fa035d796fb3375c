// SPDX-License-Identifier: Apache-2.0
#include "survey/propose.hpp"

#include <algorithm>

#include <dlrgw/cpp/text.hpp>

#include "survey/find_dates.hpp"
#include "survey/find_ids.hpp"
#include "survey/find_labels.hpp"
#include "survey/find_statuses.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kLeastOfConnector = 10;  // captures that a profile of its own can be drawn from
constexpr std::size_t kShownLines = 10;

struct Found {
  Draft draft;
  Evidence evidence;
};

// What reads the text comes first: ids and dates are found only in fields that are found.
Found find_all(const Captures& captures, const KnownIds& known) {
  Found out;
  find_labels(captures, known, out.draft, out.evidence);
  find_ids(captures, known, out.draft, out.evidence);
  find_dates(captures, out.draft, out.evidence);
  find_statuses(captures, out.draft, out.evidence);
  return out;
}

// The keys in which the drafts of two connectors differ.
std::vector<std::string> differing(const Draft& a, const Draft& b) {
  std::vector<std::string> out;
  if (a.time_zone != b.time_zone) out.emplace_back("time_zone");
  if (a.date_format != b.date_format) out.emplace_back("date_format");
  if (a.id_pattern != b.id_pattern) out.emplace_back("id_pattern");
  if (a.receipt_id != b.receipt_id) out.emplace_back("receipt_id");
  if (a.submit_id != b.submit_id) out.emplace_back("submit_id");
  if (a.alphabet != b.alphabet) out.emplace_back("alphabet");
  if (a.labels != b.labels) out.emplace_back("labels");
  if (a.error_source != b.error_source) out.emplace_back("error_source");
  return out;
}

bool is_explained(const Captured& captured, const Profile& profile, const KnownIds& known) {
  const Canonical canonical = normalise(captured.received(), profile, {});
  if (canonical.ids.empty() || canonical.unrecognised_stat) return false;
  if (std::ranges::find(canonical.flags, kFlagImplausibleDate) != canonical.flags.end()) return false;
  return known.empty() ||
         std::ranges::any_of(canonical.ids, [&](const IdCandidate& c) { return known.contains(c.id); });
}

// A key whose value lies beside its receipts is right for one connector and not for another.
void by_connector(const Captures& captures, const KnownIds& known, Proposal& out) {
  std::map<std::string, Captures> groups;
  for (const Captured* captured : captures) groups[captured->connector].push_back(captured);
  std::map<std::string, Found> found;
  for (const auto& [connector, own] : groups)
    if (!connector.empty() && own.size() >= kLeastOfConnector) found.emplace(connector, find_all(own, known));
  if (found.size() < 2) return;
  std::set<std::string> keys;
  std::string names;
  for (const auto& [connector, own] : found) {
    names += (names.empty() ? "" : ", ") + connector;
    for (std::string& key : differing(found.begin()->second.draft, own.draft)) keys.insert(std::move(key));
  }
  if (keys.empty()) return;
  std::string list;
  for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + key;
  out.evidence.mixed = {"the connectors " + names + " differ in " + list + ": each has a table of its own below"};
  out.evidence.of_key.clear();
  std::erase_if(out.evidence.open, [](const std::string& line) { return !line.starts_with("intermediate"); });
  // Statuses are the operator's; what its connectors have in common stays in its own table.
  for (auto& [connector, own] : found) {
    std::ranges::copy_if(
        own.draft.status_aliases, std::back_inserter(out.common.status_aliases), [&](const auto& alias) {
          return std::ranges::find(out.common.status_aliases, alias) == out.common.status_aliases.end();
        });
    out.evidence.of_alias.insert(own.evidence.of_alias.begin(), own.evidence.of_alias.end());
    own.draft.status_aliases.clear();
    out.connectors[connector] = own.draft;
    out.of_connector[connector] = own.evidence;
    std::erase_if(out.of_connector[connector].open,
                  [](const std::string& line) { return line.starts_with("intermediate"); });
  }
  const Draft::Table aliases = out.common.status_aliases;
  out.common = Draft();
  out.common.status_aliases = aliases;
}

std::string toml_text(std::string_view text) {
  const bool plain = text.find_first_of("'\"\\") == std::string_view::npos;
  if (plain) return "\"" + std::string(text) + "\"";
  if (text.find('\'') == std::string_view::npos) return "'" + std::string(text) + "'";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string inline_table(const Draft::Table& table) {
  std::string out = "{ ";
  for (const auto& [key, value] : table) {
    const bool number = key == "padding";
    out += (out.size() > 2 ? ", " : "") + key + " = " + (number ? value : toml_text(value));
  }
  return out + " }";
}

void comment(std::string_view text, std::string& out) { out.append("# ").append(text).append("\n"); }

void write_keys(const Draft& draft, const Evidence& evidence, const std::string& table, std::string& out) {
  out += "[" + table + "]\n";
  const auto line = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    const auto why = evidence.of_key.find(key);
    if (why != evidence.of_key.end()) comment(why->second, out);
    out.append(key).append(" = ").append(value).append("\n");
  };
  const auto text = [&](std::string_view key, const std::string& value) {
    line(key, value.empty() ? std::string() : toml_text(value));
  };
  text("time_zone", draft.time_zone);
  text("date_format", draft.date_format);
  if (!draft.receipt_id.empty()) line("receipt_id", inline_table(draft.receipt_id));
  if (!draft.submit_id.empty()) line("submit_id", inline_table(draft.submit_id));
  text("id_pattern", draft.id_pattern);
  text("alphabet", draft.alphabet);
  if (!draft.labels.empty()) line("labels", inline_table(draft.labels));
  text("error_source", draft.error_source);
  for (const std::string& open : evidence.open) comment("To decide: " + open, out);
  if (draft.status_aliases.empty()) return;
  out += "\n[" + table + ".status_aliases]\n";
  for (const auto& [status, meaning] : draft.status_aliases) {
    const auto why = evidence.of_alias.find(status);
    if (why != evidence.of_alias.end()) comment(why->second, out);
    out += toml_text(status) + " = " + toml_text(meaning) + "\n";
  }
}

std::string period(const Captures& captures) {
  const auto [first, last] =
      std::ranges::minmax_element(captures, {}, [](const Captured* captured) { return captured->received_at_us; });
  return rfc3339_ms((*first)->received_at_us) + " to " + rfc3339_ms((*last)->received_at_us);
}

}  // namespace

Proposal propose(const Captures& captures, const KnownIds& known) {
  Proposal out;
  out.captures = captures.size();
  Found all = find_all(captures, known);
  out.common = std::move(all.draft);
  out.evidence = std::move(all.evidence);
  by_connector(captures, known, out);
  const Profile none;
  const Profile common = out.common.profile().value_or(Profile());
  std::map<std::string, Profile> own;
  for (auto [connector, draft] : out.connectors) {
    draft.status_aliases = out.common.status_aliases;
    own.emplace(connector, draft.profile().value_or(Profile()));
  }
  for (const Captured* captured : captures) {
    if (is_explained(*captured, none, known)) ++out.explained_before;
    const auto profile = own.find(captured->connector);
    if (!is_explained(*captured, profile == own.end() ? common : profile->second, known))
      out.not_explained.push_back(captured->line);
  }
  return out;
}

std::string to_toml(const Proposal& proposal, std::string_view operator_id, const Captures& captures) {
  std::string out;
  comment("Proposed from " + grouped(proposal.captures) + (proposal.captures == 1 ? " receipt of " : " receipts of ") +
              std::string(operator_id) + ", " + period(captures) + ".",
          out);
  comment("Read completely: " + grouped(proposal.explained_before) + " without a profile, " +
              grouped(proposal.captures - proposal.not_explained.size()) + " with this one.",
          out);
  if (!proposal.not_explained.empty()) {
    std::string lines;
    for (std::size_t i = 0; i < std::min(kShownLines, proposal.not_explained.size()); ++i)
      lines += (i == 0 ? "" : ", ") + std::to_string(proposal.not_explained[i]);
    comment("Not read completely: line" + std::string(proposal.not_explained.size() == 1 ? " " : "s ") + lines +
                (proposal.not_explained.size() > kShownLines ? ", ..." : ""),
            out);
  }
  for (const std::string& mixed : proposal.evidence.mixed) comment("MIXED: " + mixed, out);
  if (!proposal.evidence.mixed.empty() && proposal.connectors.empty())
    comment("These look like receipts of two connectors: capture each by itself, or with connectorId.", out);
  out += "\n";
  const std::string table = "operators.\"" + std::string(operator_id) + "\"";
  write_keys(proposal.common, proposal.evidence, table, out);
  for (const auto& [connector, draft] : proposal.connectors) {
    out += "\n";
    write_keys(draft, proposal.of_connector.at(connector), table + ".connectors.\"" + connector + "\"", out);
  }
  return out;
}

}  // namespace dlrgw::normalise
