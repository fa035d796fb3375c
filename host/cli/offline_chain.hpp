// SPDX-License-Identifier: Apache-2.0
// The configured chain as far as it needs no server, for commands that look at captured receipts: plugins loaded, the
// stages that run offline, one lane. Nothing is connected to, written or counted. Main thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/batch.hpp"
#include "cli/captures.hpp"
#include "config/config.hpp"
#include "control/build_pipeline.hpp"
#include "control/shared_parts.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

class OfflineChain {
 public:
  // Null: errors has at least one sentence. plugin_file: a plugin that takes the place of its configured version, with
  // its grants and options, else is added with every grant; empty: what the configuration has.
  static std::unique_ptr<OfflineChain> build(Config config, const std::string& plugin_file,
                                             std::vector<std::string>& errors);

  // One receipt, or what is wrong with it, as if it had arrived when it says that it was received: the dates of a
  // receipt of last month are judged by that day.
  std::unique_ptr<Batch> batch_of(const Capture& capture);

  // Runs the first tool of that name; of one plugin only, unless plugin_id is empty. kNotFound: there is none.
  Result<std::string> run_tool(std::string_view name, const std::vector<std::pair<std::string, std::string>>& inputs,
                               const std::vector<Capture>& captures, std::string_view plugin_id = {});

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const Snapshot& snapshot() const { return *pipeline_.snapshot; }
  [[nodiscard]] SharedParts& shared() { return shared_; }
  [[nodiscard]] const std::vector<std::string>& not_run() const { return not_run_; }  // stages that need servers

 private:
  explicit OfflineChain(Config config);
  void add_plugin(const std::string& file, std::vector<std::string>& errors);
  bool build_chain(const std::string& plugin_file, std::vector<std::string>& errors);

  Config config_;
  Logger logger_;
  SharedParts shared_;
  PluginImages images_{PluginCopies::kInMemory};
  Pipeline pipeline_;
  std::vector<std::string> not_run_;
  std::uint64_t batches_ = 0;
};

}  // namespace dlrgw::host
