// SPDX-License-Identifier: Apache-2.0
#include "cli/profile_line.hpp"

#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/profile_commands.hpp"

namespace dlrgw::host {
namespace {

struct Arguments {
  std::function<std::optional<Config>(const std::string&)> load;
  std::string config;
  std::string operator_id;
  std::string captures;
  bool from_database = false;
  std::string ids_file;
  std::string profile_file;
  bool json = false;
};

int run(const Arguments& arguments, bool fresh) {
  if (arguments.captures.empty() != arguments.from_database) {
    std::cerr << "give either --from FILE or --from-database\n";
    return 1;
  }
  if (arguments.from_database && arguments.operator_id.empty()) {
    std::cerr << "--from-database needs the operator whose receipts are meant\n";
    return 1;
  }
  std::optional<Config> config = arguments.load(arguments.config);
  if (!config) return 1;
  const CaptureSource from{arguments.captures};
  std::vector<std::string> errors;
  const bool ok =
      fresh ? profile_new({std::move(*config), arguments.operator_id, from, arguments.ids_file}, std::cout, errors)
            : profile_check({std::move(*config), arguments.profile_file, arguments.operator_id, from, arguments.json},
                            std::cout, errors);
  for (const std::string& error : errors) std::cerr << error << '\n';
  return ok ? 0 : 1;
}

}  // namespace

void add_profile_commands(CLI::App& app, const std::string& config_help,
                          std::function<std::optional<Config>(const std::string&)> load, int& code) {
  const auto arguments = std::make_shared<Arguments>();
  arguments->load = std::move(load);
  CLI::App* profile = app.add_subcommand("profile", "Draw an operator's profile from captured receipts, or try one.");
  profile->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, bool fresh) {
    CLI::App* sub = profile->add_subcommand(name, help);
    sub->add_option("--config", arguments->config, config_help);
    sub->add_option("--from", arguments->captures,
                    "File of inbound events, one JSON object a line; - = standard input");
    sub->add_flag(
        "--from-database", arguments->from_database,
        "What the configured database holds of the last 7 days and was not understood, the newest 5,000 of each kind.");
    sub->callback([arguments, &code, fresh] { code = run(*arguments, fresh); });
    return sub;
  };
  CLI::App* fresh = add("new", "Propose a profile, with the evidence for each line.", true);
  fresh->add_option("operator", arguments->operator_id, "Its operatorId.")->required();
  fresh->add_option("--ids", arguments->ids_file, "File of the ids in its submit responses, one a line.");
  CLI::App* tried = add("check", "Show what a changed profile makes of receipts, before it goes live.", false);
  tried->add_option("operator", arguments->operator_id,
                    "Only receipts of this operatorId; needed with --from-database.");
  tried->add_option("--profile", arguments->profile_file, "File of the changed [operators.\"<id>\"] tables.")
      ->required();
  tried->add_flag("--json", arguments->json, "One JSON object per receipt that differs.");
}

}  // namespace dlrgw::host
