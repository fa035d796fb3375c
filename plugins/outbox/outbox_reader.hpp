// SPDX-License-Identifier: Apache-2.0
// What the relay reads of dlr.outbox: the oldest rows of each subject. A row that cannot be read is found by reading
// them one by one. Owned by the relay; the job's thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "event_array.hpp"
#include "relay_floors.hpp"

namespace dlrgw::outbox {

inline constexpr std::string_view kRelayPool = "relay";

struct OutboxRow {
  std::int64_t id = 0;
  std::string subject, text;
  std::vector<StoredEvent> events;  // views into `text`
};

// What a look leaves out, and what it looks at with care.
struct OutboxLook {
  std::vector<std::string> failing;   // subjects that back off: left out whole …
  std::vector<std::string> probes;    // … but for the first row of these, whose time has come
  std::vector<std::int64_t> without;  // ids that are left alone
};

struct OutboxFound {
  struct Unreadable {
    std::int64_t id = 0;
    std::string subject, why;  // why: what the database said of it
  };
  std::vector<OutboxRow> rows;
  std::vector<Unreadable> unreadable;
};

class OutboxReader {
 public:
  static constexpr std::size_t kMostOfSubject = 512;  // events, in whole rows; as in the statements

  explicit OutboxReader(Host host);
  // Throws when the database refuses it. One row that cannot be read is enough for that.
  [[nodiscard]] OutboxFound oldest(const OutboxLook& look);
  // The same with a statement for each row, and fewer of them. Throws when not even the ids can be read: then it is no
  // row's fault.
  [[nodiscard]] OutboxFound oldest_one_by_one(const OutboxLook& look);

  // What became of the rows that the last look gave.
  void settle(std::span<const PublishedRow> round) { floors_.settle(round); }

 private:
  std::vector<OutboxFound::Unreadable> heads(const OutboxLook& look);
  // False: the database did not give it out; head says why.
  bool read_one(OutboxFound::Unreadable& head, OutboxFound& out);

  Clock clock_;
  Sql sql_;
  SqlStatement all_, after_, heads_, one_;
  RelayFloors floors_;
};

}  // namespace dlrgw::outbox
