// SPDX-License-Identifier: Apache-2.0
// Puts one stored receipt, rejected or invalid, through today's chain, and only once: its effects, the row that keeps
// it from happening twice and its audit row are one transaction. Owned by the plugin; the route for one and the job for
// many use it concurrently.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

// The key of a row of dlr.invalid_dlrs.
struct StoredPlace {
  std::string stream_identity;
  std::int64_t stream_seq = 0;
  bool operator==(const StoredPlace&) const = default;
};

// A row of dlr.invalid_dlrs with what was decided about it.
struct StoredReceipt {
  std::string kind;
  std::string event_id;
  std::optional<std::int64_t> received_at_us;
  std::string payload;
  std::string first_outcome;  // empty: not resubmitted yet
  std::string first_actor;
};

class Resubmission {
 public:
  explicit Resubmission(Host host);

  [[nodiscard]] std::optional<StoredReceipt> find(const StoredPlace& place) const;
  // request_id: of the bulk request that it belongs to, else empty. Throws as Pipeline::submit: DLRGW_E_DENIED when
  // another submission came first. Outcomes "rejected" and "retry" leave it as it was.
  [[nodiscard]] SubmissionResult submit(const StoredPlace& place, const StoredReceipt& stored, std::string_view actor,
                                        std::string_view request_id) const;

 private:
  std::string instance_;
  Clock clock_;
  Sql sql_;
  Pipeline pipeline_;
  SqlStatement find_, complete_;
};

}  // namespace dlrgw::admin_http
