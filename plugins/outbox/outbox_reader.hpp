// SPDX-License-Identifier: Apache-2.0
// What the relay reads of dlr.outbox: the oldest rows of each subject. A row that cannot be read is found by reading
// them one by one. Owned by the relay; the job's thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "relay_floors.hpp"

namespace dlrgw::outbox {

inline constexpr std::string_view kRelayPool = "relay";

struct OutboxRow {
  std::int64_t id = 0;
  std::string event_id, subject, schema, traceparent, payload;
};

// What a look leaves out, and what it looks at with care.
struct OutboxLook {
  std::vector<std::string> failing;  // subjects that back off: left out whole …
  std::vector<std::string> probes;   // … but for the first row of these, whose time has come
  std::vector<std::int64_t> parked;  // ids that are left alone
};

class OutboxReader {
 public:
  static constexpr std::size_t kMostOfSubject = 512;  // as in the statements

  explicit OutboxReader(Host host);
  [[nodiscard]] std::vector<OutboxRow> oldest(const OutboxLook& look);

  struct Unreadable {
    std::int64_t id = 0;
    std::string event_id, subject;
  };
  struct OneByOne {
    std::vector<OutboxRow> rows;
    std::vector<Unreadable> unreadable;
  };
  // As oldest(), with a statement for each row and fewer rows. Throws when not even the ids can be read, because then
  // no row is to blame.
  [[nodiscard]] OneByOne oldest_one_by_one(const OutboxLook& look);

  // What became of the rows that the last look gave.
  void settle(std::span<const Published> round) { floors_.settle(round); }

 private:
  std::vector<Unreadable> heads(const OutboxLook& look);
  static void append_rows(const SqlResult& result, std::vector<OutboxRow>& out);

  Clock clock_;
  Sql sql_;
  SqlStatement all_, after_, heads_, one_;
  RelayFloors floors_;
};

}  // namespace dlrgw::outbox
