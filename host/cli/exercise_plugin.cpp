// SPDX-License-Identifier: Apache-2.0
#include "cli/exercise_plugin.hpp"

#include <cstring>
#include <memory>

#include "boundary/call_scope.hpp"
#include "cli/guarded_array.hpp"
#include "cli/measure_plugin.hpp"
#include "cli/plugin_alone.hpp"
#include "pipeline/take_verdicts.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kNoPlace = "check-plugin: ";  // where a finding stands: in no file
constexpr std::int64_t kSlowUs = 1'000'000;
constexpr std::size_t kNewerBytes = 24;  // by which structs of a newer host are larger
constexpr unsigned char kCanary = 0xA5;
constexpr std::chrono::milliseconds kMeasureFor{50};

class Exercise {
 public:
  Exercise(const std::filesystem::path& path, StepLog& log) : path_(path), log_(log) {}

  void run() {
    if (!load() || !create()) return;
    const PluginInstance& plugin = alone_.plugin();
    for (const auto& stage : plugin.stages()) exercise_stage(stage);
    for (const auto& quirk : plugin.quirks()) exercise_quirk(quirk);
    for (const auto& job : plugin.jobs()) exercise_job(job);
    for (const auto& route : plugin.routes()) exercise_route(route);
    if (begin("services")) check_services();
    if (!begin("destroy")) return;
    if (const Status ended = alone_.destroy(); !ended) error(ended.error().text);
  }

 private:
  void check_services() {
    for (const std::string& service : alone_.undeclared_services()) {
      log_.finding(Severity::kWarning,
                   "asked for the service " + service +
                       ", which it does not declare; without its grant it gets NULL in a gateway, not a refusal");
    }
  }

  bool begin(std::string_view step) {
    const bool wanted = log_.begin(step);
    whole_ = whole_ && wanted;
    return wanted;
  }
  void error(std::string_view text) {
    whole_ = false;
    log_.finding(Severity::kError, text);
  }

  bool load() {
    if (!begin("load")) return false;
    const Status loaded = alone_.load(path_);
    if (!loaded) error(loaded.error().text);
    if (loaded) log_.declared(alone_.declared_sql());
    return static_cast<bool>(loaded);
  }

  bool create() {
    if (!begin("create")) return false;
    std::vector<std::string> missing, errors;
    alone_.create(missing, errors);
    for (const std::string& text : missing)
      log_.finding(Severity::kNote, "not exercised: without a configuration, " + text);
    for (const std::string& text : errors) error(text.starts_with(kNoPlace) ? text.substr(kNoPlace.size()) : text);
    if (!alone_.created()) return false;
    log_.declared(alone_.declared_sql());
    const PluginInstance& plugin = alone_.plugin();
    const bool nothing = plugin.stages().empty() && plugin.quirks().empty() && plugin.jobs().empty() &&
                         plugin.routes().empty() && plugin.sinks().empty();
    if (nothing)
      log_.finding(Severity::kWarning, "contributes nothing; register a stage, quirk, route, job or sink in create()");
    return true;
  }

  // An exception is an error; "away" is what a check without servers expects.
  static bool threw(const Status& done) { return done.error().text.find("threw an exception") != std::string::npos; }
  bool succeeded(const Status& done) {
    if (done) return true;
    if (done.error().code == ErrorCode::kUnavailable) {
      whole_ = false;
      log_.finding(Severity::kNote, "not judged, it needs a server: " + done.error().text);
    } else {
      error(done.error().text);
    }
    return false;
  }

  template <class Slot>
  void* start(const Slot& slot, const std::string& label) {
    whole_ = true;
    if (!begin(label + ": create and activate")) return nullptr;
    const Result<void*> started = PluginAlone::start(slot);
    if (started) return *started;
    succeeded(started.error());
    return nullptr;
  }
  template <class Slot>
  void stop(const Slot& slot, void* self, const std::string& label) {
    if (!begin(label + ": deactivate and destroy")) return;
    for (const std::string& text : PluginAlone::stop(slot, self)) error(text);
  }
  // What it costs is of interest only where it does what it should.
  template <class Slot>
  void measure(const Slot& slot, void* self, const std::string& operator_id, const std::string& label) {
    if (whole_ && begin(label + ": what a receipt costs")) {
      measure_calls(alone_, slot, self, operator_id, label, kMeasureFor, log_);
    }
  }

  void exercise_stage(const PluginInstance::Registered<StageClass>& registered) {
    const std::string label = "stage " + registered.contribution.name;
    const StageSlot slot = alone_.slot(registered);
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
    measure(slot, self, std::string(kCheckedOperator), label);
    stop(slot, self, label);
  }

  // Items and verdicts laid out with `more` bytes behind each, as a newer host would. What is touched besides is seen.
  void process(const StageSlot& slot, void* self, std::size_t count, std::size_t more, const std::string& step) {
    if (!begin(step)) return;
    const std::unique_ptr<Batch> batch = alone_.batch_of(count, std::string(kCheckedOperator));
    const CallScope scope(*batch, alone_.snapshot(), alone_.lane());
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
    const std::int64_t began = alone_.shared().clock.monotonic_us();
    const Status done = call_guarded("process", [&](dlrgw_error* e) {
      return slot.table.process(self, &call, reinterpret_cast<dlrgw_verdict*>(verdicts.data()), e);
    });
    const std::int64_t took = alone_.shared().clock.monotonic_us() - began;
    if (took > kSlowUs) {
      whole_ = false;
      log_.finding(Severity::kWarning,
                   "took " + std::to_string(took / 1000) + " ms; a lane waits meanwhile, and a batch has 20 s in all");
    }
    if (!done && !registered_needs_.empty() && !threw(done)) {
      whole_ = false;
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
    const QuirkSlot slot = alone_.slot(registered);
    void* self = start(slot, label);
    if (self == nullptr) return;
    const std::vector<std::string>& operators = registered.contribution.operators;
    for (const std::string& operator_id : operators) apply(slot, self, operator_id, label);
    measure(slot, self, operators.front(), label);
    stop(slot, self, label);
  }

  void apply(const QuirkSlot& slot, void* self, const std::string& operator_id, const std::string& label) {
    if (!begin(label + ": receipts of " + operator_id)) return;
    const std::unique_ptr<Batch> batch = alone_.batch_of(10, operator_id);
    const CallScope scope(*batch, alone_.snapshot(), alone_.lane());
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
    if (!begin("job " + registered.contribution.name)) return;
    const dlrgw_job_context context{sizeof(dlrgw_job_context), 0, nullptr, [](void*) -> std::int32_t { return 1; },
                                    [](void*, std::uint32_t) -> std::int32_t { return DLRGW_JOB_STOP; }};
    const Status done = call_guarded(
        "run", [&](dlrgw_error* e) { return registered.contribution.table.run(registered.user, &context, e); });
    succeeded(done);
  }

  void exercise_route(const PluginInstance::Registered<RouteClass>& registered) {
    const RouteClass& route = registered.contribution;
    if (!begin("route " + route.method + " " + route.pattern)) return;
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
  PluginAlone alone_;
  std::string registered_needs_;  // facts besides the status that the current stage needs
  bool whole_ = true;             // of the current contribution: every step was done and went well
};

}  // namespace

void exercise_plugin(const std::filesystem::path& path, StepLog& log) { Exercise(path, log).run(); }

}  // namespace dlrgw::host
