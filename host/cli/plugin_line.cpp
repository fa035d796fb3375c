// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_line.hpp"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/check_plugin.hpp"
#include "cli/new_plugin.hpp"

namespace dlrgw::host {
namespace {

struct Arguments {
  std::string file, dsn;
  bool json = false;
  NewPlugin wanted;
};

int report_on(const Arguments& arguments, const CheckReport& report) {
  std::cout << (arguments.json ? report_json(arguments.file, report) : report_text(arguments.file, report));
  return report.passed() ? 0 : 1;
}

int check_command(const Arguments& arguments) {
  return report_on(arguments, check_plugin(arguments.file, kStepLimit, arguments.dsn));
}
int bench_command(const Arguments& arguments) { return report_on(arguments, bench_plugin(arguments.file)); }

int new_command(const Arguments& arguments) {
  NewPlugin wanted = arguments.wanted;
  if (wanted.into.empty()) wanted.into = wanted.name;
  const Result<std::string> made = new_plugin(wanted, templates_dir(), invocation());
  if (!made) {
    std::cerr << made.error().text << '\n';
    return 1;
  }
  std::cout << *made;
  return 0;
}

}  // namespace

void add_plugin_commands(CLI::App& app, int& code) {
  const auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const char* name, const char* help, int (*command)(const Arguments&)) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->callback([arguments, &code, command] { code = command(*arguments); });
    return sub;
  };
  const auto of_a_file = [&](CLI::App* sub) {
    sub->add_option("file", arguments->file, "The plugin file.")->required();
    sub->add_flag("--json", arguments->json, "One JSON object.");
  };
  CLI::App* check =
      add("check-plugin", "Inspect a plugin file, then call everything it contributes in a process of its own.",
          check_command);
  of_a_file(check);
  check->add_option("--dsn", arguments->dsn,
                    "An administrator's connection to a PostgreSQL, as migrate takes it. What the plugin brings for a "
                    "database is tried there, in a transaction that is rolled back.");
  of_a_file(add("bench-plugin",
                "Measure what a receipt costs in each stage and quirk of a plugin file: time and allocations.",
                bench_command));
  CLI::App* begin = add("new-plugin", "Begin a plugin: a project that builds and passes its own tests.", new_command);
  begin->add_option("name", arguments->wanted.name, "As mno-acme; also the operator id of a quirk.")->required();
  begin->add_option("--kind", arguments->wanted.kind, "quirk, stage or route-job; default quirk");
  begin->add_option("--lang", arguments->wanted.lang, "cpp, c or rust; default cpp");
  begin->add_option("--into", arguments->wanted.into, "Folder to make; default the name");
}

}  // namespace dlrgw::host
