// SPDX-License-Identifier: Apache-2.0
// A private nats-server with JetStream (file store) and the three users of production: an administrator, the SMPP
// connector that publishes receipts, and dlr-processor with its least privileges. Owned by the test; the helpers may be
// called from any thread and each opens a connection of its own; start and stop from one thread at a time.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dlrgw::test {

struct NatsMessage {
  std::string subject;
  std::string data;
  std::string msg_id;  // header Nats-Msg-Id; not sent when empty
  std::map<std::string, std::string> headers;
  std::uint64_t seq = 0;  // of the stream it was read from
};

struct StreamState {
  std::uint64_t messages = 0;
  std::uint64_t last_seq = 0;
};

struct ConsumerState {
  std::uint64_t pending = 0;     // not delivered yet
  std::int64_t ack_pending = 0;  // delivered, not acknowledged
  std::int64_t redelivered = 0;
  std::uint64_t ack_floor = 0;  // everything up to this stream sequence is settled
};

class TestNats {
 public:
  TestNats();  // started when this returns
  ~TestNats();
  TestNats(const TestNats&) = delete;
  TestNats& operator=(const TestNats&) = delete;

  [[nodiscard]] std::string url() const;            // user dlr-processor: what DLRGW_NATS_URL takes
  [[nodiscard]] std::string admin_url() const;      // may do everything: what DLRGW_NATS_ADMIN_URL takes
  [[nodiscard]] std::string connector_url() const;  // may publish sms.dlr.inbound
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string processor_password() const;
  // The running server reads its configuration again: it ends the sessions of dlr-processor and takes this password.
  void set_processor_password(const std::string& password);
  // Started anew with a JetStream domain and a port for leaf nodes (user and password "leaf").
  void become_hub(const std::string& domain, std::uint16_t leaf_port);

  void start();  // the same port and store
  void stop();   // orderly
  void kill9();
  void restart();
  [[nodiscard]] bool running();
  void pause();  // SIGSTOP: connections stay, nobody answers
  void resume();

  // Publishes to JetStream as smpp-connector ("sms.dlr.inbound" only) or as administrator, acknowledgements outstanding
  // in bulk, in the order given. Throws unless every message was stored (or recognised as a duplicate by its msg_id).
  void publish(std::span<const NatsMessage> messages, bool as_admin = false);

  // As administrator. A stream or consumer that does not exist: nothing.
  [[nodiscard]] std::optional<StreamState> stream_state(const std::string& stream);
  [[nodiscard]] std::optional<ConsumerState> consumer_state(const std::string& stream, const std::string& consumer);
  [[nodiscard]] std::vector<std::string> consumer_names(const std::string& stream);
  [[nodiscard]] std::vector<NatsMessage> read_stream(const std::string& stream);  // all of it, in order
  void delete_stream(const std::string& stream);
  void delete_consumer(const std::string& stream, const std::string& consumer);

  // What `dlr-gateway provision` creates, for tests that do without the gateway: stream SMS_DLR with the durable
  // consumer dlr-processor, and stream DLR_EVENTS, which captures the four outbound subjects.
  void create_inbound(std::chrono::milliseconds ack_wait = std::chrono::seconds(30));
  void create_capture();
  // From now on that stream takes these subjects and no other.
  void set_capture_subjects(const std::vector<std::string>& subjects);
  // The inbound stream forgets what is older.
  void set_inbound_max_age(std::chrono::nanoseconds age);
  // Larger messages are refused by the stream, one by one.
  void set_capture_max_message(std::int32_t bytes);

  // Of the durable consumer: whether it delivers headers without payload, and how long it waits for an answer.
  void set_headers_only(bool on);
  void set_ack_wait(std::chrono::nanoseconds wait);

  [[nodiscard]] std::string server_log() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr const char* kInboundSubject = "sms.dlr.inbound";
inline constexpr const char* kInboundStream = "SMS_DLR";
inline constexpr const char* kInboundConsumer = "dlr-processor";
inline constexpr const char* kCaptureStream = "DLR_EVENTS";

}  // namespace dlrgw::test
