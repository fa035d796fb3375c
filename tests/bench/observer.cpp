// SPDX-License-Identifier: Apache-2.0
#include "bench/observer.hpp"

#include <atomic>
#include <charconv>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "support/nats_client.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kAckSubjects = "$JS.ACK.SMS_DLR.dlr-processor.>";
constexpr std::size_t kSequenceToken = 5;  // $JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.…
constexpr std::string_view kMessageIdMember = "\"messageId\":\"";
constexpr std::size_t kUuidLength = 36;
constexpr std::int64_t kFlushTimeout_ms = 10'000;
constexpr std::int64_t kStopCheck_ms = 100;

std::optional<std::uint64_t> stream_sequence(std::string_view subject) {
  for (std::size_t token = 0; token < kSequenceToken; ++token) {
    const auto dot = subject.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    subject.remove_prefix(dot + 1);
  }
  std::uint64_t sequence = 0;
  const auto parsed = std::from_chars(subject.data(), subject.data() + subject.size(), sequence);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return sequence;
}

std::string_view data_of(natsMsg* msg) {
  return {natsMsg_GetData(msg), static_cast<std::size_t>(natsMsg_GetDataLength(msg))};
}

template <typename Take>
void read_until(const std::stop_token& stop, natsSubscription* subscription, const Take& take) {
  while (!stop.stop_requested()) {
    natsMsg* next = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&next, subscription, kStopCheck_ms);
    if (status == NATS_TIMEOUT) continue;
    if (status != NATS_OK) return;  // the phase then misses its messages and says so
    const test::NatsMsgPtr msg(next);
    take(msg.get());
  }
}

}  // namespace

struct Observer::Impl {
  explicit Impl(const std::string& url) : ack_client(url), event_client(url) {}

  std::uint64_t base_sequence = 0;
  std::unordered_map<std::string_view, std::size_t> index_of;  // into ids
  std::vector<std::string> ids;
  // Each written by one reader thread; published to readers by the counters.
  std::vector<Clock::time_point> acknowledged_at;
  std::vector<Clock::time_point> relayed_at;
  std::atomic<std::int64_t> acknowledged{0};
  std::atomic<std::int64_t> events{0};
  test::NatsClient ack_client;
  test::NatsClient event_client;
  test::NatsSubscriptionPtr ack_subscription;
  test::NatsSubscriptionPtr event_subscription;
  std::jthread ack_reader;  // last: stopped and joined before what they read goes
  std::jthread event_reader;

  void on_ack(natsMsg* msg) {
    const auto now = Clock::now();
    const std::string_view data = data_of(msg);
    const auto sequence = stream_sequence(natsMsg_GetSubject(msg));
    if (!sequence || *sequence <= base_sequence || (!data.empty() && !data.starts_with("+ACK"))) return;
    const std::size_t index = *sequence - base_sequence - 1;
    if (index >= acknowledged_at.size() || acknowledged_at[index] != Clock::time_point{}) return;
    acknowledged_at[index] = now;
    acknowledged.fetch_add(1, std::memory_order_release);
  }

  void on_event(natsMsg* msg) {
    const auto now = Clock::now();
    const std::string_view data = data_of(msg);
    const auto at = data.find(kMessageIdMember);
    if (at == std::string_view::npos) return;
    const auto found = index_of.find(data.substr(at + kMessageIdMember.size(), kUuidLength));
    if (found == index_of.end()) return;
    relayed_at[found->second] = now;
    events.fetch_add(1, std::memory_order_release);
  }
};

Observer::Observer(test::TestNats& nats, const std::vector<std::string>& message_ids)
    : impl_(std::make_unique<Impl>(nats.admin_url())) {
  impl_->base_sequence = nats.stream_state(test::kInboundStream).value_or(test::StreamState{}).last_seq;
  impl_->ids = message_ids;
  for (std::size_t i = 0; i < impl_->ids.size(); ++i) impl_->index_of.emplace(impl_->ids[i], i);
  impl_->acknowledged_at.resize(message_ids.size());
  impl_->relayed_at.resize(message_ids.size());

  natsSubscription* raw = nullptr;
  test::nats_check(natsConnection_SubscribeSync(&raw, impl_->ack_client.connection(), kAckSubjects),
                   "watch acknowledgements");
  impl_->ack_subscription = test::NatsSubscriptionPtr(raw, {impl_->ack_client.connection()});

  jsSubOptions options;
  test::nats_check(jsSubOptions_Init(&options), "subscribe options");
  options.Stream = test::kCaptureStream;
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverNew;
  jsErrCode error{};
  raw = nullptr;
  test::nats_check(js_SubscribeSync(&raw, impl_->event_client.js(), ">", nullptr, &options, &error), "watch events",
                   error);
  impl_->event_subscription = test::NatsSubscriptionPtr(raw, {impl_->event_client.connection()});
  for (const auto* subscription : {&impl_->ack_subscription, &impl_->event_subscription})
    test::nats_check(natsSubscription_SetPendingLimits(subscription->get(), -1, -1), "set limits");
  for (const auto* client : {&impl_->ack_client, &impl_->event_client})
    test::nats_check(natsConnection_FlushTimeout(client->connection(), kFlushTimeout_ms), "flush");

  Impl& impl = *impl_;
  impl_->ack_reader = std::jthread([&impl](const std::stop_token& stop) {
    read_until(stop, impl.ack_subscription.get(), [&impl](natsMsg* msg) { impl.on_ack(msg); });
  });
  impl_->event_reader = std::jthread([&impl](const std::stop_token& stop) {
    read_until(stop, impl.event_subscription.get(), [&impl](natsMsg* msg) { impl.on_event(msg); });
  });
}

Observer::~Observer() = default;

std::int64_t Observer::acknowledged() const { return impl_->acknowledged.load(std::memory_order_acquire); }
std::int64_t Observer::events() const { return impl_->events.load(std::memory_order_acquire); }
bool Observer::complete() const {
  const auto expected = static_cast<std::int64_t>(impl_->ids.size());
  return acknowledged() >= expected && events() >= kEventsPerReceipt * expected;
}
const std::vector<Clock::time_point>& Observer::acknowledged_at() const { return impl_->acknowledged_at; }
const std::vector<Clock::time_point>& Observer::relayed_at() const { return impl_->relayed_at; }

}  // namespace dlrgw::bench
