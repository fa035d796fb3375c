// SPDX-License-Identifier: Apache-2.0
// A stage in C++: derive from Stage, give one verdict per receipt. Exceptions void the whole batch, which runs again.
#pragma once
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <dlrgw/abi/stage.h>
#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw {

// The live receipts of one lane. Each needs exactly one verdict.
class Batch {
 public:
  Batch(const dlrgw_batch* batch, dlrgw_verdict* verdicts) : batch_(batch), verdicts_(verdicts) {}

  [[nodiscard]] std::uint32_t size() const { return batch_->count; }
  [[nodiscard]] ReceiptView operator[](std::uint32_t i) const {
    const auto* bytes = static_cast<const char*>(batch_->items) + std::size_t{i} * batch_->item_stride;
    return ReceiptView(reinterpret_cast<const dlrgw_receipt*>(bytes));
  }
  [[nodiscard]] dlrgw_uow* uow() const { return batch_->uow; }
  [[nodiscard]] std::int64_t deadline_us() const { return batch_->deadline_us; }
  [[nodiscard]] bool dry_run() const { return (batch_->flags & DLRGW_BATCH_DRY_RUN) != 0; }

  void pass(std::uint32_t i) { set(i, DLRGW_ACTION_CONTINUE, 0, 0); }
  // reason: index into the plugin's reasons; its outcome is what the receipt counts as.
  void drop(std::uint32_t i, std::uint32_t reason) { set(i, DLRGW_ACTION_DROP, 0, reason); }
  void retry(std::uint32_t i, std::uint32_t after_ms, std::uint32_t reason) {
    set(i, DLRGW_ACTION_RETRY, after_ms, reason);
  }
  void reject(std::uint32_t i, std::uint32_t reason) { set(i, DLRGW_ACTION_REJECT, 0, reason); }

 private:
  void set(std::uint32_t i, std::uint32_t action, std::uint32_t after_ms, std::uint32_t reason) {
    auto* bytes = reinterpret_cast<char*>(verdicts_) + std::size_t{i} * batch_->verdict_stride;
    *reinterpret_cast<dlrgw_verdict*>(bytes) = {action, after_ms, reason, 0};
  }
  const dlrgw_batch* batch_;
  dlrgw_verdict* verdicts_;
};

// What became of the receipts that process() saw, in its order.
class Settled {
 public:
  Settled(const dlrgw_batch* batch, const dlrgw_outcomes* outcomes) : batch_(batch, nullptr), outcomes_(outcomes) {}
  [[nodiscard]] std::uint32_t size() const { return outcomes_->count; }
  [[nodiscard]] ReceiptView operator[](std::uint32_t i) const { return batch_[i]; }
  [[nodiscard]] bool committed(std::uint32_t i) const { return at(i).fate == DLRGW_FATE_COMMITTED; }
  [[nodiscard]] std::string_view outcome(std::uint32_t i) const { return view(at(i).outcome); }

 private:
  [[nodiscard]] const dlrgw_outcome& at(std::uint32_t i) const {
    const auto* bytes = static_cast<const char*>(outcomes_->items) + std::size_t{i} * outcomes_->item_stride;
    return *reinterpret_cast<const dlrgw_outcome*>(bytes);
  }
  Batch batch_;
  const dlrgw_outcomes* outcomes_;
};

class Stage {
 public:
  Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  virtual ~Stage() = default;
  virtual void activate() {}
  virtual void process(Batch& batch) = 0;
  virtual void settled(const Settled&) {}
  virtual void deactivate() {}
};

struct StageSpec {
  std::string_view name;
  std::initializer_list<std::string_view> needs = {};
  std::initializer_list<std::string_view> provides = {};
  std::uint32_t flags = 0;  // DLRGW_STAGE_
};

namespace detail {

// What the host holds for one registered stage; the factory makes one instance per lane.
struct StageRegistration {
  using Factory = std::function<std::unique_ptr<Stage>(std::uint32_t lane)>;

  StageRegistration(const StageSpec& spec, Factory make) : name(spec.name), factory(std::move(make)) {
    for (const std::string_view fact : spec.needs) needs.push_back(str(fact));
    for (const std::string_view fact : spec.provides) provides.push_back(str(fact));
    table.struct_size = sizeof table;
    table.flags = spec.flags;
    table.name = str(name);
    table.needs = needs.data();
    table.needs_count = static_cast<std::uint32_t>(needs.size());
    table.needs_stride = sizeof(dlrgw_str);
    table.provides = provides.data();
    table.provides_count = static_cast<std::uint32_t>(provides.size());
    table.provides_stride = sizeof(dlrgw_str);
    table.create = [](void* user, std::uint32_t lane, void** self, dlrgw_error* error) {
      return guarded(error, [&] { *self = static_cast<StageRegistration*>(user)->factory(lane).release(); });
    };
    table.activate = [](void* self, dlrgw_error* error) {
      return guarded(error, [&] { static_cast<Stage*>(self)->activate(); });
    };
    table.process = [](void* self, const dlrgw_batch* batch, dlrgw_verdict* verdicts, dlrgw_error* error) {
      return guarded(error, [&] {
        Batch view_of(batch, verdicts);
        static_cast<Stage*>(self)->process(view_of);
      });
    };
    table.settled = [](void* self, const dlrgw_batch* batch, const dlrgw_outcomes* outcomes) {
      guarded(nullptr, [&] { static_cast<Stage*>(self)->settled(Settled(batch, outcomes)); });
    };
    table.deactivate = [](void* self) { guarded(nullptr, [&] { static_cast<Stage*>(self)->deactivate(); }); };
    table.destroy = [](void* self) { delete static_cast<Stage*>(self); };
  }
  StageRegistration(const StageRegistration&) = delete;
  StageRegistration& operator=(const StageRegistration&) = delete;

  std::string name;
  Factory factory;
  std::vector<dlrgw_str> needs, provides;
  dlrgw_stage_class table{};
};

}  // namespace detail
}  // namespace dlrgw
