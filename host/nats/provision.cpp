// SPDX-License-Identifier: Apache-2.0
#include "nats/provision.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>

#include "nats/native.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t ns(std::chrono::nanoseconds duration) { return duration.count(); }
constexpr std::int64_t kMaxAgeNs = ns(std::chrono::hours(24 * 7));
constexpr std::int64_t kAckWaitNs = ns(std::chrono::seconds(30));
constexpr std::int64_t kMaxDeliver = -1;

template <class T, void (*Destroy)(T*)>
struct Deleter {
  void operator()(T* object) const { Destroy(object); }
};
using Context = std::unique_ptr<jsCtx, Deleter<jsCtx, jsCtx_Destroy>>;
using StreamPtr = std::unique_ptr<jsStreamInfo, Deleter<jsStreamInfo, jsStreamInfo_Destroy>>;
using ConsumerPtr = std::unique_ptr<jsConsumerInfo, Deleter<jsConsumerInfo, jsConsumerInfo_Destroy>>;

struct WantedStream {
  std::string name;
  std::vector<std::string> subjects;
  std::int64_t duplicate_window_ns = 0;
  std::int64_t replicas = 1;
};

Error failed(natsStatus status, jsErrCode code, const std::string& what) {
  Error error = native::error_of(status, what);
  if (const char* text = nats_GetLastError(nullptr); text != nullptr && *text != '\0')
    error.text += std::string(" (") + text + ")";
  if (code != 0) error.text += ", JetStream code " + std::to_string(static_cast<int>(code));
  return error;
}

Error differs(const std::string& object, const std::string& is, const std::string& want) {
  return {ErrorCode::kInvalid,
          object + " exists and " + is + ", but must " + want +
              "; this can not be changed: move its messages elsewhere and delete it, or use another account"};
}

Result<std::string> create_stream(jsCtx* js, const WantedStream& want) {
  std::vector<const char*> list;
  for (const std::string& subject : want.subjects) list.push_back(subject.c_str());
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = want.name.c_str();
  config.Subjects = list.data();
  config.SubjectsLen = static_cast<int>(list.size());
  config.Retention = js_LimitsPolicy;
  config.Storage = js_FileStorage;
  config.Discard = js_DiscardOld;
  config.MaxAge = kMaxAgeNs;
  config.Duplicates = want.duplicate_window_ns;
  config.Replicas = want.replicas;
  jsErrCode code{};
  if (const natsStatus status = js_AddStream(nullptr, js, &config, nullptr, &code); status != NATS_OK)
    return failed(status, code, "stream " + want.name + " could not be created");
  return "stream " + want.name + " created";
}

// Keeps what the contract does not speak of: limits, placement, further subjects.
Result<std::string> update_stream(jsCtx* js, jsStreamConfig* config, const WantedStream& want) {
  if (config->Storage != js_FileStorage)
    return differs("stream " + want.name, "keeps its messages in memory", "keep them in files");
  if (config->Retention != js_LimitsPolicy)
    return differs("stream " + want.name, "has another retention policy", "have retention by limits");
  if (config->Mirror != nullptr) return differs("stream " + want.name, "is a mirror", "take messages itself");
  std::vector<const char*> list(config->Subjects, config->Subjects + config->SubjectsLen);
  bool change = false;
  for (const std::string& subject : want.subjects) {
    if (std::ranges::any_of(list, [&](const char* have) { return subject == have; })) continue;
    list.push_back(subject.c_str());
    change = true;
  }
  const auto set = [&](auto& field, auto value) {
    if (field != value) change = true;
    field = value;
  };
  set(config->MaxAge, kMaxAgeNs);
  set(config->Duplicates, want.duplicate_window_ns);
  set(config->Replicas, want.replicas);
  set(config->Discard, js_DiscardOld);
  if (!change) return "stream " + want.name + " is as it should be";
  const char** subjects_before = config->Subjects;  // belongs to the info that holds the configuration
  const int count_before = config->SubjectsLen;
  config->Subjects = list.data();
  config->SubjectsLen = static_cast<int>(list.size());
  jsErrCode code{};
  const natsStatus status = js_UpdateStream(nullptr, js, config, nullptr, &code);
  config->Subjects = subjects_before;
  config->SubjectsLen = count_before;
  if (status != NATS_OK) return failed(status, code, "stream " + want.name + " could not be updated");
  return "stream " + want.name + " updated";
}

Result<std::string> ensure_stream(jsCtx* js, const WantedStream& want) {
  jsStreamInfo* raw = nullptr;
  jsErrCode code{};
  const natsStatus status = js_GetStreamInfo(&raw, js, want.name.c_str(), nullptr, &code);
  const StreamPtr info(raw);
  if (status == NATS_NOT_FOUND) return create_stream(js, want);
  if (status != NATS_OK) return failed(status, code, "stream " + want.name + " could not be looked up");
  return update_stream(js, info->Config, want);
}

