// SPDX-License-Identifier: Apache-2.0
// Questions to the JetStream API over one literal inbox: what the stream and the consumer look like. One question at a
// time; any thread, calls wait for one another. Owned by the intake.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "nats/connection.hpp"

namespace dlrgw::host {

struct StreamInfo {
  std::string name;
  std::string created;  // RFC 3339 as the server writes it
  std::uint64_t messages = 0;
  // Names one life of a stream: recreated, it is another one and its sequences start again.
  [[nodiscard]] std::string identity() const { return name + "@" + created; }
};

struct ConsumerInfo {
  std::string stream;
  std::string name;
  std::string created;
  std::uint64_t pending = 0;      // not yet delivered
  std::uint64_t ack_pending = 0;  // delivered, not answered
  std::uint64_t ack_floor = 0;    // stream sequence: everything up to it is settled
  std::uint64_t redelivered = 0;
  std::int64_t told_us =
      0;  // the latest time that the answer holds, µs since the Unix epoch: past, on the server's clock
  // configuration
  std::string durable;
  std::string deliver_policy;  // "all"
  std::string replay_policy;   // "instant"
  std::string ack_policy;      // "explicit"
  std::string filter_subject;
  std::size_t filter_subjects = 0;  // a list of them, of newer servers
  std::string deliver_subject;      // not empty = a push consumer
  bool headers_only = false;
  bool mem_storage = false;
  std::size_t backoff = 0;  // entries; they would take the place of ack_wait
  std::int64_t ack_wait_ns = 0;
  std::int64_t max_deliver = 0;
  std::int64_t max_ack_pending = 0;
  std::int64_t max_batch = 0;  // of one request; 0 = no limit, as of what follows
  std::int64_t max_expires_ns = 0;
  std::int64_t inactive_threshold_ns = 0;
};

// Answers of the API → the structs. kNotFound: no such stream or consumer. Pure.
Result<StreamInfo> parse_stream_info(std::string_view json);
Result<ConsumerInfo> parse_consumer_info(std::string_view json);

class JetStreamApi {
 public:
  JetStreamApi(NatsConnection& connection, std::string inbox);
  ~JetStreamApi();
  JetStreamApi(const JetStreamApi&) = delete;
  JetStreamApi& operator=(const JetStreamApi&) = delete;

  // kUnavailable: not connected, or no JetStream there; kTransient: no answer in time; kNotFound.
  Result<StreamInfo> stream_info(std::string_view stream, std::chrono::milliseconds timeout);
  Result<ConsumerInfo> consumer_info(std::string_view stream, std::string_view consumer,
                                     std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
