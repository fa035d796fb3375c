// SPDX-License-Identifier: Apache-2.0
// A plugin without a gateway: loaded and created as a gateway would, with every grant, on services whose servers are
// away. For check-plugin and bench-plugin, in their child process; one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/batch.hpp"
#include "boundary/guard.hpp"
#include "boundary/loading/load_plugin.hpp"
#include "boundary/plugin_instance.hpp"
#include "boundary/snapshot.hpp"
#include "cli/declared_sql.hpp"
#include "config/config.hpp"
#include "control/shared_parts.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

class PluginAlone {
 public:
  PluginAlone();

  Status load(const std::filesystem::path& path);
  // With its options at their defaults. Each text is one thing that is wrong. missing: options without a default, which
  // have to be given; it is not created then.
  void create(std::vector<std::string>& missing, std::vector<std::string>& errors);
  [[nodiscard]] bool created() const { return plugin_ != nullptr; }
  // Services that take a grant, that the plugin asked for and does not declare.
  [[nodiscard]] std::vector<std::string> undeclared_services() const;
  // What it brings for a database, as far as it is known by now.
  [[nodiscard]] DeclaredSql declared_sql() const;
  // The plugin is gone after this.
  Status destroy();

  [[nodiscard]] const PluginInstance& plugin() const { return *plugin_; }
  [[nodiscard]] SharedParts& shared() { return shared_; }
  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] LaneInstances& lane() { return lane_; }

  // A dry run of receipts as they come, the odd ones among them: no id, only a text, every field at its bound.
  std::unique_ptr<Batch> batch_of(std::size_t count, const std::string& operator_id);

  // A hook that answers with a code, guarded. "create" and "activate" of a stage or quirk.
  template <class Slot>
  static Result<void*> start(const Slot& slot) {
    void* self = nullptr;
    if (Status done = call_guarded("create", [&](dlrgw_error* e) { return slot.table.create(slot.user, 0, &self, e); });
        !done) {
      return std::move(done).error();
    }
    if (self == nullptr) return Error{ErrorCode::kData, "create succeeded without an instance; set *self"};
    if (slot.table.activate == nullptr) return self;
    if (Status done = call_guarded("activate", [&](dlrgw_error* e) { return slot.table.activate(self, e); }); !done) {
      return std::move(done).error();
    }
    return self;
  }
  // "deactivate", then "destroy". Each text is one thing that is wrong.
  template <class Slot>
  static std::vector<std::string> stop(const Slot& slot, void* self) {
    std::vector<std::string> errors;
    const auto end = [&](const char* name, void (*hook)(void*)) {
      if (hook == nullptr) return;
      const Status done = call_guarded(name, [&](dlrgw_error*) -> std::int32_t {
        hook(self);
        return DLRGW_OK;
      });
      if (!done) errors.push_back(done.error().text);
    };
    end("deactivate", slot.table.deactivate);
    end("destroy", slot.table.destroy);
    return errors;
  }

  [[nodiscard]] StageSlot slot(const PluginInstance::Registered<StageClass>& stage) const {
    return {stage.contribution.name, &plugin_->identity(), stage.contribution.table, stage.user, {}, {}, {}};
  }
  [[nodiscard]] QuirkSlot slot(const PluginInstance::Registered<QuirkClass>& quirk) const {
    return {quirk.contribution.name, &plugin_->identity(), quirk.contribution.table, quirk.user, {}, nullptr};
  }

 private:
  const Config config_;
  Logger logger_;
  SharedParts shared_;
  LoadedPlugin loaded_;
  std::shared_ptr<PluginInstance> plugin_;
  Snapshot snapshot_;
  LaneInstances lane_;
  std::uint64_t batches_ = 0;
};

}  // namespace dlrgw::host
