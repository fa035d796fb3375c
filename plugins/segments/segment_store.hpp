// SPDX-License-Identifier: Apache-2.0
// Reads and writes the rows of messages that have several segments. Every read happens under the message's lock. Owned
// by the plugin; used by lanes and by the sweep; stateless.
#pragma once
#include <map>
#include <string>

#include <dlrgw/plugin.hpp>

#include "event_json.hpp"
#include "message/complete.hpp"

namespace dlrgw::segments {

using message::Segment;
using message::SegmentSet;

// What is stored about a message, and what the batch adds to it.
struct OpenMessage {
  SegmentSet set;
  std::optional<std::int64_t> deadline_us;  // empty: no receipt so far
  std::string connector_id;                 // of the first receipt
  bool decided = false;                     // its aggregate exists, or it is final for another reason
};
using OpenMessages = std::map<std::string, OpenMessage>;
using FiledUnder = std::map<std::string, std::int64_t>;  // of each message, by its id; microseconds

class SegmentStore {
 public:
  explicit SegmentStore(Host host);

  // One statement for all messages. Every id asked for is in the answer.
  [[nodiscard]] OpenMessages read(const UnitOfWork& work, const FiledUnder& filed_under) const;

  // late: the message was decided without it; shown, counted nowhere.
  void add_segment(const UnitOfWork& work, const ReceiptView& receipt, std::int64_t filed_under_us,
                   const Segment& segment, std::uint32_t total, std::string_view raw, bool late) const;
  // Nothing where the message is open already.
  void open(const UnitOfWork& work, const ReceiptView& receipt, std::int64_t filed_under_us,
            std::int64_t deadline_us) const;

 private:
  SqlStatement read_, insert_segment_, insert_open_;
};

}  // namespace dlrgw::segments
