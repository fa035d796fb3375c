// SPDX-License-Identifier: Apache-2.0
// Carries out what finalise() decided: the guarded update of the message, its aggregate row and its events, all in one
// unit of work under the message's lock. Owned by the plugin; used by lanes and by the sweep; stateless.
#pragma once
#include <dlrgw/plugin.hpp>

#include "event_json.hpp"

namespace dlrgw::segments {

class Publisher {
 public:
  // legacy_subjects: also billing.events and webhook.dispatch.
  Publisher(Host host, bool legacy_subjects);

  // receipt: the one that completed the message; 0 in the sweep. sequence: of the webhook.
  void final(const UnitOfWork& work, std::uint64_t receipt, const MessageFacts& message, const Aggregate& aggregate,
             bool several_segments, std::uint32_t sequence) const;
  void intermediate(const UnitOfWork& work, std::uint64_t receipt, const MessageFacts& message,
                    const message::Segment& segment, std::uint32_t sequence) const;
  // Counters and log line of final(). With receipt 0 they happen at once: call it after the commit.
  void tell_final(std::uint64_t receipt, const MessageFacts& message, const Aggregate& aggregate) const;

 private:
  void expect_series() const;
  void emit(const UnitOfWork& work, std::uint64_t receipt, const MessageFacts& message, std::string_view subject,
            std::string_view event_id, std::string_view json) const;
  [[nodiscard]] std::string event_id(const MessageFacts& message, std::string_view subject,
                                     std::uint32_t sequence) const;

  const bool legacy_subjects_;
  Clock clock_;
  Digest digest_;
  Events events_;
  Log log_;
  Metric billing_, webhooks_, aggregates_;
  SqlStatement update_message_, insert_aggregate_;
};

}  // namespace dlrgw::segments
