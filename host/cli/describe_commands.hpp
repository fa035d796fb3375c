// SPDX-License-Identifier: Apache-2.0
// The table of commands as other programs want it: a manual page and completions of shells. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace dlrgw::host {

// roff, section 1.
[[nodiscard]] std::string man_page(const CLI::App& app, std::string_view version);
// shell: bash, zsh or fish; nothing for another one.
[[nodiscard]] std::optional<std::string> completion(const CLI::App& app, std::string_view shell);

}  // namespace dlrgw::host
