// SPDX-License-Identifier: Apache-2.0
// A project that new-plugin made, as its author reads it: what to type, what to write into gateway.toml; and whether
// its plugin takes part in traffic. Used by one test.
#pragma once
#include <string>
#include <utility>

#include "integration/admin_support.hpp"

namespace dlrgw::test {

struct ProjectKind {
  std::string kind, lang;  // as new-plugin takes them
};

class AuthorsProject {
 public:
  // folder: where the test reads it; seen: where the gateway finds it.
  AuthorsProject(ProjectKind of, std::string folder, std::string seen)
      : of_(std::move(of)), folder_(std::move(folder)), seen_(std::move(seen)) {}

  // The indented lines of what new-plugin said.
  [[nodiscard]] static std::string printed_steps(const std::string& said);
  // The one block of that language in its README.
  [[nodiscard]] std::string block(const std::string& language) const;
  // The shipped configuration with what the README says: tables of plugins, and perhaps the chain.
  [[nodiscard]] std::string config() const;
  // Starts the gateway of that configuration, and ends it once receipts went through the plugin.
  void expect_serves(Scenario& s, const AdminKeys& keys) const;

 private:
  const ProjectKind of_;
  const std::string folder_, seen_;
};

}  // namespace dlrgw::test
