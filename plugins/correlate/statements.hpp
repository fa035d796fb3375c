// SPDX-License-Identifier: Apache-2.0
// The SQL of correlate: which statements there are, and their rows as C++ values. Defined once by the plugin; used by
// its lanes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "lost.hpp"
#include "orphan.hpp"
#include "resolution.hpp"

namespace dlrgw::correlate {

struct LookupRow {
  std::uint32_t index = 0;  // of the receipt in the batch
  std::string_view operator_id;
  std::string_view connector_id;  // where ids are unique on one connector only; empty: on the operator
  std::uint32_t place = 0;        // of the candidate among the receipt's
  Candidate candidate;
  std::int64_t oldest_us = 0;  // bounds of the submit, both included
  std::int64_t newest_us = 0;
};

struct OrphanRow {
  const Orphan& orphan;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::string_view event_id;
  std::string_view fingerprint;
  std::string_view payload;
};

// An event that found its message after all.
struct Resolved {
  std::string_view orphan_id;
  std::string_view message_id;
  std::int64_t received_at_us = 0;
  std::int64_t resolved_at_us = 0;
};

class Statements {
 public:
  explicit Statements(Host host);

  // One entry per receipt of the batch: the newest submits of each of its candidates, at most `page` of one.
  [[nodiscard]] std::vector<std::vector<Hit>> look_up(const UnitOfWork& uow, std::size_t batch_size,
                                                      const std::vector<LookupRow>& rows, std::uint32_t page) const;
  // Those of the ids that are stored, by id.
  [[nodiscard]] StoredOrphans stored_orphans(const UnitOfWork& uow, const std::vector<std::string>& ids) const;
  void insert_orphan(const UnitOfWork& uow, std::uint64_t receipt, const OrphanRow& row) const;
  // Does nothing when no such orphan is stored, or when it is resolved already.
  void resolve_orphan(const UnitOfWork& uow, std::uint64_t receipt, const Resolved& row) const;
  // The message of a stored orphan that is tried again, for its resolution in the same transaction.
  void note_message(const UnitOfWork& uow, std::string_view message_id) const;
  [[nodiscard]] UnitOfWork in(dlrgw_uow* uow) const { return sql_.in(uow); }

 private:
  Sql sql_;
  SqlStatement look_up_, stored_orphans_, insert_orphan_, resolve_orphan_, note_message_;
};

}  // namespace dlrgw::correlate
