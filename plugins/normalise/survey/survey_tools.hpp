// SPDX-License-Identifier: Apache-2.0
// The tools behind `dlr-gateway profile new`: captures through the host's services, a proposal back. Owned by the
// plugin; one call at a time.
#pragma once
#include <dlrgw/cpp/tools.hpp>
#include <dlrgw/plugin.hpp>

#include "survey/captured.hpp"

namespace dlrgw::normalise {

class SurveyTools {
 public:
  explicit SurveyTools(Host host) : pii_(host) {}
  void add_to(Tools& tools) const;

 private:
  [[nodiscard]] std::vector<Captured> captures_of(const ToolCall& call) const;
  [[nodiscard]] Captured captured(const ReceiptView& receipt) const;

  Pii pii_;
};

}  // namespace dlrgw::normalise
