// SPDX-License-Identifier: Apache-2.0
#include "nats/connection.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <optional>
#include <thread>
#include <utility>

#include <dlrgw/cpp/mutex.hpp>

#include "nats/native.hpp"
#include "nats/refusal.hpp"
#include "nats/rotating_options.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kReopenWait{1'000};
constexpr std::chrono::seconds kCloseWait{5};
constexpr std::chrono::seconds kAskWhyEvery{5};  // while there is no connection
constexpr std::uint64_t kLoudRefusals = 10;      // logged one by one, then every kQuietRefusals-th
constexpr std::uint64_t kQuietRefusals = 1'000;

// The library's threads inherit the name of the one that starts them.
natsStatus connect(natsConnection** out, natsOptions* options) {
  char before[16] = "";
  pthread_getname_np(pthread_self(), before, sizeof before);
  name_thread("nats");
  const natsStatus status = natsConnection_Connect(out, options);
  name_thread(before);
  return status;
}

}  // namespace

// Lives until nats.c has made its last call back: every native connection holds a reference through its Link.
struct NatsConnection::Impl : std::enable_shared_from_this<NatsConnection::Impl> {
  // One connection of nats.c, and how its callbacks find their way. Freed by the closed callback, which is the last
  // one.
  struct Link {
    std::shared_ptr<Impl> impl;
    std::uint64_t number = 0;
    std::shared_ptr<const NatsLogin> login;
  };

  Impl(NatsOptions opts, Logger& logger, NatsListener hear)
      : options(std::move(opts)), rotating(options, logger), log(&logger), listener(std::move(hear)) {}

  Status open_native();
  // nats.c tells of attempts in the background only that they failed: one of its own, which is asked for its reason.
  [[nodiscard]] std::string ask_why() const;
  void tell_why(std::uint64_t number);
  void run_reopener(const std::stop_token& stop);
  void refresh_epoch_locked(natsConnection* nc) DLRGW_REQUIRES(mutex);
  void went_up(std::uint64_t number, natsConnection* nc, const NatsLogin& by);
  void went_down(std::uint64_t number, const std::string& reason);

  static void on_disconnected(natsConnection* nc, void* link);
  static void on_connected(natsConnection* nc, void* link);
  static void on_closed(natsConnection* nc, void* link);
  static void on_error(natsConnection* nc, natsSubscription* sub, natsStatus status, void* link);

  [[nodiscard]] std::shared_ptr<natsConnection> current() const {
    const MutexLock guard(mutex);
    return connection;
  }

  const NatsOptions options;
  RotatingOptions rotating;  // chosen from by whoever opens: open(), then the reopener

  mutable Mutex mutex;
  std::condition_variable_any changed;
  std::shared_ptr<natsConnection> connection DLRGW_GUARDED_BY(mutex);
  std::uint64_t link_number DLRGW_GUARDED_BY(mutex) = 0;  // of `connection`, or of the one that is being opened
  std::uint64_t epoch_base DLRGW_GUARDED_BY(mutex) = 0;   // of `connection`; nats.c counts its reconnects from there
  std::uint64_t open_links DLRGW_GUARDED_BY(mutex) = 0;
  bool closing DLRGW_GUARDED_BY(mutex) = false;
  // nats.c gave up (it does after two authentication errors): a new connection is needed.
  bool lost DLRGW_GUARDED_BY(mutex) = false;
  bool renewed DLRGW_GUARDED_BY(mutex) = false;  // files that `connection` does not know yet
  std::string error_text DLRGW_GUARDED_BY(mutex);

  Mutex listener_mutex;  // held while they are called; `mutex` never is
  Logger* log DLRGW_GUARDED_BY(listener_mutex);
  NatsListener listener DLRGW_GUARDED_BY(listener_mutex);

  // Set by the callbacks, not asked of nats.c: it holds its lock during a whole connect attempt.
  std::atomic<bool> up{false};
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<std::uint64_t> permission_errors{0};
  std::jthread reopener;
};

