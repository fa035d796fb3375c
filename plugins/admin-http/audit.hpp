// SPDX-License-Identifier: Apache-2.0
// Rows of dlr.audit_log, written as role dlr_admin. Any handler's thread.
#pragma once
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

struct AuditEntry {
  std::string_view actor;
  std::string_view action;  // "stage.disable"
  std::string_view entity;  // "stage"
  std::string_view entity_id;
  std::string details;  // JSON object
};

class Audit {
 public:
  explicit Audit(Host host);
  // Throws when a row could not be written now.
  void probe() const;
  void write(const AuditEntry& entry) const;

 private:
  Clock clock_;
  Sql sql_;
  SqlStatement probe_, insert_;
};

}  // namespace dlrgw::admin_http
