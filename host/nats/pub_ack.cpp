// SPDX-License-Identifier: Apache-2.0
#include "nats/pub_ack.hpp"

#include <boost/json.hpp>

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::int64_t kServerSide = 500;  // codes from here on: the stream may take it later

PubAck refusal(const json::object& error) {
  const json::value* code = error.if_contains("code");
  const json::value* description = error.if_contains("description");
  PubAck ack;
  const bool later = code == nullptr || !code->is_int64() || code->get_int64() >= kServerSide;
  ack.error = later ? ErrorCode::kTransient : ErrorCode::kData;
  ack.text = "the stream refused the message";
  if (description != nullptr && description->is_string()) {
    ack.text += ": ";
    ack.text.append(description->get_string().data(), description->get_string().size());
  }
  return ack;
}

}  // namespace

PubAck parse_pub_ack(std::string_view body) {
  boost::system::error_code ec;
  unsigned char space[2048];
  json::monotonic_resource memory(space, sizeof(space));
  const json::value parsed = json::parse(json::string_view(body.data(), body.size()), ec, &memory);
  if (!ec && parsed.is_object()) {
    const json::object& object = parsed.get_object();
    if (const json::value* error = object.if_contains("error"); error != nullptr && error->is_object())
      return refusal(error->get_object());
    const json::value* stream = object.if_contains("stream");
    if (stream != nullptr && stream->is_string()) return {};
  }
  return {ErrorCode::kTransient, "the answer to a publish is no PubAck; does a plain responder listen on the subject?"};
}

}  // namespace dlrgw::host