Status NatsConnection::Impl::open_native() {
  if (Status usable = rotating.choose(); !usable) return usable;
  natsOptions* raw = rotating.chosen();
  const auto login = rotating.login();
  std::uint64_t number = 0;
  {
    const MutexLock guard(mutex);
    if (closing) return Error{ErrorCode::kUnavailable, "NATS: the connection was closed"};
    number = ++link_number;
    lost = false;
    renewed = false;
  }
  auto link = std::make_unique<Link>(Link{shared_from_this(), number, login});
  natsOptions_SetDisconnectedCB(raw, &Impl::on_disconnected, link.get());
  natsOptions_SetReconnectedCB(raw, &Impl::on_connected, link.get());
  natsOptions_SetClosedCB(raw, &Impl::on_closed, link.get());
  natsOptions_SetErrorHandler(raw, &Impl::on_error, link.get());
  natsOptions_SetRetryOnFailedConnect(raw, true, &Impl::on_connected, link.get());

  natsConnection* opened = nullptr;
  const natsStatus status = connect(&opened, raw);
  if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED)
    return native::error_of(status, "NATS connection " + options.name);
  (void)link.release();  // on_closed() frees it
  {
    const MutexLock guard(mutex);
    ++open_links;
    connection = std::shared_ptr<natsConnection>(opened, [](natsConnection* nc) { natsConnection_Destroy(nc); });
    epoch_base = epoch.load() + 1;
    epoch.store(epoch_base);
  }
  if (status == NATS_NOT_YET_CONNECTED) {
    tell_why(number);
    const MutexLock guard(mutex);
    return Error{ErrorCode::kUnavailable, "NATS: " + error_text + "; attempts go on"};
  }
  went_up(number, opened, *login);
  return {};
}

std::string NatsConnection::Impl::ask_why() const {
  auto made = rotating.beside();
  if (!made) return made.error().text;
  natsOptions_SetAllowReconnect(made->get(), false);
  natsConnection* opened = nullptr;
  const natsStatus status = connect(&opened, made->get());
  natsConnection_Destroy(opened);
  if (status == NATS_OK) return {};
  const char* text = nats_GetLastError(nullptr);
  return why_refused(status, text != nullptr ? text : "");
}

void NatsConnection::Impl::tell_why(std::uint64_t number) {
  std::string why = ask_why();
  const MutexLock guard(mutex);
  if (number == link_number && !up && !why.empty()) error_text = std::move(why);
}

// nats.c counts a reconnect before the first byte of the new connection is read, so no message is ever newer than the
// number found here.
void NatsConnection::Impl::refresh_epoch_locked(natsConnection* nc) {
  natsStatistics* raw = nullptr;
  if (nc == nullptr || natsStatistics_Create(&raw) != NATS_OK) return;
  const std::unique_ptr<natsStatistics, void (*)(natsStatistics*)> counts(raw, &natsStatistics_Destroy);
  std::uint64_t reconnects = 0;
  if (natsConnection_GetStats(nc, raw) == NATS_OK &&
      natsStatistics_GetCounts(raw, nullptr, nullptr, nullptr, nullptr, &reconnects) == NATS_OK)
    epoch = std::max(epoch.load(), epoch_base + reconnects);
}

void NatsConnection::Impl::went_up(std::uint64_t number, natsConnection* nc, const NatsLogin& by) {
  {
    const MutexLock guard(mutex);
    if (number != link_number || closing) return;
    refresh_epoch_locked(nc);
    up = true;
    error_text.clear();
  }
  rotating.taken(by);
  char server[256] = "";
  natsConnection_GetConnectedServerId(nc, server, sizeof(server));
  const MutexLock guard(listener_mutex);
  if (log != nullptr) log->emit(Level::kInfo, "dlr.nats.connected", {{"serverId", std::string_view(server)}});
  if (listener.on_connected) listener.on_connected();
}

