// SPDX-License-Identifier: Apache-2.0
// POST /v1/admin/dlr/parse: what the chain would do with an inbound event, without doing it. Owned by the plugin;
// handler threads.
#pragma once
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"

namespace dlrgw::admin_http {

class ParseRoute {
 public:
  explicit ParseRoute(Host host) : pipeline_(host) {}
  void register_in(Registrar& registrar);

 private:
  [[nodiscard]] Answer parse(std::string_view event) const;
  Pipeline pipeline_;
};

// {"outcome", "reason", "stage", "receipt"}: how the chain ended and the receipt as it was then. Pure.
std::string describe(const SubmissionResult& result);

}  // namespace dlrgw::admin_http
