// SPDX-License-Identifier: Apache-2.0
// One captured receipt through quirk, profile and every offline stage, with what each step did and by which rule.
// Nothing is kept. Main thread.
#pragma once
#include <string>

#include <boost/json.hpp>

#include "cli/offline_chain.hpp"
#include "pipeline/invalid_rows.hpp"
#include "pipeline/run_batch.hpp"

namespace dlrgw::host {

// Member → [before, after] of what differs.
boost::json::object differences(const boost::json::object& before, const boost::json::object& after);

class Trial {
 public:
  explicit Trial(OfflineChain& chain);

  // {"steps": [{"step", "plugin", "result", "edits": {member: [before, after]}, "rules": {member: {"rule", "key",
  // "entry", "at"}}}], "receipt": {…}, "ok": …}, or {"invalid": …, "ok": false}.
  boost::json::object run(const Capture& event);

 private:
  // Member → the rule that gave its value, as far as the plugin tells.
  boost::json::object rules_of(const Capture& event, const std::string& plugin, const Inbound& inbound);
  // The quirk alone, on a receipt of its own: what it sets, before the profile adds to it.
  bool run_quirk(const Capture& event, boost::json::array& steps);

  OfflineChain& chain_;
  const Statement invalid_rows_ = invalid_rows_statement();
  IngestStats ingest_stats_;  // of nothing that is stored
  WaitingRoom waiting_{{}};   // nobody waits in a dry run
  const RunDeps deps_;
};

}  // namespace dlrgw::host
