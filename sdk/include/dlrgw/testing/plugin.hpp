// SPDX-License-Identifier: Apache-2.0
// A plugin under test: created against a FakeHost as the gateway would, its contributions called by hand. By
// default the plugin whose objects are linked into the test; dlrgw_add_plugin(TESTS …) links them. One thread.
//
//   FakeHost host;
//   TestPlugin plugin(host);
//   TestReceipt& receipt = host.receipt({.operator_id = "mno-acme", .raw_status = "OK"});
//   EXPECT_EQ(plugin.apply_quirk(receipt), "handled");
//   EXPECT_EQ(receipt.status(), DlrStatus::kDelivered);
#pragma once
#include <cstring>
#include <functional>
#include <memory>

#include <dlrgw/testing/fake_host.hpp>
#include <dlrgw/testing/request.hpp>

namespace dlrgw::testing {

struct TestVerdict {
  std::uint32_t action = DLRGW_ACTION_UNSET;
  std::string reason;  // by name; empty for CONTINUE
  std::uint32_t retry_after_ms = 0;
};

class TestPlugin {
 public:
  // Throws dlrgw::Error with the sentence of the plugin when it cannot be created.
  explicit TestPlugin(FakeHost& host, dlrgw_plugin_entry_fn entry = dlrgw_plugin_entry_v1)
      : plugin_(*entry()), database_(host.database()) {
    host.declare(plugin_);
    for (std::uint32_t i = 0; i < plugin_.service_count; ++i)
      require(host, at<dlrgw_str>(plugin_.services, plugin_.service_stride, i));
    if (database_ != nullptr) database_->apply_scripts(plugin_);
    dlrgw_registrar registrar{sizeof(dlrgw_registrar),
                              0,
                              this,
                              add<&TestPlugin::stages_>,
                              add<&TestPlugin::quirks_>,
                              add<&TestPlugin::sinks_>,
                              add<&TestPlugin::jobs_>,
                              add<&TestPlugin::routes_>};
    call([&](dlrgw_error* e) { return plugin_.create(host.raw(), &registrar, &self_, e); });
    created_ = true;
  }
  ~TestPlugin() {
    for (auto end = instances_.rbegin(); end != instances_.rend(); ++end) (*end)();
    if (created_) plugin_.destroy(self_);
  }
  TestPlugin(const TestPlugin&) = delete;
  TestPlugin& operator=(const TestPlugin&) = delete;

