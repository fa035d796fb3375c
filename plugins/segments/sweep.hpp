// Job segments.sweep: decides messages whose deadline passed, by the same lock and the same function as the stage, and
// takes away what no longer waits. One leader among all hosts; the job's thread only; without state.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "segments_stage.hpp"

namespace dlrgw::segments {

class Sweep {
 public:
  Sweep(Host host, SegmentsShared& shared);
  void run(const JobContext& context);

 private:
  struct Due {
    std::string message_id;
    std::int64_t deadline_us = 0;
  };
  // What one page decided, told after its commit.
  struct Decided {
    MessageFacts message;
    Aggregate aggregate;
  };
  [[nodiscard]] std::vector<Due> due(const UnitOfWork& work, const Due& after) const;
  [[nodiscard]] std::vector<Decided> decide(const UnitOfWork& work, const std::vector<Due>& page) const;
  // Nothing for a message that was decided meanwhile.
  [[nodiscard]] std::optional<Aggregate> decide(const MessageFacts& facts, const message::History& history,
                                                const OpenMessage& open) const;
  [[nodiscard]] std::vector<MessageFacts> read_facts(const UnitOfWork& work, const std::set<std::string>& ids) const;
  void close(const std::vector<Due>& page) const;

  SegmentsShared& shared_;
  SqlStatement due_, read_facts_, audit_, close_;
};

}  // namespace dlrgw::segments
