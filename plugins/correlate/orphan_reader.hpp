// SPDX-License-Identifier: Apache-2.0
// Reads stored orphans with what became of them: one by its id, and pages in the order of time in either direction.
// Owned by the plugin; its routes and jobs use it concurrently, each with a unit of work of its own.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

namespace dlrgw::correlate {

// How an orphan found its message after all.
struct OrphanResolution {
  std::string method;
  std::string outcome;
  std::string message_id;  // empty when it is not known
  std::string actor;       // empty unless somebody asked for it
  std::int64_t resolved_at_us = 0;
};

struct OrphanRecord {
  std::string orphan_id;
  std::int64_t received_at_us = 0;
  std::string operator_id;
  std::string operator_message_id;
  std::string id_candidates;  // JSON array
  std::string raw_stat;
  std::string status;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::string reason;
  std::int64_t attempts = 0;
  std::string event_id;
  std::string fingerprint;  // raw bytes
  std::string payload;      // as it came in: phone numbers, message text
  std::optional<OrphanResolution> resolution;
};

// A place in the order (received_at, orphan_id).
struct OrphanPlace {
  std::int64_t received_at_us = 0;
  std::string orphan_id;
};
// Before everything that was received at that time.
OrphanPlace first_place(std::int64_t received_at_us);

struct OrphanPage {
  std::int64_t from_us = 0;           // received at or after …
  std::int64_t to_us = 0;             // … and before
  OrphanPlace beyond;                 // excluded
  std::string_view operator_id = {};  // empty: of all operators
  std::int64_t limit = 0;
};

class OrphanReader {
 public:
  explicit OrphanReader(Host host);
  [[nodiscard]] std::optional<OrphanRecord> by_id(const UnitOfWork& work, std::string_view orphan_id) const;
  // What became of an orphan; its row may be archived already.
  [[nodiscard]] std::optional<OrphanResolution> resolution(const UnitOfWork& work, std::string_view orphan_id) const;
  [[nodiscard]] std::vector<OrphanRecord> oldest_first(const UnitOfWork& work, const OrphanPage& page) const;
  [[nodiscard]] std::vector<OrphanRecord> newest_first(const UnitOfWork& work, const OrphanPage& page) const;

 private:
  [[nodiscard]] static std::vector<OrphanRecord> read(const UnitOfWork& work, SqlStatement statement,
                                                      const OrphanPage& page);
  SqlStatement by_id_, resolution_, oldest_first_, newest_first_;
};

}  // namespace dlrgw::correlate
