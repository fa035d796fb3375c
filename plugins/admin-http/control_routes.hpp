// SPDX-License-Identifier: Apache-2.0
// GET /v1/admin/pipeline|plugins|jobs; switches of stages and plugins, runs of jobs, reloads.
#pragma once
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "bulk_resubmission.hpp"
#include "write_desk.hpp"

namespace dlrgw::admin_http {

class ControlRoutes {
 public:
  // desk and bulk must outlive this.
  ControlRoutes(Host host, const WriteDesk& desk, const BulkResubmission& bulk)
      : control_(host), desk_(desk), bulk_(bulk) {}
  void register_in(Registrar& registrar);

 private:
  void switch_stage(const HttpRequest& request, HttpResponse& response, bool enabled) const;
  void switch_plugin(const HttpRequest& request, HttpResponse& response, bool enabled) const;
  void run_job(const HttpRequest& request, HttpResponse& response) const;
  void reset_quirk(const HttpRequest& request, HttpResponse& response) const;
  void reset_stage(const HttpRequest& request, HttpResponse& response) const;
  void reload(const HttpRequest& request, HttpResponse& response) const;
  [[nodiscard]] std::string jobs() const;
  // change, then the document; a refusal carries the pipeline as it still runs, with the whole reason.
  [[nodiscard]] Answer changed(const std::function<void()>& change, std::string (Control::*document)() const,
                               std::uint32_t refused) const;

  Control control_;
  const WriteDesk& desk_;
  const BulkResubmission& bulk_;
};

}  // namespace dlrgw::admin_http
