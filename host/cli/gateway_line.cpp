// SPDX-License-Identifier: Apache-2.0
#include "cli/gateway_line.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/gateway.hpp"
#include "cli/outbox.hpp"
#include "cli/resubmit.hpp"
#include "cli/trace.hpp"
#include "control/control_socket.hpp"

namespace dlrgw::host {
namespace {

struct Arguments {
  std::function<std::optional<std::string>(const std::string&)> configured_state_dir;
  std::string config;
  std::string state_dir;
  ResubmitWish resubmit;
  TraceWish trace;
  OutboxWish outbox;
};

Status reload(const Arguments&, const AskGateway& ask) {
  const Result<std::string> done = ask(kReloadRequest);
  if (!done) return done.error();
  std::cout << *done << '\n';
  return {};
}

Status resubmit_command(const Arguments& arguments, const AskGateway& ask) {
  return resubmit(
      arguments.resubmit, ask, [] { std::this_thread::sleep_for(std::chrono::seconds(1)); }, std::cout);
}

Status trace_command(const Arguments& arguments, const AskGateway& ask) {
  return trace(arguments.trace, ask, std::cout);
}

Status list_command(const Arguments& arguments, const AskGateway& ask) {
  return list_outbox(arguments.outbox, ask, std::cout);
}

Status show_command(const Arguments& arguments, const AskGateway& ask) {
  return show_outbox(arguments.outbox, ask, std::cout);
}

int run(const Arguments& arguments, Status (*command)(const Arguments&, const AskGateway&)) {
  const std::optional<std::string> where =
      arguments.state_dir.empty() ? arguments.configured_state_dir(arguments.config) : arguments.state_dir;
  if (!where) return 1;
  const Status done = command(arguments, [&](std::string_view request) { return ask_gateway(*where, request); });
  if (done) return 0;
  std::cerr << done.error().text << '\n';
  return 1;
}

}  // namespace

void add_gateway_commands(CLI::App& app, const std::string& config_help,
                          std::function<std::optional<std::string>(const std::string&)> state_dir, int& code) {
  const auto arguments = std::make_shared<Arguments>();
  arguments->configured_state_dir = std::move(state_dir);
  const auto add = [&](CLI::App& to, const char* name, const char* help,
                       Status (*command)(const Arguments&, const AskGateway&)) {
    CLI::App* sub = to.add_subcommand(name, help);
    sub->add_option("--config", arguments->config, config_help);
    sub->add_option("--state-dir", arguments->state_dir,
                    "State directory of the running gateway; default what the configuration says here");
    sub->callback([arguments, &code, command] { code = run(*arguments, command); });
    return sub;
  };
  add(app, "reload", "Let the running gateway take over configuration and plugin files; says why not when it refuses.",
      reload);
  CLI::App* resubmit_app =
      add(app, "resubmit",
          "Put stored receipts that were rejected or invalid through the running gateway again; tells how far it is.",
          resubmit_command);
  resubmit_app->add_option("--reason", arguments->resubmit.reason, "Only those with this reason");
  resubmit_app->add_option("--stage", arguments->resubmit.stage, "Only those that this stage rejected");
  resubmit_app->add_option("--from", arguments->resubmit.from, "Only those received since this day or RFC 3339 time");
  resubmit_app->add_option("--to", arguments->resubmit.to, "… and before this one; default now");
  CLI::App* trace_app =
      add(app, "trace", "Tell what became of a message and its receipts, in the order of time.", trace_command);
  trace_app->add_option("id", arguments->trace.id, "The message's id, or with --operator the id that it gave.")
      ->required();
  trace_app->add_option("--operator", arguments->trace.operator_id, "Operator that knows the message by this id");
  trace_app->add_option("--from", arguments->trace.from, "With --operator: receipts since this day or RFC 3339 time");
  trace_app->add_option("--to", arguments->trace.to, "… and before this one");
  trace_app->add_flag("--json", arguments->trace.as_json, "The answer of the admin route, on one line.");
  CLI::App* outbox = app.add_subcommand("outbox", "Tell which events wait for their stream.");
  outbox->require_subcommand(1);
  CLI::App* list = add(*outbox, "list", "One line for each event, the oldest of each subject first.", list_command);
  list->add_option("--subject", arguments->outbox.subject, "Only those of this subject");
  list->add_option("--limit", arguments->outbox.limit, "About so many events; default 100");
  list->add_flag("--json", arguments->outbox.as_json, "One JSON object per event.");
  CLI::App* show = add(*outbox, "show", "What is known of one event.", show_command);
  show->add_option("event", arguments->outbox.event, "As `outbox list` names it: ROW/EVENT-ID.")->required();
  show->add_flag("--json", arguments->outbox.as_json, "One JSON object.");
}

}  // namespace dlrgw::host
