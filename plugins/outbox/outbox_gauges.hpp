// The gauges of the outbox, exported by the relay's leader only. Owned by the relay; the job's thread.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::outbox {

class OutboxGauges {
 public:
  explicit OutboxGauges(Host host);
  // At most one query a second.
  void refresh(std::string_view pool);
  void remove();

  // Takes the series away when the leader's run ends.
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
  Metric pending_, oldest_;
  SqlStatement measure_;
  std::int64_t next_us_ = INT64_MIN;
};

}  // namespace dlrgw::outbox
