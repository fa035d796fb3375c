// SPDX-License-Identifier: Apache-2.0
// The rows of dlr.orphan_archives: which months have left PostgreSQL, and where they are. Defined once by the plugin.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "message/month.hpp"

namespace dlrgw::correlate {

using message::Month;

struct ArchivedObject {
  std::string month;  // "2026-01"
  std::string object_key;
  std::int64_t rows = 0;
};

class ArchivedMonths {
 public:
  explicit ArchivedMonths(Host host);
  // Those of the months that the time from from_us to before to_us touches, oldest first.
  [[nodiscard]] std::vector<ArchivedObject> between(const UnitOfWork& work, std::int64_t from_us,
                                                    std::int64_t to_us) const;
  // Added to the unit of work, written when it commits.
  void add(const UnitOfWork& work, Month month, const ArchivedObject& object, std::string_view sha256,
           std::int64_t archived_at_us) const;

 private:
  SqlStatement between_, insert_;
};

}  // namespace dlrgw::correlate
