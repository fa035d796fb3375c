// SPDX-License-Identifier: Apache-2.0
// Every key as a Markdown page: docs/configuration.md, and what `check --keys` prints. Drawn from the tables that the
// values are checked against. Pure.
#pragma once
#include <string>
#include <vector>

#include "config/option_decl.hpp"

namespace dlrgw::host {

struct PluginOptions {
  std::string id;
  std::vector<OptionDecl> options;
};

[[nodiscard]] std::string describe_config(const std::vector<PluginOptions>& plugins);

}  // namespace dlrgw::host
