// SPDX-License-Identifier: Apache-2.0
// Job segments.sweep: decides messages whose deadline has passed, under the same lock and by the same function as the
// stage, and deletes the rows of those that no longer wait. A message that cannot be ended is logged and left open, and
// does not hold up the others. One leader among all hosts; the job's thread only.
#pragma once
#include <optional>
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
    // Of its stored receipts.
    std::string account_id;
    std::string operator_id;
  };
  struct Turn {
    std::int64_t succeeded_us = 0;  // monotonic: when a message was swept last, or the turn began
    std::size_t failed = 0;
  };
  // What one page decided, logged after its commit.
  struct Decided {
    MessageFacts message;
    Aggregate aggregate;
  };
  static Due first_place();
  // The time up to which every receipt that the stream stored is settled; nullopt when that is not known.
  [[nodiscard]] std::optional<std::int64_t> settled_until();
  void tell_blind(bool blind);
  [[nodiscard]] std::vector<Due> due(std::int64_t clock_us, const Due& after) const;
  // Throws when nothing could be swept for so long that the messages cannot be the reason.
  void sweep(const std::vector<Due>& page, Turn& turn, const JobContext& context);
  void failed(const Due& item, Turn& turn) const;
  // Ends them in one unit of work; throws when one of them cannot be ended.
  void end(const std::vector<Due>& page) const;
  [[nodiscard]] std::vector<Decided> decide(const UnitOfWork& work, const std::vector<Due>& page) const;
  // nullopt for a message that was decided meanwhile.
  [[nodiscard]] std::optional<Aggregate> decide(const MessageFacts& facts, const message::History& history,
                                                const OpenMessage& open) const;
  [[nodiscard]] std::vector<MessageFacts> read_facts(const UnitOfWork& work, const std::vector<Due>& page) const;
  void close(const std::vector<Due>& page) const;

  SegmentsShared& shared_;
  Log log_;
  Metric failures_, blind_;
  bool was_blind_ = false;
  std::int64_t look_ = 0;          // the newest one seen, and when it was new
  std::int64_t look_seen_us_ = 0;  // monotonic
  Due resume_;                     // the next turn begins after this one
  SqlStatement clock_, due_, read_facts_, audit_, close_;
};

}  // namespace dlrgw::segments