void fill(jsConsumerConfig& config, const ProvisionOptions& options) {
  config.Durable = options.consumer.c_str();
  config.DeliverPolicy = js_DeliverAll;
  config.ReplayPolicy = js_ReplayInstant;
  config.AckPolicy = js_AckExplicit;
  config.FilterSubject = options.subject.c_str();
  config.AckWait = std::max(config.AckWait, kAckWaitNs);
  config.MaxDeliver = kMaxDeliver;
  config.MaxAckPending = options.max_ack_pending;
  // What would change the meaning of a delivery; see intake/consumer_check.hpp.
  config.HeadersOnly = false;
  config.BackOff = nullptr;
  config.BackOffLen = 0;
  config.InactiveThreshold = 0;
  config.MaxRequestBatch = 0;
  config.MaxRequestExpires = 0;
}

bool is_as_wanted(const jsConsumerConfig& have, const ProvisionOptions& options) {
  return have.AckWait >= kAckWaitNs && have.MaxDeliver == kMaxDeliver &&
         have.MaxAckPending == options.max_ack_pending && !have.HeadersOnly && have.BackOffLen == 0 &&
         have.InactiveThreshold == 0 && have.MaxRequestBatch == 0 && have.MaxRequestExpires == 0;
}

Result<std::string> ensure_consumer(jsCtx* js, const ProvisionOptions& options) {
  const std::string& stream = options.stream;
  const std::string name = "consumer " + stream + "/" + options.consumer;
  jsConsumerInfo* raw = nullptr;
  jsErrCode code{};
  natsStatus status = js_GetConsumerInfo(&raw, js, stream.c_str(), options.consumer.c_str(), nullptr, &code);
  const ConsumerPtr info(raw);
  if (status == NATS_NOT_FOUND) {
    jsConsumerConfig config;
    jsConsumerConfig_Init(&config);
    fill(config, options);
    status = js_AddConsumer(nullptr, js, stream.c_str(), &config, nullptr, &code);
    if (status != NATS_OK) return failed(status, code, name + " could not be created");
    return name + " created";
  }
  if (status != NATS_OK) return failed(status, code, name + " could not be looked up");

  const jsConsumerConfig& have = *info->Config;
  if (have.DeliverSubject != nullptr && *have.DeliverSubject != '\0')
    return differs(name, "is a push consumer", "be pulled");
  if (have.AckPolicy != js_AckExplicit) return differs(name, "does not want explicit acknowledgements", "want them");
  if (have.DeliverPolicy != js_DeliverAll && have.DeliverPolicy != js_DeliverByStartTime &&
      have.DeliverPolicy != js_DeliverByStartSequence)
    return differs(name, "does not deliver all messages", "deliver all, or all from a moment on");
  if (have.FilterSubject == nullptr || options.subject != have.FilterSubject)
    return differs(name, "filters another subject", "filter " + options.subject);
  if (have.ReplayPolicy != js_ReplayInstant) return differs(name, "replays at the original pace", "replay at once");
  if (have.MemoryStorage) return differs(name, "keeps its state in memory", "keep it in files");
  if (is_as_wanted(have, options)) return name + " is as it should be";
  jsConsumerConfig config = have;
  fill(config, options);
  config.DeliverPolicy = have.DeliverPolicy;  // where it was set back to stays
  status = js_UpdateConsumer(nullptr, js, stream.c_str(), &config, nullptr, &code);
  if (status != NATS_OK) return failed(status, code, name + " could not be updated");
  return name + " updated";
}

}  // namespace

Result<std::vector<std::string>> provision(NatsConnection& administrator, const ProvisionOptions& options) {
  const auto nc = administrator.native();
  if (nc == nullptr || !administrator.connected())
    return Error{ErrorCode::kUnavailable,
                 "provision: NATS is not connected; check URL and credentials of the administrator"};
  jsCtx* raw = nullptr;
  jsOptions js_options;
  jsOptions_Init(&js_options);
  js_options.Prefix = administrator.api_prefix().c_str();
  if (const natsStatus status = natsConnection_JetStream(&raw, nc.get(), &js_options); status != NATS_OK)
    return native::error_of(status, "provision: JetStream context");
  const Context js(raw);

  std::vector<WantedStream> streams{
      {options.stream, {options.subject}, ns(std::chrono::minutes(2)), options.stream_replicas}};
  if (!options.outbound.empty())
    streams.push_back({std::string(subjects::kEventsStream), options.outbound, ns(std::chrono::minutes(10)),
                       options.stream_replicas});
  std::vector<std::string> done;
  for (const WantedStream& want : streams) {
    auto sentence = ensure_stream(js.get(), want);
    if (!sentence) return sentence.error();
    done.push_back(std::move(*sentence));
    if (want.name != options.stream) continue;
    auto consumer = ensure_consumer(js.get(), options);
    if (!consumer) return consumer.error();
    done.push_back(std::move(*consumer));
  }
  return done;
}

}  // namespace dlrgw::host
