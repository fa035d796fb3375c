// SPDX-License-Identifier: Apache-2.0
#include "support/nats_client.hpp"

#include <stdexcept>

namespace dlrgw::test {
namespace {
constexpr std::int64_t kMaxPublishesOutstanding = 8192;
constexpr std::int64_t kStallWait_ms = 30'000;
constexpr std::int64_t kUnsubscribeWait_ms = 5'000;
}  // namespace

void nats_check(natsStatus status, const std::string& what, jsErrCode js_error) {
  if (status == NATS_OK) return;
  const char* last = nats_GetLastError(nullptr);
  throw std::runtime_error("NATS: " + what + ": " + natsStatus_GetText(status) + " (JetStream error " +
                           std::to_string(static_cast<int>(js_error)) + ") " + (last == nullptr ? "" : last));
}

void NatsUnsubscribe::operator()(natsSubscription* subscription) const {
  natsSubscription_Unsubscribe(subscription);
  natsConnection_FlushTimeout(connection, kUnsubscribeWait_ms);
  natsSubscription_Destroy(subscription);
}

NatsClient::NatsClient(const std::string& url, const std::string& inbox_prefix, jsPubAckErrHandler on_publish_error,
                       void* closure) {
  natsOptions* raw_options = nullptr;
  nats_check(natsOptions_Create(&raw_options), "create options");
  const NatsOptionsPtr options(raw_options);
  nats_check(natsOptions_SetURL(options.get(), url.c_str()), "set URL");
  nats_check(natsOptions_SetAllowReconnect(options.get(), false), "set reconnect");
  if (!inbox_prefix.empty())
    nats_check(natsOptions_SetCustomInboxPrefix(options.get(), inbox_prefix.c_str()), "set inbox prefix");
  natsConnection* raw_connection = nullptr;
  nats_check(natsConnection_Connect(&raw_connection, options.get()), "connect");
  connection_.reset(raw_connection);

  jsOptions js_options;
  nats_check(jsOptions_Init(&js_options), "JetStream options");
  js_options.PublishAsync.MaxPending = kMaxPublishesOutstanding;
  js_options.PublishAsync.StallWait = kStallWait_ms;
  js_options.PublishAsync.ErrHandler = on_publish_error;
  js_options.PublishAsync.ErrHandlerClosure = closure;
  jsCtx* raw_js = nullptr;
  nats_check(natsConnection_JetStream(&raw_js, connection_.get(), &js_options), "JetStream context");
  js_.reset(raw_js);
}

}  // namespace dlrgw::test
