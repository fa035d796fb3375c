// SPDX-License-Identifier: Apache-2.0
#include "app/gateway.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "app/certificate_watch.hpp"
#include "app/intake_clock.hpp"
#include "app/options.hpp"
#include "app/replica.hpp"
#include "app/stats_writer.hpp"
#include "app/supervisor.hpp"
#include "app/watchdog.hpp"
#include "boundary/crash_line.hpp"
#include "boundary/loading/private_copy.hpp"
#include "boundary/services/abi_values.hpp"
#include "control/control_socket.hpp"
#include "control/local_call.hpp"
#include "control/pipeline_manager.hpp"
#include "control/shared_parts.hpp"
#include "control/upkeep.hpp"
#include "http/login_routes.hpp"
#include "http/server.hpp"
#include "nats/publish_slots.hpp"
#include "pipeline/held_receipts.hpp"
#include "pipeline/invalid_rows.hpp"
#include "pipeline/lane.hpp"
#include "pipeline/submit.hpp"
#include "pipeline/waiting_room.hpp"
#include "support/service_notify.hpp"
#include "support/version.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

constexpr auto kProbeAtStart = 3s;
constexpr auto kJobPatience = 10s;  // at the end; jobs promise to return within 2 s

// The SDK's items → one bulk publish → the results back.
void publish_items(PublishSlots& slots, std::span<dlrgw_publish_item*> items, std::uint32_t timeout_ms) {
  const auto view = [](dlrgw_str s) { return std::string_view(s.len == 0 ? "" : s.ptr, s.len); };
  std::vector<PublishItem> bulk;
  bulk.reserve(items.size());
  for (const dlrgw_publish_item* item : items) {
    bulk.push_back({view(item->subject),
                    view(item->msg_id),
                    view(item->schema),
                    view(item->traceparent),
                    view(item->payload),
                    std::nullopt,
                    {}});
  }
  slots.publish(bulk, std::chrono::milliseconds(timeout_ms));
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i]->result = bulk[i].result ? static_cast<std::int32_t>(*bulk[i].result) : DLRGW_OK;
  }
}

CallLimits call_limits(const WatchdogConfig& w) {
  using std::chrono::microseconds;
  return {microseconds(w.stage_us), microseconds(w.quirk_us), microseconds(w.control_us), microseconds(w.route_us),
          microseconds(w.job_us)};
}

std::string address(const std::string& host, std::uint16_t port) { return host + ":" + std::to_string(port); }

