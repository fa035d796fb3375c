// SPDX-License-Identifier: Apache-2.0
// Validates what a plugin's entry returned and copies it out. Pure: reads the struct, calls nothing. Reads no byte past
// any size the plugin states, so a struct of an older or a newer SDK is safe to look at. Any thread.
#pragma once
#include <string_view>

#include "boundary/plugin_info.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// plugin may be null. path is for the sentences and for PluginInfo. The first broken rule is the error: kInvalid for a
// faulty plugin, kDenied for a service that is not granted, kNotFound for one (or a minor) that this host lacks.
Result<PluginInfo> validate_plugin(const dlrgw_plugin* plugin, std::string_view path, const HostOffer& offer);

}  // namespace dlrgw::host
