// SPDX-License-Identifier: Apache-2.0
// What the boundary between host and plugin costs, per receipt: an empty stage, a quirk, an edit, an event, at batch 1
// and 256. No server, no I/O. Build it in release: `cmake --build --preset release --target dlr-bench-boundary`.
#include <atomic>

#include <benchmark/benchmark.h>

#include <dlrgw/plugin.hpp>

#include "boundary/loading/handshake.hpp"
#include "boundary/plugin_instance.hpp"
#include "config/load_config.hpp"
#include "control/shared_parts.hpp"
#include "pipeline/invalid_rows.hpp"
#include "pipeline/run_batch.hpp"

namespace {

class Each : public dlrgw::Stage {
 public:
  void process(dlrgw::Batch& batch) final {
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      one(batch, batch[i]);
      batch.pass(i);
    }
  }
  virtual void one(dlrgw::Batch&, const dlrgw::ReceiptView&) {}
};

class Edits final : public Each {
 public:
  explicit Edits(const dlrgw::Edit& edit) : edit_(edit) {}
  void one(dlrgw::Batch&, const dlrgw::ReceiptView& receipt) override {
    edit_.set_status(receipt.handle(), dlrgw::DlrStatus::kDelivered);
  }

 private:
  const dlrgw::Edit& edit_;
};

class Emits final : public Each {
 public:
  explicit Emits(const dlrgw::Events& events) : events_(events) {}
  void one(dlrgw::Batch& batch, const dlrgw::ReceiptView& receipt) override {
    events_.emit(batch.uow(), {.receipt = receipt.handle(),
                               .event_id = receipt.event_id(),
                               .subject = "acme.seen",
                               .key = "key",
                               .schema = "acme.seen/1",
                               .payload = R"({"seen":true})"});
  }

 private:
  const dlrgw::Events& events_;
};

class AsksQuirk final : public Each {
 public:
  explicit AsksQuirk(const dlrgw::Quirks& quirks) : quirks_(quirks) {}
  void one(dlrgw::Batch&, const dlrgw::ReceiptView& receipt) override {
    benchmark::DoNotOptimize(quirks_.apply(receipt.handle()));
  }

 private:
  const dlrgw::Quirks& quirks_;
};

class Handles final : public dlrgw::Quirk {
  bool apply(dlrgw::QuirkReceipt& receipt) override { return receipt.raw_status() == "DELIVRD"; }
};

class Plugin {
 public:
  static dlrgw::PluginInfo info() { return {.id = "bench", .version = "1.0.0"}; }
  Plugin(dlrgw::Host host, dlrgw::Registrar& registrar) : edit_(host), events_(host), quirks_(host) {
    registrar.stage({.name = "first"}, [](std::uint32_t) { return std::make_unique<Each>(); });
    registrar.stage({.name = "empty"}, [](std::uint32_t) { return std::make_unique<Each>(); });
    registrar.stage({.name = "edit"}, [this](std::uint32_t) { return std::make_unique<Edits>(edit_); });
    registrar.stage({.name = "event"}, [this](std::uint32_t) { return std::make_unique<Emits>(events_); });
    registrar.stage({.name = "quirk"}, [this](std::uint32_t) { return std::make_unique<AsksQuirk>(quirks_); });
    registrar.quirk({"bench", {"mno-bench"}}, [](std::uint32_t) { return std::make_unique<Handles>(); });
  }

 private:
  const dlrgw::Edit edit_;
  const dlrgw::Events events_;
  const dlrgw::Quirks quirks_;
};

}  // namespace

DLRGW_PLUGIN(Plugin)

namespace dlrgw::host {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;

// One snapshot with the plugin's stages and its quirk, one lane.
struct World {
  World() {
    HostOffer offer;
    for (const ServiceOffer& service : offered_services()) {
      offer.services.push_back({std::string(service.id), std::string(service.grant)});
    }
    const dlrgw_plugin* table = dlrgw_plugin_entry_v1();
    LoadedPlugin loaded{*validate_plugin(table, "bench", offer), table};
    std::vector<std::string> errors;
    plugin = PluginInstance::create(loaded, {}, {"events"}, shared.services, shared.plugin_errors, errors);
    for (const auto& stage : plugin->stages()) {
      snapshot.stages.push_back(
          {stage.contribution.name, &plugin->identity(), stage.contribution.table, stage.user, {}, {}});
    }
    for (const auto& quirk : plugin->quirks()) {
      snapshot.quirk_of_operator.emplace(quirk.contribution.operators.front(), snapshot.quirks.size());
      snapshot.quirks.push_back(
          {quirk.contribution.name, &plugin->identity(), quirk.contribution.table, quirk.user,
           quirk.contribution.operators,
           std::make_shared<Breaker>(BreakerSubject{BreakerKind::kQuirk, quirk.contribution.name, plugin->identity().id,
                                                    plugin->identity().version, shared.health, shared.logger},
                                     std::make_shared<std::atomic<std::size_t>>(0))});
    }
    if (!plugin->seal(0, &snapshot.sink) || !start_lanes(snapshot, 1)) throw std::logic_error("the benchmark's plugin");
  }