class Gateway {
 public:
  Gateway(const Config& config, PipelineManager::ConfigReader reader, Logger& logger)
      : config_(config),
        logger_(logger),
        shared_(config, logger),
        claimed_(replica_of(config, shared_.locks, logger)),
        replica_(claimed_.value_or(0)),
        watchdog_({logger, shared_.host_metrics, shared_.health, call_limits(config.watchdog),
                   std::chrono::microseconds(config.gateway.shutdown_timeout_us),
                   [this](const RunningCall& call, const std::string& why) { give_up(call, why); }}),
        replica_lock_(shared_.locks, replica_key(replica_)),
        nats_(nats_options(config), logger),
        slots_(nats_, replica_, subjects::kFirstPublishSlot, subjects::kInboxSlots - 1),
        intake_(intake_options(config, replica_), nats_, shared_.clock, logger, observer()),
        supervisor_({logger, shared_.host_metrics, shared_.health, intake_, shared_.pool("svc"), shared_.pool("relay"),
                     replica_lock_, std::to_string(replica_), [this] { tell_manager(); },
                     [this] { return manager_.check_schema(); }, [this] { return lanes_.goes_on(); },
                     [this] { return since_commit(); }, [this] { return lanes_.busy() > 0; }}),
        waiting_({config.intake.hold_after_us, config.intake.max_ack_pending, config.intake.hold_share,
                  config.intake.quirk_hold_share}),
        lanes_({shared_.clock, logger, shared_.host_metrics, shared_.metrics, shared_.pool("svc"), invalid_rows_,
                intake_, snapshots_, ingest_stats_, waiting_, static_cast<std::uint32_t>(config.intake.max_retries),
                [this](const std::string& dependency, const std::string& text) {
                  supervisor_.dependency_lost(dependency, text);
                },
                [this](const std::string& dependency, const std::string& text) {
                  supervisor_.work_blocked(dependency, text);
                },
                [this] { manager_.wake_job(kHeldJob); },
                [this](std::uint32_t lane, const std::shared_ptr<Snapshot>& hung) {
                  return manager_.renew_lane(lane, hung);
                },
                static_cast<std::uint32_t>(config.watchdog.replacements)},
               lane_count(config), lanes_at_once(config, std::thread::hardware_concurrency())),
        // One set of instances more than lanes: the submissions'.
        manager_(
            config, std::move(reader),
            [this](const Config& c, const Pipeline& pipeline) { return router_for(c, pipeline); }, shared_, snapshots_,
            routes_, lane_count(config) + 1),
        submitter_({shared_.clock, logger, shared_.host_metrics, shared_.metrics, shared_.pool("svc"), invalid_rows_,
                    ingest_stats_, waiting_, static_cast<std::uint32_t>(config.intake.max_retries)},
                   snapshots_, lane_count(config)),
        held_({shared_.clock, logger, shared_.host_metrics, ingest_stats_, shared_.pool("svc"), invalid_rows_,
               [this](const Submission& submission) { return submitter_.submit(submission); }}),
        stats_writer_(ingest_stats_, shared_.pool("svc"), shared_.clock, logger, config.gateway.instance),
        certificates_(config, shared_.host_metrics),
        intake_clock_([this] { return intake_.status(); }, shared_.pool("svc"), shared_.clock, config.gateway.instance),
        control_socket_(config.gateway.state_dir, [this](std::string_view request) { return on_request(request); }) {
    shared_.services.publish = [this](std::span<dlrgw_publish_item*> items, std::uint32_t timeout_ms) {
      publish_items(slots_, items, timeout_ms);
    };
    shared_.services.wake_job = [this](std::string_view job) { manager_.wake_job(job); };
    shared_.services.submit = [this](const Submission& submission) { return submitter_.submit(submission); };
    shared_.services.control = &manager_;
    shared_.host_jobs.push_back(held_job());
    const NatsConfig& nats = config.nats;
    shared_.rotation.add(nats.creds_file.empty() ? "nats.password_file" : "nats.creds_file",
                         {nats.password_file, nats.creds_file}, [this] { return nats_.renew(); });
    shared_.rotation.add("nats.tls_cert", {nats.tls_ca, nats.tls_cert, nats.tls_key}, [this] { return nats_.renew(); });
  }

  int run(std::vector<std::string>& errors) {
    if (!claimed_) return 0;
    watchdog_.start();
    if (!know_crashes(errors)) return 1;
    if (!sessions_can_be_used(errors) || !build(errors)) return 1;
    switch (claim_replica(replica_lock_)) {
      case Claim::kTaken:
        errors.push_back("replica " + std::to_string(replica_) +
                         " is held by another gateway on this database; give each gateway its own DLRGW_REPLICA");
        return 1;
      case Claim::kStopped:
        return 0;
      case Claim::kHeld:
        break;
    }
    if (!start_http(errors)) return 1;
    if (Status listening = control_socket_.start(); !listening) {
      errors.push_back(listening.error().text);
      return 1;
    }
    start_work();
    service_.ready();
    serve();
    service_.stopping();
    watchdog_.ending();
    drain();
    return 0;
  }

 private:
  IntakeObserver observer() {
    return {{}, [this](const std::string&) { shared_.host_metrics.dependency_error("nats"); }, {}};
  }

  bool know_crashes(std::vector<std::string>& errors) {
    const Result<LastRun> before = watch_for_crashes(config_.gateway.state_dir);
    if (!before) {
      errors.push_back(before.error().text);
      return false;
    }
    const std::string last = crash_of_last_run(config_.gateway.state_dir);
    if (!before->crash.empty())
      logger_.emit(Level::kError, "dlr.plugin.crashed", {{"lastRun", std::string_view(last)}});
    if (before->without_a_word) logger_.emit(Level::kWarn, "dlr.gateway.killed", {{"lastRun", std::string_view(last)}});
    return true;
  }

  bool build(std::vector<std::string>& errors) {
    if (const auto removed = remove_dead_copies(config_.gateway.state_dir); !removed) {
      errors.push_back(removed.error().text);
      return false;
    }
    return manager_.build(errors);
  }

