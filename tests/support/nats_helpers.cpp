// SPDX-License-Identifier: Apache-2.0
// The administrator's side of TestNats: publishing, reading a stream back, states, creating streams.
#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>

#include "support/nats.hpp"
#include "support/nats_client.hpp"
#include "support/nats_permissions.hpp"
#include "support/private_data.hpp"

namespace dlrgw::test {
namespace {

constexpr std::int64_t kPublishDeadline_ms = 60'000;
constexpr std::int64_t kPublishLook_ms = 500;
constexpr std::int64_t kReadDeadline_ms = 10'000;
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

struct PublishErrors {
  std::atomic<int> count{0};
};

void on_publish_error(jsCtx*, jsPubAckErr*, void* closure) { static_cast<PublishErrors*>(closure)->count++; }

NatsMsgPtr to_nats(const NatsMessage& message) {
  natsMsg* raw = nullptr;
  nats_check(natsMsg_Create(&raw, message.subject.c_str(), nullptr, message.data.data(),
                            static_cast<int>(message.data.size())),
             "create message");
  NatsMsgPtr msg(raw);
  if (!message.msg_id.empty())
    nats_check(natsMsgHeader_Set(msg.get(), "Nats-Msg-Id", message.msg_id.c_str()), "set header");
  for (const auto& [name, value] : message.headers)
    nats_check(natsMsgHeader_Set(msg.get(), name.c_str(), value.c_str()), "set header");
  return msg;
}

NatsMessage from_nats(natsMsg* msg) {
  NatsMessage result;
  result.subject = natsMsg_GetSubject(msg);
  result.data.assign(natsMsg_GetData(msg), static_cast<std::size_t>(natsMsg_GetDataLength(msg)));
  const char** keys = nullptr;
  int count = 0;
  if (natsMsgHeader_Keys(msg, &keys, &count) == NATS_OK) {
    for (int i = 0; i < count; ++i) {
      const char* value = nullptr;
      if (natsMsgHeader_Get(msg, keys[i], &value) != NATS_OK) continue;
      if (std::string(keys[i]) == "Nats-Msg-Id")
        result.msg_id = value;
      else
        result.headers[keys[i]] = value;
    }
    free(keys);
  }
  jsMsgMetaData* meta = nullptr;
  nats_check(natsMsg_GetMetaData(&meta, msg), "message metadata");
  result.seq = meta->Sequence.Stream;
  jsMsgMetaData_Destroy(meta);
  return result;
}

void add_stream(jsCtx* js, const char* name, const char** subjects, int subject_count, std::int64_t max_age_ns,
                std::int64_t duplicates_ns) {
  jsStreamConfig config;
  nats_check(jsStreamConfig_Init(&config), "stream config");
  config.Name = name;
  config.Subjects = subjects;
  config.SubjectsLen = subject_count;
  config.Storage = js_FileStorage;
  config.Retention = js_LimitsPolicy;
  config.Discard = js_DiscardOld;
  config.MaxAge = max_age_ns;
  config.Duplicates = duplicates_ns;
  jsErrCode error{};
  nats_check(js_AddStream(nullptr, js, &config, nullptr, &error), std::string("add stream ") + name, error);
}

void update_stream(const std::string& admin_url, const char* stream,
                   const std::function<void(jsStreamConfig&)>& change) {
  const NatsClient admin(admin_url);
  jsStreamInfo* raw = nullptr;
  jsErrCode error{};
  nats_check(js_GetStreamInfo(&raw, admin.js(), stream, nullptr, &error), std::string("info of stream ") + stream,
             error);
  const JsStreamInfoPtr info(raw);
  jsStreamConfig config = *info->Config;  // borrows everything from info
  change(config);
  nats_check(js_UpdateStream(nullptr, admin.js(), &config, nullptr, &error), std::string("update stream ") + stream,
             error);
}

template <class Change>
void update_consumer(const std::string& admin_url, Change change) {
  const NatsClient admin(admin_url);
  jsConsumerInfo* raw = nullptr;
  jsErrCode error{};
  nats_check(js_GetConsumerInfo(&raw, admin.js(), kInboundStream, kInboundConsumer, nullptr, &error), "consumer info",
             error);
  const JsConsumerInfoPtr info(raw);
  jsConsumerConfig config = *info->Config;
  change(config);
  nats_check(js_UpdateConsumer(nullptr, admin.js(), kInboundStream, &config, nullptr, &error), "update consumer",
             error);
}

}  // namespace

void TestNats::publish(std::span<const NatsMessage> messages, bool as_admin) {
  PublishErrors errors;
  const NatsClient client(as_admin ? admin_url() : connector_url(), as_admin ? "" : kNatsConnectorInbox,
                          on_publish_error, &errors);
  for (const auto& message : messages) {
    note_private_payload(message.data);
    NatsMsgPtr msg = to_nats(message);
    natsMsg* raw = msg.release();  // nats.c takes it and sets the pointer to null; on an error it stays ours
    const natsStatus status = js_PublishMsgAsync(client.js(), &raw, nullptr);
    msg.reset(raw);
    nats_check(status, "publish to " + message.subject);
  }
  jsPubOptions wait;
  nats_check(jsPubOptions_Init(&wait), "publish options");
  wait.MaxWait = kPublishLook_ms;
  natsStatus done = NATS_TIMEOUT;
  for (std::int64_t waited = 0; done == NATS_TIMEOUT && waited < kPublishDeadline_ms; waited += kPublishLook_ms) {
    done = js_PublishAsyncComplete(client.js(), &wait);
    if (done == NATS_TIMEOUT && natsConnection_IsClosed(client.connection())) break;  // no more answers will come
  }
  nats_check(done, "wait for the acknowledgements");
  if (errors.count > 0) throw std::runtime_error(std::to_string(errors.count) + " messages were not stored");
}

std::optional<StreamState> TestNats::stream_state(const std::string& stream) {
  const NatsClient admin(admin_url());
  jsStreamInfo* raw = nullptr;
  jsErrCode error{};
  const natsStatus status = js_GetStreamInfo(&raw, admin.js(), stream.c_str(), nullptr, &error);
  const JsStreamInfoPtr info(raw);
  if (status == NATS_NOT_FOUND) return std::nullopt;
  nats_check(status, "info of stream " + stream, error);
  return StreamState{info->State.Msgs, info->State.LastSeq};
}

std::optional<ConsumerState> TestNats::consumer_state(const std::string& stream, const std::string& consumer) {
  const NatsClient admin(admin_url());
  jsConsumerInfo* raw = nullptr;
  jsErrCode error{};
  const natsStatus status = js_GetConsumerInfo(&raw, admin.js(), stream.c_str(), consumer.c_str(), nullptr, &error);
  const JsConsumerInfoPtr info(raw);
  if (status == NATS_NOT_FOUND) return std::nullopt;
  nats_check(status, "info of consumer " + consumer, error);
  return ConsumerState{info->NumPending, info->NumAckPending, info->NumRedelivered, info->AckFloor.Stream};
}

std::vector<std::string> TestNats::consumer_names(const std::string& stream) {
  const NatsClient admin(admin_url());
  jsConsumerNamesList* raw = nullptr;
  jsErrCode error{};
  const natsStatus status = js_ConsumerNames(&raw, admin.js(), stream.c_str(), nullptr, &error);
  const JsConsumerNamesPtr list(raw);
  if (status == NATS_NOT_FOUND) return {};
  nats_check(status, "consumers of stream " + stream, error);
  return {list->List, list->List + list->Count};
}

std::vector<NatsMessage> TestNats::read_stream(const std::string& stream) {
  const auto state = stream_state(stream);
  if (!state) throw std::runtime_error("no stream " + stream);
  std::vector<NatsMessage> result;
  if (state->messages == 0) return result;
  result.reserve(state->messages);
  const NatsClient admin(admin_url());
  jsSubOptions options;
  nats_check(jsSubOptions_Init(&options), "subscribe options");
  options.Stream = stream.c_str();
  options.Ordered = true;
  natsSubscription* raw = nullptr;
  jsErrCode error{};
  nats_check(js_SubscribeSync(&raw, admin.js(), ">", nullptr, &options, &error), "read stream " + stream, error);
  const NatsSubscriptionPtr subscription(raw, {admin.connection()});
  natsSubscription_SetPendingLimits(subscription.get(), -1, -1);
  do {
    natsMsg* next = nullptr;
    nats_check(natsSubscription_NextMsg(&next, subscription.get(), kReadDeadline_ms), "next message of " + stream);
    const NatsMsgPtr msg(next);
    result.push_back(from_nats(msg.get()));
  } while (result.back().seq < state->last_seq);
  return result;
}

void TestNats::delete_consumer(const std::string& stream, const std::string& consumer) {
  const NatsClient admin(admin_url());
  jsErrCode error{};
  nats_check(js_DeleteConsumer(admin.js(), stream.c_str(), consumer.c_str(), nullptr, &error),
             "delete consumer " + consumer, error);
}

void TestNats::delete_stream(const std::string& stream) {
  const NatsClient admin(admin_url());
  jsErrCode error{};
  nats_check(js_DeleteStream(admin.js(), stream.c_str(), nullptr, &error), "delete stream " + stream, error);
}

void TestNats::create_inbound(std::chrono::milliseconds ack_wait) {
  const NatsClient admin(admin_url());
  const char* subjects[] = {kInboundSubject};
  add_stream(admin.js(), kInboundStream, subjects, 1, 7 * 24 * 3600 * kNanosecondsPerSecond,
             120 * kNanosecondsPerSecond);
  jsConsumerConfig config;
  nats_check(jsConsumerConfig_Init(&config), "consumer config");
  config.Durable = kInboundConsumer;
  config.AckPolicy = js_AckExplicit;
  config.AckWait = std::chrono::nanoseconds(ack_wait).count();
  config.MaxDeliver = -1;
  config.MaxAckPending = 20000;
  config.FilterSubject = kInboundSubject;
  jsErrCode error{};
  nats_check(js_AddConsumer(nullptr, admin.js(), kInboundStream, &config, nullptr, &error), "add consumer", error);
}

void TestNats::create_capture() {
  const NatsClient admin(admin_url());
  const char* subjects[] = {"sms.dlr.aggregated.v1", "billing.events", "webhook.dispatch", "sms.dlr.unmatched"};
  add_stream(admin.js(), kCaptureStream, subjects, 4, 0, 600 * kNanosecondsPerSecond);
}

void TestNats::set_capture_subjects(const std::vector<std::string>& subjects) {
  std::vector<const char*> names;
  for (const std::string& subject : subjects) names.push_back(subject.c_str());
  update_stream(admin_url(), kCaptureStream, [&](jsStreamConfig& config) {
    config.Subjects = names.data();
    config.SubjectsLen = static_cast<int>(names.size());
  });
}

void TestNats::set_capture_max_message(std::int32_t bytes) {
  update_stream(admin_url(), kCaptureStream, [&](jsStreamConfig& config) { config.MaxMsgSize = bytes; });
}

void TestNats::set_inbound_max_age(std::chrono::nanoseconds age) {
  update_stream(admin_url(), kInboundStream, [&](jsStreamConfig& config) {
    config.MaxAge = age.count();
    config.Duplicates = std::min(config.Duplicates, config.MaxAge);  // the server wants no longer window
  });
}

void TestNats::set_headers_only(bool on) {
  update_consumer(admin_url(), [&](jsConsumerConfig& config) { config.HeadersOnly = on; });
}

void TestNats::set_ack_wait(std::chrono::nanoseconds wait) {
  update_consumer(admin_url(), [&](jsConsumerConfig& config) { config.AckWait = wait.count(); });
}

}  // namespace dlrgw::test
