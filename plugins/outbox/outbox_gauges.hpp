// SPDX-License-Identifier: Apache-2.0
// The gauges of the outbox. Whether this host leads the relay is told by every host, the others by the leader only.
// Owned by the relay; the job's thread, but for the constructor.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::outbox {

class OutboxGauges {
 public:
  explicit OutboxGauges(Host host);
  // A second after the last time, and later where the query takes long.
  [[nodiscard]] bool due() const;
  // Says that this host leads, and asks the table.
  void refresh(std::string_view pool);
  void remove();

  // While it lives this host leads; then the leader's series go.
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
  Clock clock_;
  Sql sql_;
  Metric leader_, pending_, oldest_;
  SqlStatement measure_;
  std::int64_t next_us_ = INT64_MIN;
};

}  // namespace dlrgw::outbox