  // Reports at the start what no waiting can mend. A server that is away is waited for, and each pool checks the same
  // once it is back.
  bool sessions_can_be_used(std::vector<std::string>& errors) {
    for (const std::string_view name : StorageConfig::kPools)
      if (const Status answer = shared_.pool(name).probe(kProbeAtStart);
          !answer && answer.error().code == ErrorCode::kDenied)
        errors.push_back(answer.error().text);
    return errors.empty();
  }

  Result<std::shared_ptr<const Router>> router_for(const Config& config, const Pipeline& pipeline) {
    auto router = std::make_shared<Router>();
    Status added = builtin_routes(
        *router, [this] { return lanes_.any_left(); }, [this] { return supervisor_.ready(); },
        [this] { return shared_.metrics.expose(); }, config.http.metrics_open);
    if (added)
      added = login_routes(
          *router, [this](std::string_view token) { return tokens_->verify(token); }, !config.http.tls_cert.empty());
    if (added) added = add_plugin_routes(*router, pipeline.routes, pipeline.snapshot, {shared_.host_metrics, logger_});
    if (!added) return added.error();
    return std::shared_ptr<const Router>(std::move(router));
  }

  bool start_http(std::vector<std::string>& errors) {
    HttpServerOptions options;
    options.public_endpoint = {config_.http.public_address.host, config_.http.public_address.port};
    options.admin_endpoint = {config_.http.admin_address.host, config_.http.admin_address.port};
    options.tls_certificate = config_.http.tls_cert;
    options.tls_key = config_.http.tls_key;
    options.admin_client_ca = config_.http.admin_client_ca;
    tokens_.emplace(TokenSettings{config_.http.jwks_file, config_.http.jwt_issuer, config_.http.jwt_audience},
                    shared_.clock, logger_);
    http_.emplace(options, routes_, logger_, &*tokens_);
    if (Status started = http_->start(); !started) {
      errors.push_back(started.error().text);
      return false;
    }
    const HttpConfig& http = config_.http;
    shared_.rotation.add("http.tls_cert", {http.tls_cert, http.tls_key, http.admin_client_ca},
                         [this] { return http_->renew_tls(); });
    shared_.rotation.add("http.jwks_file", {http.jwks_file}, [this] { return tokens_->renew(); });
    logger_.emit(Level::kInfo, "dlr.http.listening",
                 {{"public", address(options.public_endpoint.host, http_->port(Listener::kPublic))},
                  {"admin", address(options.admin_endpoint.host, http_->port(Listener::kAdmin))}});
    return true;
  }

  void start_work() {
    if (Status open = nats_.open(); !open) {
      logger_.emit(Level::kError, "dlr.consumer.disconnected", {{"reason", open.error().text}});
    }
    supervisor_.start();
    shared_.rotation.start();
    intake_.start();
    lanes_.start();
    lanes_run_ = true;
    stats_writer_.start();
    intake_clock_.start();
    manager_.start_jobs();
  }

  // Feeds the service manager's watchdog while the lanes make progress: no lane has spent two thirds of the watchdog's
  // time in one run of a batch. A batch ends within its deadline of 20 s; one that does not is stuck in a plugin or a
  // library, and only a restart helps.
  void tell_manager() {
    tell_held();
    certificates_.tell();
    if (lanes_.longest_run_us() < (service_.watchdog() * 2 / 3).count()) service_.alive();
  }

  // [watchdog] The other lanes go on; what it carried comes again.
  void give_up(const RunningCall& call, const std::string& why) {
    if (!lanes_run_) return;
    // "stage acme.check: process"
    const std::string what = call.what.substr(0, call.what.find(':'));
    const std::string name = what.substr(std::min(what.find(' ') + 1, what.size()));
    (void)lanes_.give_up(call.lane, call.id, {FailureKind::kHang, name, call.plugin, {}, why, what});
  }

  std::chrono::microseconds since_commit() const {
    return std::chrono::microseconds(shared_.clock.monotonic_us() - std::max(lanes_.last_commit_us(), started_us_));
  }

