// Reads and writes the rows of messages that have several segments. Every read happens under the message's lock. Owned
// by the plugin; used by lanes and by the sweep; stateless.
#pragma once
#include <map>
#include <set>
#include <string>

#include <dlrgw/plugin.hpp>

#include "event_json.hpp"
#include "finalise.hpp"

namespace dlrgw::segments {

// What is stored about a message, and what the batch adds to it.
struct OpenMessage {
  SegmentSet set;
  std::uint32_t total = 1;                  // the largest that its stored segments name
  std::optional<std::int64_t> deadline_us;  // empty: no receipt so far
  bool decided = false;                     // its aggregate exists, or it is final for another reason
  // Filled by lock_and_read() only:
  MessageFacts facts;
  std::set<std::uint32_t> unrequested;    // segments whose newest submit asked for no receipt
  std::uint32_t prior_intermediates = 0;  // receipts that the customer has been told of
};
using OpenMessages = std::map<std::string, OpenMessage>;

class SegmentStore {
 public:
  explicit SegmentStore(Host host);

  // One statement for all messages. Every id asked for is in the answer.
  [[nodiscard]] OpenMessages read(const UnitOfWork& work, const std::set<std::string>& message_ids) const;
  // The sweep's: locks the messages in key order, then reads them with their facts. Messages that are gone are missing.
  [[nodiscard]] OpenMessages lock_and_read(const UnitOfWork& work, const std::set<std::string>& message_ids) const;

  void add_segment(const UnitOfWork& work, const ReceiptView& receipt, const Segment& segment, std::uint32_t total,
                   std::string_view raw) const;
  void open(const UnitOfWork& work, const ReceiptView& receipt, std::int64_t deadline_us) const;

 private:
  SqlStatement read_, lock_, read_facts_, read_unrequested_, insert_segment_, insert_open_;
};

}  // namespace dlrgw::segments
