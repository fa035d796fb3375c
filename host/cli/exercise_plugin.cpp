// SPDX-License-Identifier: Apache-2.0
#include "cli/exercise_plugin.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"
#include "boundary/loading/load_plugin.hpp"
#include "boundary/plugin_instance.hpp"
#include "cli/guarded_array.hpp"
#include "config/load_config.hpp"
#include "control/shared_parts.hpp"
#include "pipeline/take_verdicts.hpp"

namespace dlrgw::host {
namespace {

// Nobody listens there: whatever a plugin asks of a server is answered "away", as in an outage.
constexpr std::string_view kNoServers = R"(
[storage]
dsn = "host=/nonexistent dbname=none"
[pipeline]
stages = ["check"]
)";
constexpr std::string_view kNoPlace = "check-plugin: ";  // where a finding stands: in no file
constexpr std::int64_t kDeadlineUs = 60'000'000;
constexpr std::int64_t kSlowUs = 1'000'000;
constexpr std::size_t kNewerBytes = 24;  // by which structs of a newer host are larger
constexpr unsigned char kCanary = 0xA5;

// Events as they come, the odd ones among them: no id, only a text, every field at its bound.
std::string event(std::size_t i, const std::string& operator_id) {
  const std::string head = "{\"operatorId\":\"" + operator_id + "\"";
  switch (i % 5) {
    case 0:
      return head + ",\"operatorMessageId\":\"id-" + std::to_string(i) +
             "\",\"rawStat\":\"EXPIRED\",\"errorCode\":\"000\"}";
    case 1:
      return head + ",\"rawReceipt\":\"id:" + std::to_string(i) + " sub:001 dlvrd:001 stat:EXPIRED err:001 text:x\"}";
    case 2:
      return head + ",\"operatorMessageId\":\"" + std::string(255, 'F') + "\",\"rawStat\":\"" + std::string(64, 'S') +
             "\"}";
    case 3:
      return head + ",\"operatorMessageId\":\"0\",\"messageState\":5,\"tlvs\":{\"0x001E\":\"3000\"}}";
    default:
      return head + ",\"operatorMessageId\":\"\xC3\xBC-" + std::to_string(i) + "\",\"rawStat\":\"\xE2\x82\xAC\"}";
  }
}

Config without_servers() {
  LoadedConfig loaded = parse_config(kNoServers, {}, [](std::string_view) { return std::nullopt; });
  if (!loaded) throw std::logic_error(to_string(loaded.errors.front()));
  return std::move(*loaded.config);
}

class Exercise {
 public:
  Exercise(const std::filesystem::path& path, const std::string& state_dir, StepLog& log)
      : path_(path),
        log_(log),
        config_(without_servers()),
        logger_("check-plugin", Level::kError),
        shared_(config_, logger_),
        state_dir_(state_dir) {}

  void run() {
    if (!load() || !create()) return;
    for (const auto& stage : plugin_->stages()) exercise_stage(stage);
    for (const auto& quirk : plugin_->quirks()) exercise_quirk(quirk);
    for (const auto& job : plugin_->jobs()) exercise_job(job);
    for (const auto& route : plugin_->routes()) exercise_route(route);
    if (log_.begin("destroy")) {
      snapshot_.plugins.clear();
      plugin_.reset();
    }
  }

 private:
  void error(std::string_view text) { log_.finding(Severity::kError, text); }

  bool load() {
    if (!log_.begin("load")) return false;
    HostOffer offer;
    for (const ServiceOffer& service : offered_services()) {
      offer.services.push_back({std::string(service.id), std::string(service.grant)});
    }
    Result<LoadedPlugin> loaded = load_plugin(path_, state_dir_, offer);
    if (!loaded) {
      error(loaded.error().text);
      return false;
    }
    loaded_ = std::move(*loaded);
    return true;
  }