  // Sets the gauge of held receipts: those waiting in this process and, on the host that leads the job, those put away
  // in the table. Summed over all hosts, each receipt counts once.
  void tell_held() {
    waiting_.consumer_says(intake_.status().ack_pending, shared_.clock.monotonic_us());
    std::map<std::string, std::size_t> counts = waiting_.by_reason();
    for (const auto& [reason, count] : held_.held()) counts[reason] += count;
    for (const std::string& reason : told_held_)
      if (!counts.contains(reason)) counts[reason] = 0;
    for (const auto& [reason, count] : counts) {
      shared_.host_metrics.held_receipts(reason, count);
      told_held_.insert(reason);
    }
  }

  JobSlot held_job() {
    JobSlot job;
    job.name = kHeldJob;
    job.plugin = kHostPlugin;
    job.schedule_text = "every 15s";
    job.schedule = *Schedule::parse(job.schedule_text);
    job.singleton = true;
    job.user = &held_;
    job.table.struct_size = sizeof job.table;
    job.table.run = [](void* user, const dlrgw_job_context* context, dlrgw_error* error) -> std::int32_t {
      const Status done =
          static_cast<HeldReceipts*>(user)->turn([context] { return context->should_stop(context->self) != 0; });
      return answer(error, done);
    };
    return job;
  }

  Result<std::string> on_request(std::string_view request) {
    if (request != kReloadRequest) return call_locally(routes_, request);
    if (Status done = manager_.reload(); !done) return done.error();
    return manager_.told();
  }

  // Until a stop signal; SIGHUP reads the configuration again, and the log tells how that went.
  void serve() {
    sigset_t set = stop_signals();
    sigaddset(&set, SIGHUP);
    for (int signal = 0; sigwait(&set, &signal) == 0 && signal == SIGHUP;) (void)manager_.reload();
  }

  // Lanes finish the batches they carry and the relay finishes what it has begun; receipts that only wait go back to
  // the stream.
  void drain() {
    logger_.emit(Level::kInfo, "dlr.consumer.draining", {});
    control_socket_.stop();  // no change begins any more
    shared_.rotation.stop();
    supervisor_.draining();
    intake_.drain();
    lanes_.stop();
    lanes_run_ = false;
    stats_writer_.stop();
    intake_clock_.stop();
    const std::vector<std::string> stuck = manager_.stop_jobs(kJobPatience);
    intake_.stop();
    supervisor_.stop();
    http_->stop();
    nats_.close(2s);
    replica_lock_.release();
    for (const std::string& job : stuck) {
      logger_.emit(Level::kError, "dlr.plugin.failed",
                   {{"job", job}, {"reason", "ignores that it was told to stop; the gateway ends without it"}});
    }
    logger_.emit(Level::kInfo, "dlr.consumer.stopped", {});
    // The thread of what is stuck still uses what would be destroyed. Every batch is settled.
    if (!stuck.empty() || lanes_.lost_inside() != 0) watchdog_.abandon_all("a plugin does not come back");
  }

  const Config& config_;
  Logger& logger_;
  const ServiceNotify service_;
  SharedParts shared_;
  const std::optional<unsigned> claimed_;
  const unsigned replica_;
  Watchdog watchdog_;  // sees to all below
  LeaderLock replica_lock_;
  NatsConnection nats_;
  PublishSlots slots_;
  Intake intake_;
  SnapshotHolder snapshots_;
  RouteTable routes_;
  std::optional<TokenVerifier> tokens_;
  const Statement invalid_rows_ = invalid_rows_statement();
  Supervisor supervisor_;
  WaitingRoom waiting_;
  IngestStats ingest_stats_;
  LanePool lanes_;
  std::atomic<bool> lanes_run_{false};
  PipelineManager manager_;
  Submitter submitter_;
  HeldReceipts held_;
  std::set<std::string> told_held_;  // only tell_held() uses it
  const std::int64_t started_us_ = shared_.clock.monotonic_us();
  StatsWriter stats_writer_;
  CertificateWatch certificates_;
  IntakeClock intake_clock_;
  ControlSocket control_socket_;
  std::optional<HttpServer> http_;
};

}  // namespace

void block_signals() {
  sigset_t set = stop_signals();
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int run_gateway(const Config& config, ConfigReader reader, Logger& logger, std::vector<std::string>& errors) {
  const int code = Gateway(config, std::move(reader), logger).run(errors);
  end_crash_watch();
  return code;
}

}  // namespace dlrgw::host
