// SPDX-License-Identifier: Apache-2.0
// What operators send that is not mapped: status texts that neither the standard table nor an alias knows, error codes
// that the profile does not translate, and fields that were dropped or replaced because they could not be read; each
// with how often and when it came, on this host since the plugin was created. Bounded, whatever is sent. Owned by the
// plugin. Thread-safe: lanes add, a route reads.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::normalise {

class Inventory {
 public:
  static constexpr std::size_t kMaxOperators = 256;
  static constexpr std::size_t kMaxSpellings = 64;  // of each kind and operator; further ones are only counted

  enum class Kind { kStatus, kErrorCode, kField };

  // True when this spelling is new here and was kept.
  bool add(std::string_view operator_id, Kind kind, std::string_view spelling, std::int64_t received_at_us);

  // {"operators": [{"operatorId", "statuses": [{"spelling", "count", "firstReceivedAt", "lastReceivedAt"}],
  //                 "furtherStatuses", "errorCodes": […], "furtherErrorCodes", "fields": […], "furtherFields"}],
  //  "furtherOperators"}
  // Spellings in order; the further… count receipts whose spelling or operator found no room.
  [[nodiscard]] std::string json() const;

 private:
  struct Seen {
    std::int64_t count = 0;
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
  };
  struct Spellings {
    std::map<std::string, Seen, std::less<>> known;
    std::int64_t further = 0;
  };
  struct Operator {
    Spellings statuses, error_codes, fields;
  };

  mutable Mutex mutex_;
  std::map<std::string, Operator, std::less<>> operators_ DLRGW_GUARDED_BY(mutex_);
  std::int64_t further_ DLRGW_GUARDED_BY(mutex_) = 0;
};

// How a spelling may be shown to people: seven digits in a row and more, which could be a phone number, become "#".
std::string shown(std::string_view spelling);

}  // namespace dlrgw::normalise
