// SPDX-License-Identifier: Apache-2.0
#include "nats/pull_subscription.hpp"

#include <utility>
#include <vector>

#include "nats/native.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kKeepUsed = 256;

}  // namespace

struct PullSubscription::Impl {
  NatsConnection& connection;
  std::shared_ptr<natsConnection> nc;  // keeps the connection that the subscription belongs to
  std::uint64_t epoch = 0;
  std::string next_subject;
  std::string inbox;
  native::Subscription subscription;
  // Freed together, when nothing waits: nats.c would wake a thread of its own for every single one.
  std::vector<native::Message> used;
};

PullSubscription::PullSubscription(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PullSubscription::~PullSubscription() = default;

Result<std::unique_ptr<PullSubscription>> PullSubscription::open(NatsConnection& connection, std::string stream,
                                                                 std::string consumer, std::string inbox) {
  // The epoch is read first: a reconnect in between makes this object old at once, never a new one with an old number.
  const std::uint64_t epoch = connection.refresh_epoch();
  auto nc = connection.native();
  if (!connection.connected() || nc == nullptr) return Error{ErrorCode::kUnavailable, "NATS is not connected"};
  auto subscription = native::subscribe(nc.get(), inbox);
  if (!subscription) return subscription.error();
  return std::unique_ptr<PullSubscription>(new PullSubscription(
      std::unique_ptr<Impl>(new Impl{connection,
                                     std::move(nc),
                                     epoch,
                                     subjects::next_message(connection.api_prefix(), stream, consumer),
                                     std::move(inbox),
                                     std::move(*subscription),
                                     {}})));
}

std::uint64_t PullSubscription::epoch() const { return impl_->epoch; }

Status PullSubscription::request(std::uint32_t batch, std::chrono::milliseconds expires) {
  if (impl_->connection.epoch() != impl_->epoch) return Error{ErrorCode::kUnavailable, "NATS has reconnected"};
  const std::string body = "{\"batch\":" + std::to_string(batch) +
                           ",\"expires\":" + std::to_string(std::chrono::nanoseconds(expires).count()) + "}";
  return impl_->connection.publish_request(impl_->next_subject, impl_->inbox, body);
}

Pulled PullSubscription::next(std::chrono::milliseconds timeout) {
  if (timeout.count() > 0 || impl_->used.size() >= kKeepUsed) impl_->used.clear();
  native::Message message;
  switch (native::next_message(impl_->subscription.get(), timeout, message)) {
    case native::Got::kGone:
      return PullDisconnected{};
    case native::Got::kNoResponders:
      return EndOfRequest{503, "nobody answers for this consumer"};
    case native::Got::kTimeout:
      if (!impl_->connection.connected() || impl_->connection.refresh_epoch() != impl_->epoch)
        return PullDisconnected{};
      return PullTimeout{};
    case native::Got::kMessage:
      break;
  }
  natsMsg* raw = message.get();
  impl_->used.push_back(std::move(message));
  const char* reply = natsMsg_GetReply(raw);
  if (reply == nullptr || *reply == '\0') {
    const int code = native::status_code(raw);
    if (code == 0 || code == 100) return PullTimeout{};  // a heartbeat, or nothing that a consumer sends
    return EndOfRequest{code, std::string(native::header(raw, "Description"))};
  }
  return PulledMessage{std::string(natsMsg_GetData(raw), static_cast<std::size_t>(natsMsg_GetDataLength(raw))),
                       std::string(native::header(raw, "traceparent")), reply};
}

// Draining keeps the queue readable. It only sends the word and does not wait for the server: the flush does, and its
// answer comes behind all that the server had sent.
bool PullSubscription::unsubscribe(std::chrono::milliseconds timeout) {
  if (natsSubscription_DrainTimeout(impl_->subscription.get(), timeout.count()) != NATS_OK) return false;
  return static_cast<bool>(impl_->connection.flush(timeout));
}

}  // namespace dlrgw::host
