// SPDX-License-Identifier: Apache-2.0
// ${NAME} and ${NAME:-default} in configuration texts. Pure.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

// nullopt = not set.
using EnvLookup = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] EnvLookup process_environment();

struct Interpolated {
  std::string text;
  bool replaced = false;  // at least one ${…} was found
};

// As in a shell: ${NAME:-default} takes the default when NAME is unset or empty; "$${" is a literal "${". A default
// holds no "}" and is taken as it stands. Fails for an unset NAME without default and for a malformed ${.
Result<Interpolated> interpolate(std::string_view text, const EnvLookup& env);

}  // namespace dlrgw::host
