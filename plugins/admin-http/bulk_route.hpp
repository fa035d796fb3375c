// SPDX-License-Identifier: Apache-2.0
// POST /v1/admin/dlr/rejected/resubmit: asks for many stored receipts to be put through again; GET …/resubmit/{id}: how
// far that has come. Handler threads.
#pragma once
#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "bulk_resubmission.hpp"
#include "write_desk.hpp"

namespace dlrgw::admin_http {

class BulkRoute {
 public:
  // desk and bulk must outlive this.
  BulkRoute(Host host, const WriteDesk& desk, const BulkResubmission& bulk)
      : desk_(desk), bulk_(bulk), control_(host), clock_(host) {}
  void register_in(Registrar& registrar);

 private:
  [[nodiscard]] Answer ask(std::string_view actor, const BulkSelection& selection) const;
  [[nodiscard]] Answer progress(std::string_view id) const;

  const WriteDesk& desk_;
  const BulkResubmission& bulk_;
  Control control_;
  Clock clock_;
};

}  // namespace dlrgw::admin_http
