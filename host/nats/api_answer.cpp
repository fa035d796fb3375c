// SPDX-License-Identifier: Apache-2.0
// The JSON of JetStream API answers.
#include <algorithm>
#include <utility>

#include <boost/json.hpp>

#include "nats/api_client.hpp"
#include "support/time_text.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::string_view kStreamType = "io.nats.jetstream.api.v1.stream_info_response";
constexpr std::string_view kConsumerType = "io.nats.jetstream.api.v1.consumer_info_response";

// Fields of an object that may be absent (null).
std::string text(const json::object* object, std::string_view key) {
  const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}
std::int64_t number(const json::object* object, std::string_view key) {
  const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->get_int64();
  return value->is_uint64() ? static_cast<std::int64_t>(value->get_uint64()) : 0;
}
bool flag(const json::object* object, std::string_view key) {
  const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}
std::size_t entries(const json::object* object, std::string_view key) {
  const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
  return value == nullptr || !value->is_array() ? 0 : value->get_array().size();
}
const json::object* section(const json::object* object, std::string_view key) {
  const json::value* value = object->if_contains(key);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

// Newer servers say when they answered; all say when something was delivered or acknowledged last.
std::int64_t latest_time(const json::object& object) {
  std::int64_t latest_us = 0;
  for (const std::string& time :
       {text(&object, "ts"), text(&object, "created"), text(section(&object, "delivered"), "last_active"),
        text(section(&object, "ack_floor"), "last_active")})
    latest_us = std::max(latest_us, parse_rfc3339(time).value_or(0));
  return latest_us;
}

// The answer's object, after its type and its error were looked at.
Result<json::object> answer(std::string_view body, std::string_view type) {
  boost::system::error_code ec;
  json::value parsed = json::parse(json::string_view(body.data(), body.size()), ec);
  if (ec || !parsed.is_object())
    return Error{ErrorCode::kInternal, "the JetStream API answered something that is no JSON object"};
  json::object& object = parsed.get_object();
  if (const json::object* error = section(&object, "error"); error != nullptr) {
    const std::int64_t code = number(error, "code");
    return Error{code == 404 ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 "the JetStream API answered " + std::to_string(code) + " " + text(error, "description")};
  }
  if (text(&object, "type") != type)
    return Error{ErrorCode::kTransient, "the JetStream API answered another question: " + text(&object, "type")};
  return std::move(object);
}

}  // namespace

Result<StreamInfo> parse_stream_info(std::string_view body) {
  auto object = answer(body, kStreamType);
  if (!object) return object.error();
  StreamInfo info;
  info.name = text(section(&*object, "config"), "name");
  info.created = text(&*object, "created");
  info.messages = static_cast<std::uint64_t>(number(section(&*object, "state"), "messages"));
  if (info.name.empty() || info.created.empty())
    return Error{ErrorCode::kInternal, "the JetStream API's stream info lacks name or creation time"};
  return info;
}

Result<ConsumerInfo> parse_consumer_info(std::string_view body) {
  auto object = answer(body, kConsumerType);
  if (!object) return object.error();
  const json::object* config = section(&*object, "config");
  ConsumerInfo info;
  info.stream = text(&*object, "stream_name");
  info.name = text(&*object, "name");
  info.created = text(&*object, "created");
  info.pending = static_cast<std::uint64_t>(number(&*object, "num_pending"));
  info.ack_floor = static_cast<std::uint64_t>(number(section(&*object, "ack_floor"), "stream_seq"));
  info.ack_pending = static_cast<std::uint64_t>(number(&*object, "num_ack_pending"));
  info.redelivered = static_cast<std::uint64_t>(number(&*object, "num_redelivered"));
  info.told_us = latest_time(*object);
  info.durable = text(config, "durable_name");
  info.ack_policy = text(config, "ack_policy");
  info.deliver_policy = text(config, "deliver_policy");
  info.replay_policy = text(config, "replay_policy");
  info.filter_subject = text(config, "filter_subject");
  info.filter_subjects = entries(config, "filter_subjects");
  info.headers_only = flag(config, "headers_only");
  info.mem_storage = flag(config, "mem_storage");
  info.backoff = entries(config, "backoff");
  info.max_batch = number(config, "max_batch");
  info.max_expires_ns = number(config, "max_expires");
  info.inactive_threshold_ns = number(config, "inactive_threshold");
  info.deliver_subject = text(config, "deliver_subject");
  info.ack_wait_ns = number(config, "ack_wait");
  info.max_deliver = number(config, "max_deliver");
  info.max_ack_pending = number(config, "max_ack_pending");
  if (info.name.empty()) return Error{ErrorCode::kInternal, "the JetStream API's consumer info lacks the name"};
  return info;
}

}  // namespace dlrgw::host
