// SPDX-License-Identifier: Apache-2.0
// Job outbox.relay: publishes committed events, then deletes those that the streams acknowledged. At least once, with a
// stable Nats-Msg-Id. One leader among all hosts; the job's thread only. Its bookkeeping outlives a run, so that a
// leader that stops and starts again still knows what was acknowledged.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "outbox_gauges.hpp"
#include "outbox_reader.hpp"
#include "relay_round.hpp"

namespace dlrgw::outbox {

class Relay {
 public:
  explicit Relay(Host host);
  void run(const JobContext& context);

 private:
  void turn(std::size_t& found);
  // These two return how many events they tried to publish.
  std::size_t round();
  std::size_t publish(const std::vector<OutboxRow>& rows, const OutboxLook& look);
  OutboxFound select_oldest(const OutboxLook& look);
  void tell(const RoundReport& report);
  // Deletes what was acknowledged and puts back what is left of it, in one transaction.
  void store_settled();
  // Waits for the whole time even when woken, since commits go on while a dependency is away. False = stop.
  bool pause(const JobContext& context, std::chrono::milliseconds time) const;

  Clock clock_;
  Sql sql_;
  Publish publish_;
  FailPoints fail_points_;
  Log log_;
  Metric published_;
  OutboxGauges gauges_;
  SqlStatement delete_, put_back_;
  OutboxReader reader_;
  RelayBook book_;
  std::int64_t settled_since_us_ = 0;  // the time of the oldest of what the book holds
  bool failing_ = false;               // the last round failed as a whole
  std::string refused_;                // what was refused last, with its reason; empty: nothing was
};

}  // namespace dlrgw::outbox
