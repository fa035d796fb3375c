// SPDX-License-Identifier: Apache-2.0
#include "bench/bare/events.hpp"

#include <charconv>
#include <cstdio>
#include <stdexcept>

#include <openssl/evp.h>

namespace dlrgw::bench {
namespace {

constexpr std::string_view kIdMember = R"("operatorMessageId":"7)";
constexpr std::size_t kIdDigits = 12;
constexpr std::size_t kUuidBytes = 16;

// {0}: the event's id, {1}: the message's.
constexpr std::array<std::array<std::string_view, 3>, 3> kTexts = {{
    {R"({"eventId":")", R"(","schema":"sms.dlr.aggregated.v1/1","messageId":")",
     R"(","accountId":"0d5c9d24-7b3c-4c9e-9a53-55f0b0a3c2f1","operatorId":"mno-bench","dlrStatus":"DELIVERED","errorCode":"000","expected":1,"received":1,"delivered":1,"reason":"complete","segments":[{"segmentIndex":1,"status":"DELIVERED","errorCode":"000","receivedAt":"2026-01-31T12:00:00.123Z"}],"occurredAt":"2026-01-31T12:00:00.000Z","clientRef":null})"},
    {R"({"eventId":")", R"(","schema":"billing.events/1","messageId":")",
     R"(","accountId":"0d5c9d24-7b3c-4c9e-9a53-55f0b0a3c2f1","operatorId":"mno-bench","dlrStatus":"DELIVERED","errorCode":"000","segments":1,"deliveredSegments":1,"reason":"complete","occurredAt":"2026-01-31T12:00:00.000Z","processedAt":"2026-01-31T12:00:00.456Z"})"},
    {R"({"eventId":")", R"(","schema":"webhook.dispatch/1","messageId":")",
     R"(","accountId":"0d5c9d24-7b3c-4c9e-9a53-55f0b0a3c2f1","operatorId":"mno-bench","to":"+15550000000","dlrStatus":"DELIVERED","errorCode":"000","final":true,"sequence":1,"segments":[{"segmentIndex":1,"status":"DELIVERED","errorCode":"000"}],"occurredAt":"2026-01-31T12:00:00.000Z","clientRef":null})"},
}};

std::string uuid_text(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

// be7c000<kind>-0000-4000-8000-<number>: kind 0 is the receipt's.
std::string bench_uuid(std::int64_t number, std::size_t kind) {
  std::string bytes = {'\xbe', '\x7c', '\0', static_cast<char>(kind), '\0', '\0', '\x40', '\0', '\x80', '\0'};
  for (int shift = 40; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

}  // namespace

std::int64_t receipt_number(std::string_view payload) {
  const std::size_t member = payload.find(kIdMember);
  std::int64_t number = -1;
  if (member != std::string_view::npos && payload.size() >= member + kIdMember.size() + kIdDigits) {
    const char* digits = payload.data() + member + kIdMember.size();
    if (std::from_chars(digits, digits + kIdDigits, number).ptr != digits + kIdDigits) number = -1;
  }
  if (number < 0) throw std::runtime_error("a message that is no receipt of the bench");
  return number;
}

std::string message_uuid(std::int64_t number) {
  const std::string text = "dlr-bench message " + std::to_string(number);
  std::string out(kUuidBytes, '\0');
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, EVP_md5(), nullptr) !=
      1)
    throw std::runtime_error("this OpenSSL has no MD5");
  return out;
}

std::string receipt_event_uuid(std::int64_t number) { return bench_uuid(number, 0); }

BareEvent event_of(std::int64_t number, std::size_t subject, std::string_view message_uuid) {
  const auto& text = kTexts[subject];
  BareEvent event{uuid_text(bench_uuid(number, subject + 1)), {}};
  event.json.reserve(512);
  event.json.append(text[0]).append(event.id).append(text[1]).append(uuid_text(message_uuid)).append(text[2]);
  return event;
}

}  // namespace dlrgw::bench