  bool create() {
    if (!log_.begin("create")) return false;
    std::vector<ConfigError> findings;
    const RawTable none;
    OptionValues values =
        OptionValues::build({config_.file, loaded_.info.id, {}, &none, {}}, loaded_.info.options, findings);
    for (const ConfigError& finding : findings) {
      log_.finding(Severity::kNote, "not exercised: without a configuration, " + finding.text);
    }
    if (!findings.empty()) return false;
    std::vector<std::string> errors;
    plugin_ = PluginInstance::create(loaded_, std::move(values), {kGrants.begin(), kGrants.end()}, shared_.services,
                                     shared_.plugin_errors, errors);
    for (const std::string& text : errors) error(text.starts_with(kNoPlace) ? text.substr(kNoPlace.size()) : text);
    if (plugin_ == nullptr) return false;
    if (Status sealed = plugin_->seal(0, &snapshot_.sink); !sealed) error(sealed.error().text);
    snapshot_.plugins.push_back(plugin_);
    const bool nothing = plugin_->stages().empty() && plugin_->quirks().empty() && plugin_->jobs().empty() &&
                         plugin_->routes().empty() && plugin_->sinks().empty();
    if (nothing)
      log_.finding(Severity::kWarning, "contributes nothing; register a stage, quirk, route, job or sink in create()");
    return true;
  }

  // An exception is an error; "away" is what a check without servers expects.
  static bool threw(const Status& done) { return done.error().text.find("threw an exception") != std::string::npos; }
  bool succeeded(const Status& done) {
    if (done) return true;
    if (done.error().code == ErrorCode::kUnavailable) {
      log_.finding(Severity::kNote, "not judged, it needs a server: " + done.error().text);
    } else {
      error(done.error().text);
    }
    return false;
  }

  template <class Slot>
  void* start(const Slot& slot, const std::string& label) {
    void* self = nullptr;
    if (!log_.begin(label + ": create and activate")) return nullptr;
    if (!succeeded(call_guarded("create", [&](dlrgw_error* e) { return slot.table.create(slot.user, 0, &self, e); })))
      return nullptr;
    if (self == nullptr) {
      error("create succeeded without an instance; set *self");
      return nullptr;
    }
    if (slot.table.activate != nullptr) {
      succeeded(call_guarded("activate", [&](dlrgw_error* e) { return slot.table.activate(self, e); }));
    }
    return self;
  }
  template <class Slot>
  void stop(const Slot& slot, void* self, const std::string& label) {
    if (!log_.begin(label + ": deactivate and destroy")) return;
    const auto end = [&](std::string_view name, void (*hook)(void*)) {
      if (hook == nullptr) return;
      const Status done = call_guarded(std::string(name), [&](dlrgw_error*) -> std::int32_t {
        hook(self);
        return DLRGW_OK;
      });
      if (!done) error(done.error().text);
    };
    end("deactivate", slot.table.deactivate);
    end("destroy", slot.table.destroy);
  }

  std::unique_ptr<Batch> batch_of(std::size_t count, const std::string& operator_id) {
    auto batch = std::make_unique<Batch>();
    batch->id = ++batches_;
    batch->dry_run = true;
    batch->started_mono_us = shared_.clock.monotonic_us();
    batch->deadline_us = shared_.clock.now_us() + kDeadlineUs;
    batch->work =
        std::make_unique<dlrgw_uow>(shared_.pool("svc"), shared_.clock, batch->started_mono_us + kDeadlineUs, true);
    std::vector<Delivery> deliveries(count);
    for (std::size_t i = 0; i < count; ++i) {
      deliveries[i].payload = event(i, operator_id);
      deliveries[i].stream_seq = i + 1;
      deliveries[i].stream_time_us = shared_.clock.now_us();
    }
    fill_batch(*batch, std::move(deliveries));
    return batch;
  }

