// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway new-plugin`: a project of one's own out of an example of the SDK, with every name replaced. The examples
// are installed under share/dlr-gateway/templates, beside the executable's bin/.
#pragma once
#include <filesystem>
#include <string>

#include "support/result.hpp"

namespace dlrgw::host {

struct NewPlugin {
  std::string name;  // kebab case; also the operator id of a quirk
  std::string kind = "quirk";
  std::string lang = "cpp";
  std::filesystem::path into;  // made; must not exist
};

// How the user can call this program and find its SDK: by name when the first one of PATH is this one – CMake looks
// beside it too –, else by its path and prefix.
struct Invocation {
  std::string program;
  std::string prefix;  // for CMake; empty = it needs none
};
Invocation invocation();

// Writes the project. Returns the text to show to the user, whose indented lines are commands that work where the user
// stands; or why nothing was written.
Result<std::string> new_plugin(const NewPlugin& wanted, const std::filesystem::path& templates,
                               const Invocation& invocation);

// Beside the running executable.
std::filesystem::path templates_dir();

// Every spelling of the template's name in text → the same spelling of `name`: acme-tally, acme_tally, AcmeTally,
// acme.tally, acme/tally. Pure.
std::string renamed(std::string text, const std::string& from, const std::string& to);

}  // namespace dlrgw::host
