// SPDX-License-Identifier: Apache-2.0
// What the service manager gives the service and nobody gives a person at the command line: the file `environment` and
// the folder `credentials` beside the installed configuration. Without them `check` would look at another gateway.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlrgw::host {

// Lines NAME=value as systemd reads them: blanks around, one pair of quotes, comments with # or ;. Others are left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_lines(std::string_view text);

// Sets what is not set yet in this process: what the file names, and DLRGW_…_PASSWORD_FILE for each credential that can
// be read. Files that are not there, or may not be read, change nothing. Before other threads are started.
void take_service_environment(const std::filesystem::path& folder);

}  // namespace dlrgw::host