  std::unique_ptr<Batch> batch_of(std::size_t count) {
    auto batch = std::make_unique<Batch>();
    batch->id = 1;
    batch->dry_run = true;
    batch->deadline_us = shared.clock.now_us() + kHourUs;
    batch->work =
        std::make_unique<dlrgw_uow>(shared.pool("svc"), shared.clock, shared.clock.monotonic_us() + kHourUs, true);
    std::vector<Delivery> deliveries(count);
    for (std::size_t i = 0; i < count; ++i) {
      deliveries[i].payload =
          R"({"operatorId":"mno-bench","operatorMessageId":"id-)" + std::to_string(i) + R"(","rawStat":"DELIVRD"})";
      deliveries[i].stream_seq = i + 1;
      deliveries[i].stream_time_us = shared.clock.now_us();
    }
    fill_batch(*batch, std::move(deliveries));
    return batch;
  }

  Config config = *parse_config("[pipeline]\nstages = [\"bench\"]\n", "bench", [](std::string_view) {
                     return std::nullopt;
                   }).config;
  Logger logger{"bench", Level::kError};
  SharedParts shared{config, logger};
  const Statement invalid_rows = invalid_rows_statement();
  IngestStats ingest_stats;
  WaitingRoom waiting{{}};  // nobody waits in a dry run
  const RunDeps deps{shared.clock,       shared.logger, shared.host_metrics, shared.metrics,
                     shared.pool("svc"), invalid_rows,  ingest_stats,        waiting};
  std::shared_ptr<PluginInstance> plugin;
  Snapshot snapshot;
};

// All that the host does for one stage: the call, verdicts, edits; before the first one also the views.
void stage(benchmark::State& state, std::size_t index) {
  World world;
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto batch = world.batch_of(count);
  batch->begin_run(world.snapshot.stages.size());
  for (auto _ : state) {
    batch->work->events.clear();
    if (run_dry_stage(*batch, world.snapshot, *world.snapshot.lanes.front(), index, world.deps))
      state.SkipWithError("failed");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(count) * state.iterations());
}

BENCHMARK_CAPTURE(stage, first, 0)->Arg(1)->Arg(256);
BENCHMARK_CAPTURE(stage, empty, 1)->Arg(1)->Arg(256);
BENCHMARK_CAPTURE(stage, edit, 2)->Arg(1)->Arg(256);
BENCHMARK_CAPTURE(stage, event, 3)->Arg(1)->Arg(256);
BENCHMARK_CAPTURE(stage, quirk, 4)->Arg(1)->Arg(256);

// The boundary alone: the plugin's function on views that are ready.
void bare_call(benchmark::State& state) {
  World world;
  const auto count = static_cast<std::uint32_t>(state.range(0));
  const auto batch = world.batch_of(count);
  std::vector<dlrgw_receipt> views;
  for (const Receipt& receipt : batch->receipts) views.push_back(receipt.view());
  std::vector<dlrgw_verdict> verdicts(count);
  const dlrgw_batch call{
      sizeof(dlrgw_batch), count, sizeof(dlrgw_receipt), sizeof(dlrgw_receipt), sizeof(dlrgw_verdict), 0, views.data(),
      batch->work.get(),   1,     batch->deadline_us};
  dlrgw_error error{};
  error.struct_size = sizeof error;
  const StageSlot& slot = world.snapshot.stages.front();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        slot.table.process(world.snapshot.lanes.front()->stages.front(), &call, verdicts.data(), &error));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(std::int64_t{count} * state.iterations());
}
BENCHMARK(bare_call)->Arg(1)->Arg(256);

}  // namespace
}  // namespace dlrgw::host

BENCHMARK_MAIN();
