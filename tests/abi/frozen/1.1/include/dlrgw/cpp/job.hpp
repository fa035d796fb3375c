// SPDX-License-Identifier: Apache-2.0
// Sinks and jobs in C++.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include <dlrgw/abi/job.h>
#include <dlrgw/abi/sink.h>
#include <dlrgw/cpp/base.hpp>

namespace dlrgw {

class JobContext {
 public:
  explicit JobContext(const dlrgw_job_context* context) : context_(context) {}
  [[nodiscard]] bool should_stop() const { return context_->should_stop(context_->self) != 0; }
  // false = stop; true = woken or time is over.
  [[nodiscard]] bool wait(std::chrono::milliseconds time) const {
    return context_->wait(context_->self, static_cast<std::uint32_t>(time.count())) != DLRGW_JOB_STOP;
  }

 private:
  const dlrgw_job_context* context_;
};

struct JobSpec {
  std::string_view name;
  std::string_view schedule;  // "continuous", "every 5m", "daily 02:00"
  bool singleton = false;
};

// The events of one unit of work, to be persisted in it.
class EventList {
 public:
  explicit EventList(const dlrgw_events* events) : events_(events) {}
  [[nodiscard]] std::uint32_t size() const { return events_->count; }
  [[nodiscard]] const dlrgw_event& operator[](std::uint32_t i) const {
    const auto* bytes = static_cast<const char*>(events_->items) + std::size_t{i} * events_->item_stride;
    return *reinterpret_cast<const dlrgw_event*>(bytes);
  }

 private:
  const dlrgw_events* events_;
};

// Called by lanes and jobs at the same time.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual void persist(dlrgw_uow* uow, const EventList& events) = 0;
  virtual void committed(std::uint32_t) {}
};

namespace detail {

struct JobRegistration {
  using Run = std::function<void(const JobContext&)>;
  JobRegistration(const JobSpec& spec, Run body) : name(spec.name), schedule(spec.schedule), run(std::move(body)) {
    table.struct_size = sizeof table;
    table.flags = spec.singleton ? DLRGW_JOB_SINGLETON : 0;
    table.name = str(name);
    table.schedule = str(schedule);
    table.run = [](void* user, const dlrgw_job_context* context, dlrgw_error* error) {
      return guarded(error, [&] { static_cast<JobRegistration*>(user)->run(JobContext(context)); });
    };
  }
  JobRegistration(const JobRegistration&) = delete;
  JobRegistration& operator=(const JobRegistration&) = delete;
  std::string name, schedule;
  Run run;
  dlrgw_job_class table{};
};

struct SinkRegistration {
  SinkRegistration(std::string_view sink_name, Sink& sink) : name(sink_name), target(&sink) {
    table.struct_size = sizeof table;
    table.name = str(name);
    table.persist = [](void* user, dlrgw_uow* uow, const dlrgw_events* events, dlrgw_error* error) {
      return guarded(error, [&] { static_cast<SinkRegistration*>(user)->target->persist(uow, EventList(events)); });
    };
    table.committed = [](void* user, std::uint32_t count) {
      guarded(nullptr, [&] { static_cast<SinkRegistration*>(user)->target->committed(count); });
    };
  }
  SinkRegistration(const SinkRegistration&) = delete;
  SinkRegistration& operator=(const SinkRegistration&) = delete;
  std::string name;
  Sink* target;
  dlrgw_sink_class table{};
};

}  // namespace detail
}  // namespace dlrgw