  [[nodiscard]] std::string id() const { return std::string(dlrgw::view(plugin_.id)); }
  [[nodiscard]] std::vector<std::string> operators() const {
    std::vector<std::string> out;
    for (const auto& quirk : quirks_) {
      for (std::uint32_t i = 0; i < quirk.table->operators_count; ++i) out.push_back(operator_of(*quirk.table, i));
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> stages() const { return names(stages_); }
  [[nodiscard]] std::vector<std::string> jobs() const { return names(jobs_); }

  // "handled", "not mine", or the quirk's error; "no quirk" when none answers for the operator. As in the gateway,
  // edits stay only when it is handled.
  std::string apply_quirk(TestReceipt& receipt) {
    for (auto& quirk : quirks_) {
      for (std::uint32_t i = 0; i < quirk.table->operators_count; ++i) {
        if (operator_of(*quirk.table, i) == receipt.received().operator_id) return apply(quirk, receipt);
      }
    }
    return "no quirk";
  }

  // One verdict per receipt. With a database it is a batch of its own: what it wrote is committed, unless the run is
  // dry, except rows of receipts that end RETRY or REJECT. Throws dlrgw::Error when process() or a write fails.
  std::vector<TestVerdict> process(std::string_view stage, const std::vector<TestReceipt*>& receipts,
                                   bool dry_run = false) {
    Registered<dlrgw_stage_class>& found = find(stages_, stage);
    void* instance = instance_of(found);
    std::vector<dlrgw_receipt> views;
    for (const TestReceipt* receipt : receipts) views.push_back(receipt->view());
    std::vector<dlrgw_verdict> verdicts(receipts.size());
    const dlrgw_batch batch = batch_of(views, dry_run);
    const auto process = [&](dlrgw_error* e) { return found.table->process(instance, &batch, verdicts.data(), e); };
    if (database_ == nullptr) {
      call(process);
    } else {
      process_in(*database_, process, batch, verdicts);
    }
    std::vector<TestVerdict> out;
    for (const dlrgw_verdict& verdict : verdicts)
      out.push_back({verdict.action, reason_of(verdict), verdict.retry_after_ms});
    return out;
  }
  // Tells the stage that all of them were committed with this outcome.
  void settle(std::string_view stage, const std::vector<TestReceipt*>& receipts,
              std::string_view outcome = DLRGW_OUTCOME_APPLIED) {
    Registered<dlrgw_stage_class>& found = find(stages_, stage);
    if (found.table->settled == nullptr) return;
    std::vector<dlrgw_receipt> views;
    for (const TestReceipt* receipt : receipts) views.push_back(receipt->view());
    const std::vector<dlrgw_outcome> items(receipts.size(),
                                           {sizeof(dlrgw_outcome), DLRGW_FATE_COMMITTED, str(outcome)});
    const dlrgw_batch batch = batch_of(views, false);
    const dlrgw_outcomes outcomes{sizeof(dlrgw_outcomes), static_cast<std::uint32_t>(items.size()),
                                  sizeof(dlrgw_outcome), 0, items.data()};
    found.table->settled(instance_of(found), &batch, &outcomes);
  }
  // One run that is never told to stop; a job that waits is told that its time is over.
  void run_job(std::string_view job) {
    Registered<dlrgw_job_class>& found = find(jobs_, job);
    const dlrgw_job_context context{sizeof(dlrgw_job_context), 0, nullptr, [](void*) -> std::int32_t { return 0; },
                                    [](void*, std::uint32_t) -> std::int32_t { return DLRGW_JOB_TIMEOUT; }};
    call([&](dlrgw_error* e) { return found.table->run(found.user, &context, e); });
  }

  // What the route of this method and path answers, as a client with a token for it would see it; 413 for a body that
  // is larger than the route takes. Throws dlrgw::Error when no route fits.
  TestResponse request(const TestRequest& request) {
    const Registered<dlrgw_route_class>* found = nullptr;
    std::map<std::string, std::string> params;
    for (const auto& route : routes_) {
      const std::string_view method = dlrgw::view(route.table->method);
      if (method != request.method && !(method == "GET" && request.method == "HEAD")) continue;
      auto matched = detail::match_path(dlrgw::view(route.table->pattern), request.path);
      if (!matched || (found != nullptr && params.size() <= matched->size())) continue;  // a literal wins over a {name}
      found = &route;
      params = std::move(*matched);
    }
    if (found == nullptr)
      throw Error(DLRGW_E_NOT_FOUND, "the plugin has no route for " + request.method + " " + request.path);
    return detail::RouteCall(request, std::move(params)).run(*found->table, found->user);
  }

 private:
  template <class Table>
  struct Registered {
    const Table* table;
    void* user;
    void* instance = nullptr;
  };

  template <class T, class P>
  static const T& at(const P* items, std::uint32_t stride, std::uint32_t i) {
    return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(items) + std::size_t{i} * stride);
  }
  template <auto List, class Table>
  static std::int32_t add(void* self, const Table* table, void* user, dlrgw_error*) {
    (static_cast<TestPlugin*>(self)->*List).push_back({table, user});
    return DLRGW_OK;
  }
  template <class F>
  static void call(F&& f) {
    dlrgw_error error = make_error();
    check(f(&error), error);
  }
  template <class F>
  static void process_in(SqlBackend& database, F&& process, const dlrgw_batch& batch,
                         const std::vector<dlrgw_verdict>& verdicts) {
    database.begin_batch();
    try {
      call(process);
    } catch (...) {
      database.end_batch({}, false);
      throw;
    }
    std::set<std::uint64_t> kept;
    for (std::uint32_t i = 0; i < batch.count; ++i)
      if (verdicts[i].action == DLRGW_ACTION_CONTINUE || verdicts[i].action == DLRGW_ACTION_DROP)
        kept.insert(at<dlrgw_receipt>(batch.items, batch.item_stride, i).handle);
    database.end_batch(kept, (batch.flags & DLRGW_BATCH_DRY_RUN) == 0);
  }
  static void require(const FakeHost& host, dlrgw_str service) {
    if (host.raw()->get_service(host.raw()->self, service) != nullptr) return;
    throw Error(DLRGW_E_DENIED,
                "needs " + std::string(dlrgw::view(service)) + ", which this fake host does not offer; grant() it");
  }
  static std::string operator_of(const dlrgw_quirk_class& quirk, std::uint32_t i) {
    return std::string(dlrgw::view(at<dlrgw_str>(quirk.operators, quirk.operators_stride, i)));
  }
  template <class Table>
  static std::vector<std::string> names(const std::vector<Registered<Table>>& list) {
    std::vector<std::string> out;
    for (const auto& entry : list) out.emplace_back(dlrgw::view(entry.table->name));
    return out;
  }
  template <class Table>
  static Registered<Table>& find(std::vector<Registered<Table>>& list, std::string_view name) {
    for (auto& entry : list)
      if (dlrgw::view(entry.table->name) == name) return entry;
    throw Error(DLRGW_E_NOT_FOUND, "the plugin contributes nothing called " + std::string(name));
  }
  // Lane 0's, created at first use.
  template <class Table>
  void* instance_of(Registered<Table>& entry) {
    if (entry.instance != nullptr) return entry.instance;
    const Table* table = entry.table;
    void* made = nullptr;
    call([&](dlrgw_error* e) { return table->create(entry.user, 0, &made, e); });
    if (table->activate != nullptr) call([&](dlrgw_error* e) { return table->activate(made, e); });
    instances_.push_back([table, made] {
      if (table->deactivate != nullptr) table->deactivate(made);
      table->destroy(made);
    });
    return entry.instance = made;
  }
  std::string apply(Registered<dlrgw_quirk_class>& quirk, TestReceipt& receipt) {
    void* instance = instance_of(quirk);
    std::uint32_t result = DLRGW_QUIRK_NOT_MINE;
    dlrgw_error error = make_error();
    const std::int32_t code = quirk.table->apply(instance, &receipt.view(), &result, &error);
    if (code == DLRGW_OK && result == DLRGW_QUIRK_HANDLED) return "handled";
    receipt.undo_edits();
    if (code != DLRGW_OK)
      return error.text_len == 0 ? "failed without giving a reason" : std::string(dlrgw::text_of(error));
    return result == DLRGW_QUIRK_NOT_MINE ? "not mine" : "gave an unknown result";
  }
  [[nodiscard]] std::string reason_of(const dlrgw_verdict& verdict) const {
    if (verdict.action == DLRGW_ACTION_CONTINUE || verdict.reason >= plugin_.reason_count) return {};
    return std::string(dlrgw::view(at<dlrgw_reason>(plugin_.reasons, plugin_.reason_stride, verdict.reason).name));
  }
  static dlrgw_batch batch_of(const std::vector<dlrgw_receipt>& views, bool dry_run) {
    return {sizeof(dlrgw_batch),
            static_cast<std::uint32_t>(views.size()),
            sizeof(dlrgw_receipt),
            sizeof(dlrgw_receipt),
            sizeof(dlrgw_verdict),
            dry_run ? DLRGW_BATCH_DRY_RUN : 0U,
            views.data(),
            nullptr,
            1,
            INT64_MAX};
  }

  const dlrgw_plugin& plugin_;
  SqlBackend* const database_;
  void* self_ = nullptr;
  bool created_ = false;
  std::vector<Registered<dlrgw_stage_class>> stages_;
  std::vector<Registered<dlrgw_quirk_class>> quirks_;
  std::vector<Registered<dlrgw_sink_class>> sinks_;
  std::vector<Registered<dlrgw_job_class>> jobs_;
  std::vector<Registered<dlrgw_route_class>> routes_;
  std::vector<std::function<void()>> instances_;
};

}  // namespace dlrgw::testing
