// SPDX-License-Identifier: Apache-2.0
// The unit of work as plugins hold it: one transaction plus the events emitted in it. Owned by a batch or by a job's
// own open(); used by one thread at a time.
#pragma once
#include <deque>
#include <string>
#include <vector>

#include <dlrgw/abi/sink.h>

#include "boundary/call_watch.hpp"
#include "boundary/snapshot.hpp"
#include "storage/unit_of_work.hpp"

namespace dlrgw::host {

struct EmittedEvent {
  std::uint64_t receipt = 0;
  std::string event_id, subject, key, schema, payload, traceparent;
};

}  // namespace dlrgw::host

// The opaque type of the SDK.
struct dlrgw_uow {
  // deadline_mono_us: on clock.monotonic_us().
  dlrgw_uow(dlrgw::host::Pool& pool, const dlrgw::host::Clock& clock, std::int64_t deadline_mono_us, bool of_batch)
      : unit(pool, clock, deadline_mono_us), in_batch(of_batch) {}

  dlrgw::host::UnitOfWork unit;
  std::vector<dlrgw::host::EmittedEvent> events;
  const bool in_batch;
};

namespace dlrgw::host {

// Hands the kept events to the sink, which adds their rows to the unit of work. Returns how many the sink was given.
Result<std::uint32_t> persist_events(dlrgw_uow& work, const SinkSlot& sink, const KeepRow& keep);
// Tells the sink, if it wants to know, that so many events are committed. An error: it threw.
Status tell_committed(const SinkSlot& sink, std::uint32_t events, std::uint32_t lane = kNoLane,
                      std::uint64_t batch = 0);

}  // namespace dlrgw::host