void NatsConnection::Impl::went_down(std::uint64_t number, const std::string& reason) {
  {
    const MutexLock guard(mutex);
    if (number != link_number) return;
    up = false;
    error_text = reason;
    if (closing) return;
    if (renewed) lost = true;
  }
  changed.notify_all();
  const MutexLock guard(listener_mutex);
  if (log != nullptr) log->emit(Level::kWarn, "dlr.nats.disconnected", {{"reason", std::string_view(reason)}});
  if (listener.on_disconnected) listener.on_disconnected(reason);
}

void NatsConnection::Impl::on_connected(natsConnection* nc, void* link) {
  const auto* self = static_cast<Link*>(link);
  self->impl->went_up(self->number, nc, *self->login);
}

void NatsConnection::Impl::on_disconnected(natsConnection* nc, void* link) {
  const auto* self = static_cast<Link*>(link);
  const char* text = nullptr;
  natsConnection_GetLastError(nc, &text);
  self->impl->went_down(self->number,
                        text != nullptr && *text != '\0' ? text : "the connection to the NATS server was lost");
}

void NatsConnection::Impl::on_closed(natsConnection*, void* link) {
  const std::unique_ptr<Link> self(static_cast<Link*>(link));
  const std::shared_ptr<Impl> impl = self->impl;
  if (impl->up) impl->went_down(self->number, "the connection to the NATS server was closed");
  {
    const MutexLock guard(impl->mutex);
    --impl->open_links;
    if (self->number == impl->link_number && !impl->closing) {
      impl->lost = true;
      if (impl->error_text.empty()) impl->error_text = "the server refuses the connection";
    }
  }
  impl->changed.notify_all();
}

void NatsConnection::Impl::on_error(natsConnection* nc, natsSubscription*, natsStatus status, void* link) {
  const std::shared_ptr<Impl> impl = static_cast<Link*>(link)->impl;
  const char* text = nats_GetLastError(nullptr);
  if (text == nullptr || *text == '\0') natsConnection_GetLastError(nc, &text);
  const std::string_view reason = text != nullptr && *text != '\0' ? text : natsStatus_GetText(status);
  const bool permission = status == NATS_NOT_PERMITTED;
  const std::uint64_t count = permission ? impl->permission_errors.fetch_add(1) + 1 : 1;
  if (count > kLoudRefusals && count % kQuietRefusals != 0)
    return;  // the void replies of a whole batch are one event, not 256
  const MutexLock guard(impl->listener_mutex);
  if (impl->log != nullptr)
    impl->log->emit(permission ? Level::kError : Level::kWarn, permission ? "dlr.nats.permission" : "dlr.nats.error",
                    {{"reason", reason}, {"count", static_cast<std::int64_t>(count)}});
}

void NatsConnection::Impl::run_reopener(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::uint64_t number = 0;
    {
      MutexLock guard(mutex);
      const bool gave_up = changed.wait_for(guard, stop, kAskWhyEvery, [this]() DLRGW_REQUIRES(mutex) { return lost; });
      if (stop.stop_requested() || closing) return;
      if (!gave_up) number = link_number;
    }
    if (number != 0) {
      if (!up) tell_why(number);
      continue;
    }
    std::shared_ptr<natsConnection> last;
    {
      MutexLock guard(mutex);
      changed.wait_for(guard, stop, kReopenWait, [] { return false; });
      if (stop.stop_requested() || closing) return;
      if (up) {
        lost = false;  // with what it knew before
        continue;
      }
      last = connection;
    }
    if (last != nullptr) natsConnection_Close(last.get());  // it may still try with what it was made with
    if (const Status opened = open_native(); !opened && opened.error().code != ErrorCode::kUnavailable) {
      const MutexLock guard(mutex);
      error_text = opened.error().text;
      lost = true;
    }
  }
}

