// SPDX-License-Identifier: Apache-2.0
// POST /v1/admin/dlr/rejected/{identity}/{seq}/resubmit: puts a receipt that is stored as rejected or invalid through
// today's chain, once. Owned by the plugin; handler threads.
#pragma once
#include <optional>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "resubmission.hpp"
#include "write_desk.hpp"

namespace dlrgw::admin_http {

class ResubmitRoute {
 public:
  // desk and resubmission must outlive this.
  ResubmitRoute(const WriteDesk& desk, const Resubmission& resubmission) : desk_(desk), resubmission_(resubmission) {}
  void register_in(Registrar& registrar);

 private:
  [[nodiscard]] Answer resubmit(std::string_view actor, std::string_view identity, std::string_view seq) const;
  [[nodiscard]] Answer submit(std::string_view actor, const StoredPlace& place, const StoredReceipt& stored) const;

  const WriteDesk& desk_;
  const Resubmission& resubmission_;
};

// Why this row cannot be resubmitted; nullopt: it can. Pure.
std::optional<Answer> refuse_resubmission(const StoredReceipt& stored);

}  // namespace dlrgw::admin_http
