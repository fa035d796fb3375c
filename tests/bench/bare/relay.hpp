// SPDX-License-Identifier: Apache-2.0
// The bare loop's relay: publishes the events of committed batches from memory, many PubAcks outstanding, and deletes
// the rows of those that are complete. One thread of its own, and nats.c's for the answers. Owned by main.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "bench/bare/events.hpp"
#include "bench/bare/store.hpp"
#include "support/nats_client.hpp"

namespace dlrgw::bench {

struct CommittedBatch {
  std::vector<BareEvent> events;  // those of a receipt side by side, in the order of kEventSubjects
  std::vector<std::int64_t> outbox_rows;
};

class BareRelay {
 public:
  BareRelay(const std::string& nats_url, const std::string& conninfo);
  void add(CommittedBatch batch);  // any thread
  void run();                      // until finish() and everything is published and deleted
  void finish();                   // nothing more will be added

 private:
  struct Waiting {
    std::size_t answers = 0;
    std::vector<std::int64_t> outbox_rows;
  };
  static void on_answer(natsConnection*, natsSubscription*, natsMsg* answer, void* self);
  void answered(std::int64_t batch);
  void publish(const CommittedBatch& batch, std::int64_t number);

  test::NatsClient nats_;
  BareStore store_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<CommittedBatch> committed_;
  std::map<std::int64_t, Waiting> waiting_;  // by number of the batch
  std::size_t outstanding_ = 0;
  std::vector<std::int64_t> to_delete_;
  bool finished_ = false;
  std::int64_t next_ = 0;              // the relay's thread only
  test::NatsSubscriptionPtr answers_;  // last: ends before what its callback uses
};

}  // namespace dlrgw::bench
