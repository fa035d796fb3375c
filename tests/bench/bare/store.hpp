// SPDX-License-Identifier: Apache-2.0
// The bare loop's side of PostgreSQL: one statement stores a batch, one deletes what was published. The least that
// does what the contract asks of a receipt - look-up, receipt row, the message's update, its events until their PubAck
// - on tables of its own, so that it stays what it is while the gateway's change. One session; one thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/pg.hpp"

namespace dlrgw::bench {

// Schema `bench`, in a database that has the messages.
void create_bare_tables(Pg& db);

// The receipts of one transaction and their events.
struct BareBatch {
  std::vector<std::int64_t> numbers;
  std::vector<std::string_view> payloads;  // as they came
  std::vector<std::string> events;         // by subject: a JSON array
  std::vector<std::int64_t> outbox_rows;   // out: one per subject
};

class BareStore {
 public:
  explicit BareStore(const std::string& conninfo);
  void store(BareBatch& batch);  // one implicit transaction; throws unless every receipt was found
  void remove(const std::vector<std::int64_t>& outbox_rows);

 private:
  Pg pg_;
};

}  // namespace dlrgw::bench
