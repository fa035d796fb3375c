// SPDX-License-Identifier: Apache-2.0
#include "cli/describe_commands.hpp"

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>

namespace dlrgw::host {
namespace {

std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  // A line that begins with one of these would be a request.
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

// 'text' for every shell here.
std::string shell_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// In a list of zsh a colon ends the word that is described.
std::string before_colon(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == ':' ? std::string("\\:") : std::string(1, c);
  return out;
}

std::vector<const CLI::App*> commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_name().empty(); });
}

std::vector<const CLI::Option*> options(const CLI::App& command) {
  return command.get_options([](const CLI::Option*) { return true; });
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

// Of the command and of its parts: each name once.
std::vector<const CLI::Option*> all_options(const CLI::App& command) {
  std::vector<const CLI::Option*> out = options(command);
  for (const CLI::App* part : commands(command))
    for (const CLI::Option* option : options(*part))
      if (std::ranges::none_of(out, [&](const CLI::Option* known) { return known->get_name() == option->get_name(); }))
        out.push_back(option);
  return out;
}

std::string long_names(const CLI::App& command) {
  std::string out;
  for (const CLI::Option* option : all_options(command))
    for (const std::string& name : option->get_lnames()) out += (out.empty() ? "--" : " --") + name;
  for (const CLI::App* part : commands(command)) out += " " + part->get_name();
  return out;
}

std::string manual_of(const CLI::App& command, const std::string& name) {
  std::string out = ".SS " + roff(name) + "\n" + roff(command.get_description()) + "\n";
  for (const CLI::Option* option : options(command)) {
    if (option->get_name() == "--help") continue;
    out += ".TP\n\\fB" + roff(option->get_name(false, true)) + "\\fR\n" + roff(option->get_description()) + "\n";
  }
  for (const CLI::App* part : commands(command)) out += manual_of(*part, name + " " + part->get_name());
  return out;
}

std::string bash(const CLI::App& app) {
  std::string names, cases;
  for (const CLI::App* command : commands(app)) {
    names += (names.empty() ? "" : " ") + command->get_name();
    cases += "    " + command->get_name() + ") words=" + shell_word(long_names(*command)) + " ;;\n";
  }
  return "_dlr_gateway() {\n"
         "  local word words command= current=${COMP_WORDS[COMP_CWORD]}\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    [[ $word == -* ]] || { command=$word; break; }\n"
         "  done\n"
         "  case $command in\n"
         "    '') words=" +
         shell_word(names + " --help --version") + " ;;\n" + cases +
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "  [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "}\n"
         "complete -o filenames -F _dlr_gateway dlr-gateway\n";
}

std::string zsh(const CLI::App& app) {
  std::string names, cases;
  for (const CLI::App* command : commands(app)) {
    names += "  " + shell_word(before_colon(command->get_name()) + ":" + command->get_description()) + "\n";
    cases += "  " + command->get_name() + ") _arguments";
    for (const CLI::Option* option : all_options(*command))
      for (const std::string& name : option->get_lnames())
        cases += " " + shell_word("--" + name + (takes_value(*option) ? ":value:_files" : ""));
    cases += " '*:file:_files' ;;\n";
  }
  return "#compdef dlr-gateway\nlocal -a commands=(\n" + names +
         ")\nif (( CURRENT == 2 )); then\n  _describe command commands\n  return\nfi\ncase $words[2] in\n" + cases +
         "esac\n";
}

std::string fish(const CLI::App& app) {
  std::string out;
  for (const CLI::App* command : commands(app)) {
    out += "complete -c dlr-gateway -n __fish_use_subcommand -a " + command->get_name() + " -d " +
           shell_word(command->get_description()) + "\n";
    for (const CLI::Option* option : all_options(*command))
      for (const std::string& name : option->get_lnames())
        out += "complete -c dlr-gateway -n '__fish_seen_subcommand_from " + command->get_name() + "' -l " + name +
               (takes_value(*option) ? " -r" : "") + " -d " + shell_word(option->get_description()) + "\n";
  }
  return out;
}

}  // namespace

std::string man_page(const CLI::App& app, std::string_view version) {
  std::string out = ".TH DLR\\-GATEWAY 1 \"\" \"dlr\\-gateway " + roff(version) + "\"\n.SH NAME\ndlr\\-gateway \\- ";
  out +=
      roff(app.get_description()) + "\n.SH SYNOPSIS\n.B dlr\\-gateway\n.I command\n[\\fIoptions\\fR]\n.SH COMMANDS\n";
  for (const CLI::App* command : commands(app)) out += manual_of(*command, command->get_name());
  return out +
         ".SH FILES\n.I /etc/dlr\\-gateway/gateway.toml\n.br\n.I /usr/share/doc/dlr\\-gateway/docs\n"
         ".SH EXIT STATUS\n0: done. 1: a mistake or a refusal, told on standard error.\n";
}

std::optional<std::string> completion(const CLI::App& app, std::string_view shell) {
  if (shell == "bash") return bash(app);
  if (shell == "zsh") return zsh(app);
  if (shell == "fish") return fish(app);
  return std::nullopt;
}

}  // namespace dlrgw::host
