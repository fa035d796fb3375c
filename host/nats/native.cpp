// SPDX-License-Identifier: Apache-2.0
#include "nats/native.hpp"

#include <charconv>
#include <cstdint>

namespace dlrgw::host::native {
namespace {

constexpr std::int64_t kFlushWait_ms = 1000;
// Without a server nothing new arrives; the reader thread needs microseconds for what it has.
constexpr std::int64_t kReaderWait_ms = 10;

}  // namespace

Error error_of(natsStatus status, const std::string& what) {
  const std::string text = what + ": " + natsStatus_GetText(status);
  switch (status) {
    case NATS_CONNECTION_CLOSED:
    case NATS_CONNECTION_DISCONNECTED:
    case NATS_NO_SERVER:
    case NATS_STALE_CONNECTION:
    case NATS_IO_ERROR:
    case NATS_INSUFFICIENT_BUFFER:
    case NATS_NOT_YET_CONNECTED:
    case NATS_DRAINING:
    case NATS_CONNECTION_AUTH_FAILED:
      return {ErrorCode::kUnavailable, text};
    case NATS_TIMEOUT:
      return {ErrorCode::kTransient, text};
    case NATS_MAX_PAYLOAD:
      return {ErrorCode::kData, text};
    case NATS_NOT_PERMITTED:
      return {ErrorCode::kDenied, text};
    case NATS_NO_RESPONDERS:
    case NATS_NOT_FOUND:
      return {ErrorCode::kNotFound, text};
    case NATS_INVALID_ARG:
    case NATS_INVALID_SUBJECT:
    case NATS_ADDRESS_MISSING:
    case NATS_SSL_ERROR:
      return {ErrorCode::kInvalid, text};
    default:
      return {ErrorCode::kInternal, text};
  }
}

std::string_view header(natsMsg* message, const char* name) {
  const char* value = nullptr;
  if (natsMsgHeader_Get(message, name, &value) != NATS_OK || value == nullptr) return {};
  return value;
}

int status_code(natsMsg* message) {
  if (natsMsg_GetDataLength(message) != 0) return 0;
  const std::string_view text = header(message, "Status");
  int code = 0;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code;
}

Got next_message(natsSubscription* subscription, std::chrono::milliseconds wait, Message& out) {
  natsMsg* raw = nullptr;
  const natsStatus status = natsSubscription_NextMsg(&raw, subscription, wait.count());
  out.reset(raw);
  switch (status) {
    case NATS_OK:
      return status_code(raw) == 503 ? Got::kNoResponders : Got::kMessage;
    case NATS_NO_RESPONDERS:
      return Got::kNoResponders;
    case NATS_TIMEOUT:
      return Got::kTimeout;
    default:
      return Got::kGone;
  }
}

void SubscriptionDeleter::operator()(natsSubscription* subscription) const {
  // Before its version 3.6 nats.c frees a subscription that its reader thread may just have looked up for a message,
  // and then aborts the process. Unsubscribed it is found no more, and whoever has found it has gone on by the time the
  // server's answer to a flush is read.
  natsSubscription_Unsubscribe(subscription);
  if (natsConnection_FlushTimeout(connection, kFlushWait_ms) != NATS_OK && !natsConnection_IsClosed(connection))
    nats_Sleep(kReaderWait_ms);
  natsSubscription_Destroy(subscription);
}

Result<Subscription> subscribe(natsConnection* connection, const std::string& inbox) {
  natsSubscription* raw = nullptr;
  if (const natsStatus status = natsConnection_SubscribeSync(&raw, connection, inbox.c_str()); status != NATS_OK)
    return error_of(status, "NATS subscription " + inbox);
  Subscription subscription(raw, {connection});
  if (const natsStatus status = natsSubscription_SetPendingLimits(raw, -1, -1); status != NATS_OK)
    return error_of(status, "NATS subscription " + inbox + ", pending limits");
  return subscription;
}

}  // namespace dlrgw::host::native
