// SPDX-License-Identifier: Apache-2.0
#include "bench/load.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/json.hpp"
#include "support/nats_client.hpp"
#include "support/receipt.hpp"

namespace dlrgw::bench {
namespace {

constexpr std::int64_t kShuffled = 1000;
constexpr std::int64_t kStride = 389;  // prime to kShuffled
constexpr std::int64_t kChunk = 20'000;
constexpr std::int64_t kFlushTimeout_ms = 10'000;

std::string formatted(const char* format, long long number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

std::string operator_message_id(std::int64_t index) { return formatted("7%012lld", index); }

std::string receipt_json(std::int64_t index) {
  const bool delivered = index % 10 != 0;
  const std::string id = operator_message_id(index);
  test::Receipt receipt;
  receipt.event_id = formatted("be7c0000-0000-4000-8000-%012llx", index);
  receipt.operator_id = kOperator;
  receipt.operator_message_id = id;
  receipt.raw_stat = delivered ? "DELIVRD" : "UNDELIV";
  receipt.error_code = delivered ? "000" : "011";
  receipt.received_at = test::rfc3339_now();
  receipt.raw_receipt = "id:" + id + " sub:001 dlvrd:" + (delivered ? "001" : "000") +
                        " submit date:2601311159 done date:2601311200 stat:" + receipt.raw_stat +
                        " err:" + receipt.error_code + " text:Your code is on its way to";
  const std::string number = formatted("+1555%07lld", index % 10'000'000);
  receipt.more = {{"messageState", delivered ? "2" : "5"},
                  {"submitDate", "\"2601311159\""},
                  {"doneDate", "\"2601311200\""},
                  {"sourceAddr", test::json_quote(number)},
                  {"destAddr", "\"+15550100000\""},
                  {"tlvs", R"({"0x001E":")" + formatted("%026llx", index) + R"(","0x0427":"02"})"},
                  {"esmClass", "4"},
                  {"connectorId", "\"bind-1\""},
                  {"schemaVersion", "1"}};
  return receipt.json();
}

std::int64_t nth_to_arrive(std::int64_t position) {
  return position - position % kShuffled + position % kShuffled * kStride % kShuffled;
}

void publish_all(test::TestNats& nats, std::int64_t first, std::int64_t count, Progress& progress) {
  for (std::int64_t from = 0; from < count; from += kChunk) {
    std::vector<test::NatsMessage> chunk;
    for (std::int64_t i = from; i < std::min(count, from + kChunk); ++i)
      chunk.push_back({test::kInboundSubject, receipt_json(nth_to_arrive(first + i)), {}, {}, 0});
    nats.publish(chunk);
    progress.show(std::to_string(from) + " of " + std::to_string(count));
  }
}

// Without PubAcks: they would double the messages that the server handles, and the number stored is checked at the end.
Paced publish_paced(test::TestNats& nats, std::int64_t first, std::int64_t count, int per_second, Progress& progress) {
  natsOptions* raw_options = nullptr;
  test::nats_check(natsOptions_Create(&raw_options), "create options");
  const test::NatsOptionsPtr options(raw_options);
  test::nats_check(natsOptions_SetURL(options.get(), nats.connector_url().c_str()), "set URL");
  test::nats_check(natsOptions_SetSendAsap(options.get(), true), "send at once");
  natsConnection* raw = nullptr;
  test::nats_check(natsConnection_Connect(&raw, options.get()), "connect");
  const test::NatsConnectionPtr connection(raw);

  const auto before = nats.stream_state(test::kInboundStream);
  Paced paced;
  paced.sent.resize(static_cast<std::size_t>(count));
  const auto start = Clock::now();
  for (std::int64_t i = 0; i < count;) {
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    const auto due = std::min(count, static_cast<std::int64_t>(elapsed.count() * per_second) + 1);
    for (; i < due; ++i) {
      const std::string payload = receipt_json(first + i);
      paced.sent[static_cast<std::size_t>(i)] = Clock::now();
      test::nats_check(natsConnection_PublishString(connection.get(), test::kInboundSubject, payload.c_str()),
                       "publish");
    }
    progress.show(std::to_string(i) + " of " + std::to_string(count) + " published");
    test::beat(std::chrono::milliseconds(1));
  }
  paced.achieved_per_s = static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
  test::nats_check(natsConnection_FlushTimeout(connection.get(), kFlushTimeout_ms), "flush");
  const auto after = nats.stream_state(test::kInboundStream);
  if (!before || !after || after->last_seq - before->last_seq != static_cast<std::uint64_t>(count))
    throw std::runtime_error("the stream did not store exactly what was published");
  return paced;
}

}  // namespace dlrgw::bench
