// SPDX-License-Identifier: Apache-2.0
// dlr-bench-loop: what the gateway does for a receipt, with everything known beforehand and no rules: pull, look up and
// store, acknowledge, publish, delete. What no gateway can do for less on this machine. Runs until SIGTERM.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "bench/bare/queue.hpp"
#include "bench/bare/relay.hpp"
#include "support/nats.hpp"

namespace dlrgw::bench {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kMaxQueued = 2 * kBatch;
constexpr int kLanes = 2;  // with four, two cores are slower
constexpr const char* kInbox = "bench.pull";
constexpr const char* kNext = "$JS.API.CONSUMER.MSG.NEXT.SMS_DLR.dlr-processor";
constexpr std::int64_t kLook_ms = 100;
constexpr std::int64_t kRequest_ms = 5000;

using Delivery = test::NatsMsgPtr;

std::string_view data_of(natsMsg* message) {
  return {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

class Loop {
 public:
  Loop(const std::string& nats_url, const std::string& conninfo)
      : nats_(nats_url), conninfo_(conninfo), relay_(nats_url, conninfo) {}

  void run() {
    std::jthread relay([this] { guarded([this] { relay_.run(); }); });
    std::vector<std::jthread> lanes;
    for (int i = 0; i < kLanes; ++i) lanes.emplace_back([this] { guarded([this] { work(); }); });
    std::jthread puller([this] { guarded([this] { pull(); }); });
    std::puts("ready");
    std::fflush(stdout);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    int got = 0;
    sigwait(&signals, &got);
    stop_ = true;
    puller.join();
    deliveries_.close();
    lanes.clear();
    relay_.finish();
  }

 private:
  template <typename Work>
  static void guarded(const Work& work) {
    try {
      work();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "dlr-bench-loop: %s\n", error.what());
      std::_Exit(EXIT_FAILURE);
    }
  }

  // Keeps one request outstanding and passes on together what has arrived together.
  void pull() {
    natsSubscription* raw = nullptr;
    test::nats_check(natsConnection_SubscribeSync(&raw, nats_.connection(), kInbox), "subscribe");
    const test::NatsSubscriptionPtr subscription(raw, {nats_.connection()});
    const std::string request =
        R"({"batch":)" + std::to_string(kBatch) + R"(,"expires":)" + std::to_string(kRequest_ms * 1'000'000) + "}";
    std::size_t outstanding = 0;
    while (!stop_) {
      if (outstanding == 0 && deliveries_.size() < kMaxQueued) {
        test::nats_check(natsConnection_PublishRequest(nats_.connection(), kNext, kInbox, request.data(),
                                                       static_cast<int>(request.size())),
                         "request");
        outstanding = kBatch;
      }
      std::vector<Delivery> chunk;
      bool over = false;
      for (std::int64_t wait = outstanding == 0 ? 1 : kLook_ms; chunk.size() < kBatch && !over; wait = 0) {
        natsMsg* next = nullptr;
        const natsStatus status = natsSubscription_NextMsg(&next, raw, wait);
        if (status == NATS_TIMEOUT) break;
        test::nats_check(status, "next message");
        Delivery delivery(next);
        over = natsMsg_GetReply(next) == nullptr;  // the server's word that the request is over
        if (!over) chunk.push_back(std::move(delivery));
      }
      outstanding = over || chunk.size() >= outstanding ? 0 : outstanding - chunk.size();
      if (!chunk.empty()) deliveries_.push(std::move(chunk));
    }
  }

  void work() {
    BareStore store(conninfo_);
    for (std::vector<Delivery> taken; !(taken = deliveries_.take(kBatch)).empty();) {
      BareBatch batch;
      CommittedBatch committed;
      batch.events.assign(kEventSubjects.size(), "[");
      for (const Delivery& delivery : taken) {
        const std::string_view payload = data_of(delivery.get());
        const std::int64_t number = receipt_number(payload);
        const std::string message = message_uuid(number);
        batch.numbers.push_back(number);
        batch.payloads.push_back(payload);
        for (std::size_t subject = 0; subject < kEventSubjects.size(); ++subject) {
          committed.events.push_back(event_of(number, subject, message));
          std::string& array = batch.events[subject];
          if (array.size() > 1) array += ',';
          array += committed.events.back().json;
        }
      }
      for (std::string& array : batch.events) array += ']';
      store.store(batch);
      for (const Delivery& delivery : taken)
        test::nats_check(natsConnection_PublishString(nats_.connection(), natsMsg_GetReply(delivery.get()), "+ACK"),
                         "acknowledge");
      committed.outbox_rows = std::move(batch.outbox_rows);
      relay_.add(std::move(committed));
    }
  }

  test::NatsClient nats_;
  const std::string conninfo_;
  BareRelay relay_;
  Queue<Delivery> deliveries_;
  std::atomic<bool> stop_{false};
};

}  // namespace
}  // namespace dlrgw::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: dlr-bench-loop NATS-URL CONNINFO\n", stderr);
    return 2;
  }
  sigset_t signals;  // before any thread is there, so that sigwait() gets it
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  try {
    dlrgw::bench::Loop(argv[1], argv[2]).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dlr-bench-loop: %s\n", error.what());
    return EXIT_FAILURE;
  }
  return 0;
}