NatsConnection::NatsConnection(NatsOptions options, Logger& log, NatsListener listener)
    : impl_(std::make_shared<Impl>(std::move(options), log, std::move(listener))) {}

NatsConnection::~NatsConnection() { close(std::chrono::milliseconds(0)); }

Status NatsConnection::open() {
  Status opened = impl_->open_native();
  if ((opened || opened.error().code == ErrorCode::kUnavailable) && !impl_->reopener.joinable())
    impl_->reopener = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run_reopener(stop); });
  return opened;
}

Status NatsConnection::renew() {
  if (Status usable = impl_->rotating.renew(); !usable) return usable;
  {
    const MutexLock guard(impl_->mutex);
    impl_->renewed = true;
    if (!impl_->up && impl_->connection != nullptr) impl_->lost = true;
  }
  impl_->changed.notify_all();
  return {};
}

void NatsConnection::close(std::chrono::milliseconds flush_for) {
  if (flush_for.count() > 0 && connected()) (void)flush(flush_for);
  std::shared_ptr<natsConnection> last;
  {
    const MutexLock guard(impl_->mutex);
    impl_->closing = true;
    last = impl_->connection;
  }
  if (impl_->reopener.joinable()) {
    impl_->reopener.request_stop();
    impl_->reopener.join();
  }
  if (last != nullptr) natsConnection_Close(last.get());
  {
    MutexLock guard(impl_->mutex);
    impl_->changed.wait_for(guard, kCloseWait,
                            [this]() DLRGW_REQUIRES(impl_->mutex) { return impl_->open_links == 0; });
    impl_->connection.reset();
    impl_->up = false;
  }
  const MutexLock guard(impl_->listener_mutex);
  impl_->log = nullptr;
  impl_->listener = {};
}

const std::string& NatsConnection::api_prefix() const { return impl_->options.api_prefix; }

bool NatsConnection::connected() const { return impl_->up; }

std::uint64_t NatsConnection::epoch() const { return impl_->epoch; }

std::uint64_t NatsConnection::refresh_epoch() {
  if (!connected()) return epoch();
  const MutexLock guard(impl_->mutex);
  impl_->refresh_epoch_locked(impl_->connection.get());
  return impl_->epoch;
}

std::string NatsConnection::last_error() const {
  const MutexLock guard(impl_->mutex);
  return impl_->error_text;
}

Status NatsConnection::publish(std::string_view subject, std::string_view payload) {
  return publish_request(subject, {}, payload);
}

Status NatsConnection::publish_request(std::string_view subject, std::string_view reply, std::string_view payload) {
  const auto nc = impl_->current();
  if (!connected() || nc == nullptr) return Error{ErrorCode::kUnavailable, "NATS is not connected"};
  const std::string to(subject);
  const std::string answer(reply);
  const int size = static_cast<int>(payload.size());
  const natsStatus status =
      answer.empty() ? natsConnection_Publish(nc.get(), to.c_str(), payload.data(), size)
                     : natsConnection_PublishRequest(nc.get(), to.c_str(), answer.c_str(), payload.data(), size);
  if (status != NATS_OK) return native::error_of(status, "NATS publish on " + to);
  return {};
}

Status NatsConnection::flush(std::chrono::milliseconds timeout) {
  const auto nc = impl_->current();
  if (!connected() || nc == nullptr) return Error{ErrorCode::kUnavailable, "NATS is not connected"};
  if (const natsStatus status = natsConnection_FlushTimeout(nc.get(), std::max<std::int64_t>(1, timeout.count()));
      status != NATS_OK)
    return native::error_of(status, "NATS flush");
  return {};
}

std::uint64_t NatsConnection::permission_errors() const { return impl_->permission_errors; }

std::shared_ptr<natsConnection> NatsConnection::native() const { return impl_->current(); }

}  // namespace dlrgw::host
