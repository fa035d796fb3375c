// SPDX-License-Identifier: Apache-2.0
// The gauges of the outbox, and its check in /ready. Every host reports whether it leads the relay; only the leader
// reports the others. Owned by the relay; the job's thread, but for the constructor.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::outbox {

class OutboxGauges {
 public:
  explicit OutboxGauges(Host host);
  // A second after the last time, and later where the query takes long.
  [[nodiscard]] bool due() const;
  // Says that this host leads, and asks the table. why: what was refused last; empty = nothing.
  void refresh(std::string_view pool, std::string_view why);
  void remove();

  // Exists while this host leads; its end removes the leader's series.
  class Exported {
   public:
    explicit Exported(OutboxGauges& gauges) : gauges_(gauges) {}
    ~Exported() { gauges_.remove(); }
    Exported(const Exported&) = delete;
    Exported& operator=(const Exported&) = delete;

   private:
    OutboxGauges& gauges_;
  };

 private:
  void tell_ready(std::int64_t age_us, std::string_view why) const;

  Clock clock_;
  Sql sql_;
  Health health_;
  Metric leader_, pending_, oldest_;
  SqlStatement measure_;
  std::int64_t next_us_ = INT64_MIN;
};

}  // namespace dlrgw::outbox
