// SPDX-License-Identifier: Apache-2.0
// Whether PostgreSQL takes the statements of a pipeline's plugins, under the roles that run them: each is prepared and
// planned, none is run. [control]
#pragma once
#include <span>
#include <string>
#include <vector>

#include "boundary/plugin_instance.hpp"
#include "control/shared_parts.hpp"

namespace dlrgw::host {

struct StatementTrouble {
  std::string plugin;
  std::string text;  // names plugin and statement, and what PostgreSQL says
  // Nobody else's doing: the text of the statement, or our own tables, are wrong. Otherwise it may pass.
  bool certain = false;
};

// Statements that none of the roles can run. A role without a session now is passed over.
std::vector<StatementTrouble> statement_troubles(std::span<const std::shared_ptr<const PluginInstance>> plugins,
                                                 SharedParts& shared);

}  // namespace dlrgw::host