  void exercise_stage(const PluginInstance::Registered<StageClass>& registered) {
    const std::string label = "stage " + registered.contribution.name;
    const StageSlot slot{
        registered.contribution.name, &plugin_->identity(), registered.contribution.table, registered.user, {}, {}};
    void* self = start(slot, label);
    if (self == nullptr) return;
    registered_needs_.clear();
    for (const std::string& fact : registered.contribution.needs) {
      if (fact != "status") registered_needs_ += (registered_needs_.empty() ? "" : ", ") + fact;
    }
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{256}}) {
      process(slot, self, count, 0, label + ": process of " + std::to_string(count) + " receipts");
    }
    process(slot, self, 5, kNewerBytes, label + ": process in the larger structs of a newer host");
    stop(slot, self, label);
  }

  // Items and verdicts laid out with `more` bytes behind each, as a newer host would. What is touched besides is seen.
  void process(const StageSlot& slot, void* self, std::size_t count, std::size_t more, const std::string& step) {
    if (!log_.begin(step)) return;
    const std::unique_ptr<Batch> batch = batch_of(count, "mno-check");
    const CallScope scope(*batch, snapshot_, lane_);
    const std::size_t item_stride = sizeof(dlrgw_receipt) + more, verdict_stride = sizeof(dlrgw_verdict) + more;
    const GuardedArray items("receipts", count * item_stride), verdicts("verdicts", count * verdict_stride);
    std::memset(verdicts.data(), kCanary, verdicts.size());
    for (std::size_t i = 0; i < count; ++i) {
      dlrgw_receipt view = batch->receipts[i].view();
      view.struct_size = static_cast<std::uint32_t>(item_stride);
      std::memcpy(items.data() + i * item_stride, &view, sizeof view);
      std::memset(verdicts.data() + i * verdict_stride, 0, sizeof(dlrgw_verdict));
    }
    items.make_read_only();
    const dlrgw_batch call{sizeof(dlrgw_batch),
                           static_cast<std::uint32_t>(count),
                           static_cast<std::uint32_t>(item_stride),
                           static_cast<std::uint32_t>(item_stride),
                           static_cast<std::uint32_t>(verdict_stride),
                           DLRGW_BATCH_DRY_RUN,
                           items.data(),
                           batch->work.get(),
                           batch->id,
                           batch->deadline_us};
    const std::int64_t began = shared_.clock.monotonic_us();
    const Status done = call_guarded("process", [&](dlrgw_error* e) {
      return slot.table.process(self, &call, reinterpret_cast<dlrgw_verdict*>(verdicts.data()), e);
    });
    const std::int64_t took = shared_.clock.monotonic_us() - began;
    if (took > kSlowUs) {
      log_.finding(Severity::kWarning,
                   "took " + std::to_string(took / 1000) + " ms; a lane waits meanwhile, and a batch has 20 s in all");
    }
    if (!done && !registered_needs_.empty() && !threw(done)) {
      log_.finding(Severity::kNote,
                   "not judged, it needs " + registered_needs_ + " of earlier stages: " + done.error().text);
      return;
    }
    if (!succeeded(done)) return;
    check_verdicts(slot, *batch, verdicts, verdict_stride);
    settle(slot, self, call, count);
  }

  void check_verdicts(const StageSlot& slot, const Batch& batch, const GuardedArray& verdicts, std::size_t stride) {
    for (std::size_t i = 0; i < batch.receipts.size(); ++i) {
      dlrgw_verdict given;
      std::memcpy(&given, verdicts.data() + i * stride, sizeof given);
      Verdict into;
      if (const auto breach = take_verdict(into, given, slot)) return error(*breach);
      for (std::size_t at = sizeof given; at < stride; ++at) {
        if (static_cast<unsigned char>(verdicts.data()[i * stride + at]) == kCanary) continue;
        return error("wrote between the verdicts; step by verdict_stride, not by sizeof(dlrgw_verdict)");
      }
    }
  }

  void settle(const StageSlot& slot, void* self, const dlrgw_batch& call, std::size_t count) {
    if (slot.table.settled == nullptr) return;
    constexpr std::string_view kApplied = DLRGW_OUTCOME_APPLIED;
    const GuardedArray items("outcomes", count * sizeof(dlrgw_outcome));
    std::uninitialized_fill_n(
        reinterpret_cast<dlrgw_outcome*>(items.data()), count,
        dlrgw_outcome{sizeof(dlrgw_outcome), DLRGW_FATE_COMMITTED, {kApplied.data(), kApplied.size()}});
    items.make_read_only();
    const dlrgw_outcomes outcomes{sizeof(dlrgw_outcomes), static_cast<std::uint32_t>(count), sizeof(dlrgw_outcome), 0,
                                  reinterpret_cast<const dlrgw_outcome*>(items.data())};
    const Status told = call_guarded("settled", [&](dlrgw_error*) -> std::int32_t {
      slot.table.settled(self, &call, &outcomes);
      return DLRGW_OK;
    });
    if (!told) error(told.error().text);
  }

  void exercise_quirk(const PluginInstance::Registered<QuirkClass>& registered) {
    const std::string label = "quirk " + registered.contribution.name;
    const QuirkSlot slot{registered.contribution.name,
                         &plugin_->identity(),
                         registered.contribution.table,
                         registered.user,
                         {},
                         nullptr};
    void* self = start(slot, label);
    if (self == nullptr) return;
    for (const std::string& operator_id : registered.contribution.operators) apply(slot, self, operator_id, label);
    stop(slot, self, label);
  }

  void apply(const QuirkSlot& slot, void* self, const std::string& operator_id, const std::string& label) {
    if (!log_.begin(label + ": receipts of " + operator_id)) return;
    const std::unique_ptr<Batch> batch = batch_of(10, operator_id);
    const CallScope scope(*batch, snapshot_, lane_);
    for (Receipt& receipt : batch->receipts) {
      std::uint32_t result = DLRGW_QUIRK_NOT_MINE;
      const Status done =
          call_guarded("apply", [&](dlrgw_error* e) { return slot.table.apply(self, &receipt.view(), &result, e); });
      if (!succeeded(done)) return;
      if (result > DLRGW_QUIRK_HANDLED)
        return error("gave the unknown result " + std::to_string(result) + "; use one of DLRGW_QUIRK_");
    }
  }

  // Told to stop before it begins, so that it does as little as it can.
  void exercise_job(const PluginInstance::Registered<JobClass>& registered) {
    if (!log_.begin("job " + registered.contribution.name)) return;
    const dlrgw_job_context context{sizeof(dlrgw_job_context), 0, nullptr, [](void*) -> std::int32_t { return 1; },
                                    [](void*, std::uint32_t) -> std::int32_t { return DLRGW_JOB_STOP; }};
    const Status done = call_guarded(
        "run", [&](dlrgw_error* e) { return registered.contribution.table.run(registered.user, &context, e); });
    succeeded(done);
  }

  void exercise_route(const PluginInstance::Registered<RouteClass>& registered) {
    const RouteClass& route = registered.contribution;
    if (!log_.begin("route " + route.method + " " + route.pattern)) return;
    const auto nothing = [](void*, dlrgw_str) -> dlrgw_str { return {nullptr, 0}; };
    const dlrgw_claims claims{sizeof(dlrgw_claims), 0, nullptr, sizeof(dlrgw_str), 0, {"check", 5}, {nullptr, 0}};
    const dlrgw_http_request request{sizeof(dlrgw_http_request),
                                     0,
                                     nullptr,
                                     {route.method.data(), route.method.size()},
                                     {route.pattern.data(), route.pattern.size()},
                                     {nullptr, 0},
                                     (route.table.flags & DLRGW_ROUTE_OPEN) != 0 ? nullptr : &claims,
                                     nothing,
                                     nothing,
                                     nothing};
    static const auto taken = [](void*, dlrgw_str) -> std::int32_t { return DLRGW_OK; };
    const dlrgw_http_response response{
        sizeof(dlrgw_http_response),
        0,
        nullptr,
        [](void*, dlrgw_str, dlrgw_str) -> std::int32_t { return DLRGW_OK; },
        [](void*, std::uint32_t, dlrgw_str, dlrgw_str) -> std::int32_t { return DLRGW_OK; },
        [](void*, std::uint32_t, dlrgw_str) -> std::int32_t { return DLRGW_OK; },
        taken};
    const Status done = call_guarded("handle", [&](dlrgw_error* e) {
      return registered.contribution.table.handle(registered.user, &request, &response, e);
    });
    // A request without parameters may well be refused; only what must never happen counts.
    if (!done && done.error().code == ErrorCode::kInternal) error(done.error().text);
  }

  const std::filesystem::path& path_;
  StepLog& log_;
  const Config config_;
  Logger logger_;
  SharedParts shared_;
  const std::string& state_dir_;
  LoadedPlugin loaded_;
  std::shared_ptr<PluginInstance> plugin_;
  Snapshot snapshot_;
  LaneInstances lane_;
  std::uint64_t batches_ = 0;
  std::string registered_needs_;  // facts besides the status that the current stage needs
};

}  // namespace

void exercise_plugin(const std::filesystem::path& path, const std::string& state_dir, StepLog& log) {
  Exercise(path, state_dir, log).run();
}

}  // namespace dlrgw::host
