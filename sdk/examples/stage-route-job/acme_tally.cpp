// SPDX-License-Identifier: Apache-2.0
// Tallies receipts by status: a stage that sees them pass, a route that shows the tally, a job that logs it.
#include <map>
#include <string>

#include <dlrgw/cpp/mutex.hpp>
#include <dlrgw/plugin.hpp>

namespace acme {

// Shared by all lanes, the route and the job.
class Tally {
 public:
  void add(std::string_view status) {
    const dlrgw::MutexLock lock(mutex_);
    ++counts_[std::string(status)];
  }
  // {"DELIVERED": 3, …}
  std::string json() const {
    const dlrgw::MutexLock lock(mutex_);
    dlrgw::JsonWriter out;
    out.begin_object();
    for (const auto& [status, count] : counts_) out.member(status, count);
    out.end_object();
    return out.take();
  }

 private:
  mutable dlrgw::Mutex mutex_;
  std::map<std::string, std::int64_t> counts_ DLRGW_GUARDED_BY(mutex_);
};

class TallyStage final : public dlrgw::Stage {
 public:
  explicit TallyStage(Tally& tally) : tally_(tally) {}

  // May run again for the same receipts: it decides and changes nothing else.
  void process(dlrgw::Batch& batch) override {
    for (std::uint32_t i = 0; i < batch.size(); ++i) batch.pass(i);
  }
  // Happens once per receipt, after the commit: here is the place to count.
  void settled(const dlrgw::Settled& settled) override {
    for (std::uint32_t i = 0; i < settled.size(); ++i) {
      if (settled.committed(i)) tally_.add(to_string(settled[i].status()));
    }
  }

 private:
  Tally& tally_;
};

constexpr dlrgw_option kOptions[] = {
    dlrgw::option("report_every", DLRGW_OPTION_STRING, "1m", "how often the tally is logged: 1m, 1h, …"),
};

class AcmeTally {
 public:
  static dlrgw::PluginInfo info() {
    return {.id = "acme-tally",
            .version = "1.0.0",
            .vendor = "Acme",
            .description = "Tallies receipts by status",
            .options = kOptions};
  }

  AcmeTally(dlrgw::Host host, dlrgw::Registrar& registrar) : log_(host) {
    registrar.stage({.name = "acme.tally", .needs = {"status"}, .flags = DLRGW_STAGE_OFFLINE},
                    [this](std::uint32_t) { return std::make_unique<TallyStage>(tally_); });
    registrar.route(
        {.listener = DLRGW_LISTENER_ADMIN, .pattern = "/acme/tally", .scope = "dlr:admin"},
        [this](const dlrgw::HttpRequest&, dlrgw::HttpResponse& response) { response.json(200, tally_.json()); });
    const std::string schedule = "every " + std::string(*dlrgw::Config(host).text("report_every"));
    registrar.job({.name = "acme.tally.report", .schedule = schedule}, [this](const dlrgw::JobContext&) {
      log_.info("acme.tally", 0, {dlrgw::field("tally", tally_.json())});
    });
  }

 private:
  dlrgw::Log log_;
  Tally tally_;
};

}  // namespace acme

DLRGW_PLUGIN(acme::AcmeTally)
