// SPDX-License-Identifier: Apache-2.0
#include "cli/measure_plugin.hpp"

#include <algorithm>
#include <chrono>
#include <dlfcn.h>
#include <functional>
#include <optional>
#include <vector>

#include "boundary/call_scope.hpp"

namespace dlrgw::host {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBatches[] = {1, 16, 256};
constexpr std::size_t kFewestCalls = 4;
constexpr std::size_t kCountedCalls = 2;  // the last of the fewest: the first calls fill caches

// jemalloc's control where jemalloc is what allocates; else null: a sanitizer's allocator may stand before it.
void* allocator_control() {
  void* const control = ::dlsym(RTLD_DEFAULT, "mallctl");
  Dl_info of_control{}, of_malloc{};
  if (control == nullptr || ::dladdr(control, &of_control) == 0) return nullptr;
  if (::dladdr(::dlsym(RTLD_DEFAULT, "malloc"), &of_malloc) == 0) return nullptr;
  return of_control.dli_fbase == of_malloc.dli_fbase ? control : nullptr;
}

// Counts of jemalloc, the gateway's allocator; another one, as under a sanitizer, has none.
class AllocationCount {
 public:
  struct Total {
    std::uint64_t count = 0, bytes = 0;
  };
  std::optional<Total> now() const {
    if (control_ == nullptr) return std::nullopt;
    std::uint64_t epoch = 1;
    control_("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
    control_("epoch", nullptr, nullptr, &epoch, sizeof epoch);
    Total out;
    // 4096: all arenas together (MALLCTL_ARENAS_ALL).
    for (const char* name : {"stats.arenas.4096.small.nrequests", "stats.arenas.4096.large.nrequests"}) {
      const auto part = read(name);
      if (!part) return std::nullopt;
      out.count += *part;
    }
    const auto bytes = read("thread.allocated");
    if (!bytes) return std::nullopt;
    out.bytes = *bytes;
    return out;
  }

 private:
  using Control = int (*)(const char*, void*, std::size_t*, void*, std::size_t);
  std::optional<std::uint64_t> read(const char* name) const {
    std::uint64_t value = 0;
    std::size_t size = sizeof value;
    return control_(name, &value, &size, nullptr, 0) == 0 ? std::optional(value) : std::nullopt;
  }
  const Control control_ = reinterpret_cast<Control>(allocator_control());
};

// prepare: before each batch, not measured. call: one call into the plugin for the whole batch.
void measure(PluginAlone& alone, std::string_view operator_id, const std::string& name, std::chrono::milliseconds each,
             StepLog& log, const std::function<void(Batch&)>& prepare, const std::function<Status(Batch&)>& call) {
  const AllocationCount allocations;
  for (const std::size_t size : kBatches) {
    std::vector<SteadyClock::duration> times;
    Measurement out{name, size, 0, 0, 0, false};
    std::uint64_t count = 0, bytes = 0;
    const SteadyClock::time_point until = SteadyClock::now() + each;
    while (times.size() < kFewestCalls || SteadyClock::now() < until) {
      const std::unique_ptr<Batch> batch = alone.batch_of(size, std::string(operator_id));
      const CallScope scope(*batch, alone.snapshot(), alone.lane());
      prepare(*batch);
      // Counting costs more than many a call does, so few are counted.
      const bool counts = times.size() < kFewestCalls && times.size() >= kFewestCalls - kCountedCalls;
      const auto before = counts ? allocations.now() : std::nullopt;
      const SteadyClock::time_point began = SteadyClock::now();
      const Status done = call(*batch);
      const SteadyClock::time_point ended = SteadyClock::now();
      const auto after = counts ? allocations.now() : std::nullopt;
      if (!done) return log.finding(Severity::kNote, "not measured: " + done.error().text);
      times.push_back(ended - began);
      if (before && after) {
        count += after->count - before->count;
        bytes += after->bytes - before->bytes;
        out.counted = true;
      }
    }
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(*middle).count();
    out.picoseconds = static_cast<std::uint64_t>(nanoseconds) * 1000 / size;
    out.milli_allocations = count * 1000 / (kCountedCalls * size);
    out.bytes = bytes / (kCountedCalls * size);
    log.measured(out);
  }
}

template <class Registered>
void start_and_measure(PluginAlone& alone, const Registered& registered, std::string_view operator_id,
                       const std::string& name, std::chrono::milliseconds each, StepLog& log) {
  if (!log.begin(name)) return;
  const auto slot = alone.slot(registered);
  const Result<void*> self = PluginAlone::start(slot);
  if (!self) return log.finding(Severity::kNote, "not measured: " + self.error().text);
  measure_calls(alone, slot, *self, operator_id, name, each, log);
  for (const std::string& text : PluginAlone::stop(slot, *self)) log.finding(Severity::kError, text);
}

}  // namespace

void measure_calls(PluginAlone& alone, const StageSlot& slot, void* self, std::string_view operator_id,
                   const std::string& name, std::chrono::milliseconds each, StepLog& log) {
  std::vector<dlrgw_receipt> items;
  std::vector<dlrgw_verdict> verdicts;
  const auto prepare = [&](Batch& batch) {
    items.clear();
    for (Receipt& receipt : batch.receipts) items.push_back(receipt.view());
    verdicts.assign(batch.receipts.size(), dlrgw_verdict{});
  };
  measure(alone, operator_id, name, each, log, prepare, [&](Batch& batch) {
    const dlrgw_batch call{sizeof(dlrgw_batch),
                           static_cast<std::uint32_t>(items.size()),
                           sizeof(dlrgw_receipt),
                           sizeof(dlrgw_receipt),
                           sizeof(dlrgw_verdict),
                           DLRGW_BATCH_DRY_RUN,
                           items.data(),
                           batch.work.get(),
                           batch.id,
                           batch.deadline_us};
    return call_guarded("process", [&](dlrgw_error* e) { return slot.table.process(self, &call, verdicts.data(), e); });
  });
}

void measure_calls(PluginAlone& alone, const QuirkSlot& slot, void* self, std::string_view operator_id,
                   const std::string& name, std::chrono::milliseconds each, StepLog& log) {
  const auto prepare = [](Batch& batch) {
    for (Receipt& receipt : batch.receipts) (void)receipt.view();
  };
  measure(alone, operator_id, name, each, log, prepare, [&](Batch& batch) {
    for (Receipt& receipt : batch.receipts) {
      std::uint32_t result = DLRGW_QUIRK_NOT_MINE;
      Status done =
          call_guarded("apply", [&](dlrgw_error* e) { return slot.table.apply(self, &receipt.view(), &result, e); });
      if (!done) return done;
    }
    return Status();
  });
}

void measure_plugin(const std::filesystem::path& path, std::chrono::milliseconds each, StepLog& log) {
  PluginAlone alone;
  if (!log.begin("load")) return;
  if (Status loaded = alone.load(path); !loaded) return log.finding(Severity::kError, loaded.error().text);
  if (!log.begin("create")) return;
  std::vector<std::string> missing, errors;
  alone.create(missing, errors);
  for (const std::string& text : missing) log.finding(Severity::kError, "without a configuration, " + text);
  for (const std::string& text : errors) log.finding(Severity::kError, text);
  if (!alone.created()) return;
  for (const auto& stage : alone.plugin().stages()) {
    start_and_measure(alone, stage, kCheckedOperator, "stage " + stage.contribution.name, each, log);
  }
  for (const auto& quirk : alone.plugin().quirks()) {
    start_and_measure(alone, quirk, quirk.contribution.operators.front(), "quirk " + quirk.contribution.name, each,
                      log);
  }
  if (!log.begin("destroy")) return;
  if (Status ended = alone.destroy(); !ended) log.finding(Severity::kError, ended.error().text);
}

}  // namespace dlrgw::host
