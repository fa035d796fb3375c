// SPDX-License-Identifier: Apache-2.0
#include "cli/service_environment.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace dlrgw::host {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// "pg-svc" is DLRGW_PG_SVC_PASSWORD_FILE, as in the unit file.
std::string variable_of(const std::string& credential) {
  std::string out = "DLRGW_";
  for (const char c : credential)
    out += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out + "_PASSWORD_FILE";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> environment_lines(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t equals = line.find('=');
    if (line.empty() || line.front() == '#' || line.front() == ';' || equals == std::string_view::npos || equals == 0)
      continue;
    out.emplace_back(trimmed(line.substr(0, equals)), unquoted(trimmed(line.substr(equals + 1))));
  }
  return out;
}

void take_service_environment(const std::filesystem::path& folder) {
  constexpr int kKeepWhatIsSet = 0;
  std::ifstream file(folder / "environment", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const auto& [name, value] : environment_lines(text)) ::setenv(name.c_str(), value.c_str(), kKeepWhatIsSet);
  for (const char* credential : {"nats", "pg-svc", "pg-relay", "pg-admin", "pg-portal", "pg-maint"}) {
    const std::filesystem::path path = folder / "credentials" / credential;
    const std::string variable = variable_of(credential);
    // A password that is given as it is wins over the file; both at once would be refused.
    const std::string plain = variable.substr(0, variable.size() - std::string_view("_FILE").size());
    if (::access(path.c_str(), R_OK) == 0 && std::getenv(plain.c_str()) == nullptr)
      ::setenv(variable.c_str(), path.c_str(), kKeepWhatIsSet);
  }
}

}  // namespace dlrgw::host
