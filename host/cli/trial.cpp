// SPDX-License-Identifier: Apache-2.0
#include "cli/trial.hpp"

#include <algorithm>
#include <cctype>

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"
#include "receipt/describe_receipt.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

// The verdict as people call it.
std::string verdict_text(const Verdict& verdict) {
  const std::string reason(verdict.reason);
  switch (verdict.action) {
    case Verdict::Action::kPutAway:
      break;  // the lanes' own; no stage gives it
    case Verdict::Action::kContinue:
      return "continue";
    case Verdict::Action::kDrop:
      return "drop: " + reason + ", counted as " + std::string(verdict.outcome);
    case Verdict::Action::kRetry:
      return "retry after " + std::to_string(verdict.retry_after_ms) + " ms: " + reason;
    case Verdict::Action::kReject:
      return "reject: " + reason;
  }
  return {};
}

json::object parsed(const Receipt& receipt) { return json::parse(describe_receipt(receipt)).as_object(); }

// Keys of profiles are compared so: a rule names a status as the plugin keeps it.
bool alike_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Where the value of a profile stands: the connector's table before the operator's. Empty when it stands nowhere.
std::string place_of(const Config& config, const Inbound& inbound, std::string_view key, std::string_view entry) {
  const auto whose = std::ranges::find(config.operators, inbound.operator_id, &OperatorConfig::id);
  if (whose == config.operators.end()) return {};
  const auto connector = std::ranges::find(whose->connectors, inbound.connector_id, &ConnectorConfig::id);
  const RawEntry* found = connector == whose->connectors.end() ? nullptr : connector->values.find(key);
  if (found == nullptr) found = whose->values.find(key);
  if (found == nullptr) return {};
  Position at = found->value.at;
  if (const auto* table = std::get_if<RawTable>(&found->value.data); table != nullptr && !entry.empty()) {
    for (const RawEntry& line : table->entries)
      if (alike_but_for_case(line.key, entry)) at = line.key_at;
  }
  return config.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace

json::object differences(const json::object& before, const json::object& after) {
  json::object out;
  for (const auto& [name, value] : after) {
    const json::value* old = before.if_contains(name);
    if (old == nullptr || *old != value) out[name] = json::array{old == nullptr ? json::value() : *old, value};
  }
  return out;
}

Trial::Trial(OfflineChain& chain)
    : chain_(chain),
      deps_{chain.shared().clock,
            chain.shared().logger,
            chain.shared().host_metrics,
            chain.shared().metrics,
            chain.shared().pool("svc"),
            invalid_rows_,
            ingest_stats_,
            waiting_} {}

json::object Trial::run(const Capture& event) {
  json::object out;
  json::array steps;
  const std::unique_ptr<Batch> batch = chain_.batch_of(event);
  if (batch->receipts.empty()) {
    const DecodeFailure& failure = batch->invalid.front().failure;
    out["invalid"] = std::string(to_string(failure.reason)) + ": " + failure.detail;
    out["ok"] = false;
    return out;
  }
  bool ok = run_quirk(event, steps);
  const Snapshot& snapshot = chain_.snapshot();
  Receipt& receipt = batch->receipts.front();
  for (std::size_t i = 0; i < snapshot.stages.size() && receipt.verdict.action == Verdict::Action::kContinue; ++i) {
    const json::object before = parsed(receipt);
    const auto failure = run_dry_stage(*batch, snapshot, *snapshot.lanes.front(), i, deps_);
    json::object step{{"step", snapshot.stages[i].name}, {"plugin", snapshot.stages[i].plugin->id}};
    step["result"] = failure ? "failed: " + failure->text : verdict_text(receipt.verdict);
    step["edits"] = differences(before, parsed(receipt));
    step["rules"] = rules_of(event, snapshot.stages[i].plugin->id, receipt.inbound());
    steps.push_back(std::move(step));
    if (failure) ok = false;
    if (failure) break;
  }
  out["steps"] = std::move(steps);
  out["receipt"] = parsed(receipt);
  out["ok"] = ok;
  return out;
}

json::object Trial::rules_of(const Capture& event, const std::string& plugin, const Inbound& inbound) {
  const Result<std::string> answer = chain_.run_tool("explain", {}, {event}, plugin);
  boost::system::error_code wrong;
  json::value rules = answer ? json::parse(*answer, wrong) : json::value();
  if (wrong || !rules.is_object()) return {};
  for (auto& [member, rule] : rules.as_object()) {
    json::object& text = rule.as_object();
    const json::value* key = text.if_contains("key");
    if (key == nullptr) continue;
    const json::value* entry = text.if_contains("entry");
    const std::string at = place_of(chain_.config(), inbound, key->as_string(),
                                    entry == nullptr ? "" : std::string_view(entry->as_string()));
    if (!at.empty()) text["at"] = at;
  }
  return std::move(rules.as_object());
}

bool Trial::run_quirk(const Capture& event, json::array& steps) {
  const std::unique_ptr<Batch> batch = chain_.batch_of(event);
  const Snapshot& snapshot = chain_.snapshot();
  Receipt& receipt = batch->receipts.front();
  const auto found = snapshot.quirk_of_operator.find(receipt.inbound().operator_id);
  if (found == snapshot.quirk_of_operator.end()) return true;
  const QuirkSlot& slot = snapshot.quirks[found->second];
  const CallScope scope(*batch, snapshot, *snapshot.lanes.front());
  const json::object before = parsed(receipt);
  std::uint32_t result = DLRGW_QUIRK_NOT_MINE;
  const Status done = call_guarded("quirk " + slot.name, [&](dlrgw_error* e) {
    return slot.table.apply(snapshot.lanes.front()->quirks[found->second], &receipt.view(), &result, e);
  });
  json::object step{{"step", "quirk " + slot.name}, {"plugin", slot.plugin->id}};
  const bool handled = done && result == DLRGW_QUIRK_HANDLED;
  const bool known = handled || result == DLRGW_QUIRK_NOT_MINE;
  if (!handled) receipt.undo_edits_since(0);
  receipt.apply_edits();
  step["result"] = !done     ? "failed: " + done.error().text
                   : handled ? "handled"
                   : known   ? "not mine"
                             : "failed: gave an unknown result";
  step["edits"] = differences(before, parsed(receipt));
  steps.push_back(std::move(step));
  return done && known;
}

}  // namespace dlrgw::host
