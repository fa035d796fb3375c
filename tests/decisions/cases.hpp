// SPDX-License-Identifier: Apache-2.0
// The decision table: cases.txt, whose first lines explain it. Read by the run against the pure rules and by the run
// through NATS. Values.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::decisions {

struct CaseSubmit {
  std::uint32_t segment = 1;
  std::uint32_t total = 1;
  std::int64_t age_minutes = 60;
  bool requested = true;
};

struct CaseReceipt {
  std::string submit;  // name of the submit that it belongs to
  std::string stat;
  std::size_t again = 0;         // not 0: the same event as the case's n-th receipt
  std::int64_t dated_hours = 0;  // not 0: it brings a time of its own, so many hours away from now
  std::string error_code;
  std::size_t phase = 0;  // so many times 25 h after the beginning
  std::string outcome;    // as in dlr_processed_total
  std::string kind;       // of a late one
  int line = 0;
};

struct Case {
  std::string name;
  int line = 0;
  std::uint32_t segments = 1;
  bool single = false;  // the operator sends one receipt for all segments
  std::string status = "SUBMITTED";
  bool undated = false;  // since when it has that status is not known
  std::map<std::string, CaseSubmit> submits;
  std::vector<CaseReceipt> receipts;
  std::size_t phases = 1;

  std::string ends;    // the message's status; empty: as it began
  std::string reason;  // of the aggregate; empty: no final events
  std::uint32_t received = 0, expected = 0, delivered = 0;
  std::string error_code;                      // of the final webhook and the billing event
  std::vector<std::string> told;               // the statuses of its intermediate webhooks
  std::map<std::uint32_t, std::string> shown;  // portal view: status, with * when late; empty: not looked at
};

// Throws std::runtime_error naming the line.
std::vector<Case> read_cases(const std::string& path);

// The standard table, which normalise tests for itself.
DlrStatus status_of(const std::string& stat);

}  // namespace dlrgw::decisions
