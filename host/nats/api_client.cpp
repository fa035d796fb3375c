// SPDX-License-Identifier: Apache-2.0
#include "nats/api_client.hpp"

#include <utility>

#include <dlrgw/cpp/mutex.hpp>

#include "nats/native.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {

struct JetStreamApi::Impl {
  Result<std::string> ask(const std::string& subject, std::chrono::milliseconds timeout);
  Status bind() DLRGW_REQUIRES(mutex);

  NatsConnection& connection;
  const std::string inbox;
  Mutex mutex;  // lets one question through at a time
  std::shared_ptr<natsConnection> nc DLRGW_GUARDED_BY(mutex);
  native::Subscription subscription DLRGW_GUARDED_BY(mutex);
};

Status JetStreamApi::Impl::bind() {
  auto current = connection.native();
  if (!connection.connected() || current == nullptr) return Error{ErrorCode::kUnavailable, "NATS is not connected"};
  if (current == nc && subscription != nullptr) return {};
  subscription.reset();
  nc = std::move(current);
  auto made = native::subscribe(nc.get(), inbox);
  if (!made) return made.error();
  subscription = std::move(*made);
  return {};
}

Result<std::string> JetStreamApi::Impl::ask(const std::string& subject, std::chrono::milliseconds timeout) {
  const MutexLock guard(mutex);
  if (Status bound = bind(); !bound) return bound.error();
  native::Message message;
  const auto next = [&](std::chrono::milliseconds wait)
                        DLRGW_REQUIRES(mutex) { return native::next_message(subscription.get(), wait, message); };
  for (auto late = next(std::chrono::milliseconds(0));
       late == native::Got::kMessage || late == native::Got::kNoResponders;)
    late = next(std::chrono::milliseconds(0));
  if (Status sent = connection.publish_request(subject, inbox, ""); !sent) return sent.error();
  switch (next(timeout)) {
    case native::Got::kMessage:
      break;
    case native::Got::kNoResponders:
      return Error{ErrorCode::kUnavailable,
                   "nobody answers on " + subject + "; is JetStream enabled for this account?"};
    case native::Got::kTimeout:
      return Error{connection.connected() ? ErrorCode::kTransient : ErrorCode::kUnavailable,
                   "no answer on " + subject + "; does this NATS user have the permission to ask?"};
    case native::Got::kGone:
      return Error{ErrorCode::kUnavailable, "NATS was lost before the answer on " + subject};
  }
  return std::string(natsMsg_GetData(message.get()), static_cast<std::size_t>(natsMsg_GetDataLength(message.get())));
}

JetStreamApi::JetStreamApi(NatsConnection& connection, std::string inbox)
    : impl_(new Impl{connection, std::move(inbox), {}, {}, {}}) {}
JetStreamApi::~JetStreamApi() = default;

Result<StreamInfo> JetStreamApi::stream_info(std::string_view stream, std::chrono::milliseconds timeout) {
  auto body = impl_->ask(subjects::stream_info(impl_->connection.api_prefix(), stream), timeout);
  if (!body) return body.error();
  return parse_stream_info(*body);
}

Result<ConsumerInfo> JetStreamApi::consumer_info(std::string_view stream, std::string_view consumer,
                                                 std::chrono::milliseconds timeout) {
  auto body = impl_->ask(subjects::consumer_info(impl_->connection.api_prefix(), stream, consumer), timeout);
  if (!body) return body.error();
  return parse_consumer_info(*body);
}

}  // namespace dlrgw::host
