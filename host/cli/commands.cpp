// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

#include "app/gateway.hpp"
#include "boundary/crash_line.hpp"
#include "boundary/loading/private_copy.hpp"
#include "cli/captures.hpp"
#include "cli/check_connect.hpp"
#include "cli/check_files.hpp"
#include "cli/describe_commands.hpp"
#include "cli/gateway_line.hpp"
#include "cli/new_plugin.hpp"
#include "cli/plugin_line.hpp"
#include "cli/profile_line.hpp"
#include "cli/provision_line.hpp"
#include "cli/service_environment.hpp"
#include "cli/token_line.hpp"
#include "cli/try_receipts.hpp"
#include "config/describe_config.hpp"
#include "config/dump_config.hpp"
#include "config/load_config.hpp"
#include "control/build_pipeline.hpp"
#include "control/needed_migrations.hpp"
#include "control/shared_parts.hpp"
#include "storage/conninfo.hpp"
#include "storage/migrate.hpp"
#include "support/version.hpp"
#include "telemetry/caught_output.hpp"

namespace dlrgw::host {
namespace {

constexpr int kFailed = 1;
constexpr std::string_view kInstalledConfig = "/etc/dlr-gateway/gateway.toml";

struct Arguments {
  std::string config;
  std::string dsn;
  std::string owner_dsn;
  bool plan = false;
  bool keys = false;
  bool connect = false;
  std::string plugin_file;
  std::vector<std::string> receipts;
  bool json = false;
};

void print_errors(const std::vector<std::string>& errors) {
  for (const std::string& error : errors) std::cerr << error << '\n';
}

// --config, else config/gateway.toml beside the working directory, else the installed one.
std::string config_path(const Arguments& arguments) {
  if (!arguments.config.empty()) return arguments.config;
  std::error_code missing;
  if (std::filesystem::exists("config/gateway.toml", missing)) return "config/gateway.toml";
  return std::string(kInstalledConfig);
}

// As the service reads it, whoever asks.
LoadedConfig read_config(const Arguments& arguments) {
  const std::string path = config_path(arguments);
  take_service_environment(std::filesystem::path(path).parent_path());
  return load_config(path);
}

std::optional<Config> load(const Arguments& arguments) {
  LoadedConfig loaded = read_config(arguments);
  for (const ConfigError& error : loaded.errors) std::cerr << to_string(error) << '\n';
  return std::move(loaded.config);
}

// Also one with mistakes, for what needs only parts of it: the passwords are perhaps not in this environment.
std::optional<Config> load_draft(const Arguments& arguments) {
  LoadedConfig loaded = read_config(arguments);
  if (loaded.config) return std::move(loaded.config);
  if (loaded.draft) return std::move(loaded.draft);
  for (const ConfigError& error : loaded.errors) std::cerr << to_string(error) << '\n';
  return std::nullopt;
}

// Builds the pipeline that would run and destroys it again; nothing is started.
void try_out(const Config& config, std::vector<std::string>& errors,
             const std::function<void(const Pipeline&, SharedParts&)>& use = {}) {
  Logger logger(config.gateway.instance, Level::kError);
  SharedParts shared(config, logger);
  PluginImages images(PluginCopies::kInMemory);
  const auto pipeline = build_pipeline({config, {}, images, shared.services, shared.plugin_errors}, errors);
  if (pipeline && use) use(*pipeline, shared);
}

// As load(), but goes on to the plugins' parts when the file has mistakes, so that all of them are reported at once.
std::optional<Config> load_and_look_further(const Arguments& arguments) {
  LoadedConfig loaded = read_config(arguments);
  std::vector<std::string> errors;
  for (const ConfigError& error : loaded.errors) errors.push_back(to_string(error));
  if (loaded.draft) try_out(*loaded.draft, errors);
  if (loaded.config) {
    if (const Status known = check_parameters(loaded.config->storage.dsn); !known) {
      errors.push_back(to_string(loaded.config->error("storage.dsn", known.error().text)));
      loaded.config.reset();
    }
  }
  print_errors(errors);
  return std::move(loaded.config);
}

Level level_of(const Config& config) { return parse_level(config.gateway.log_level).value_or(Level::kInfo); }

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

int run(const Arguments& arguments) {
  const std::optional<Config> config = load_and_look_further(arguments);
  if (!config) return kFailed;
  block_signals();
  std::vector<std::string> errors;
  const auto read_again = [path = config_path(arguments)](std::vector<std::string>& findings) {
    LoadedConfig loaded = load_config(path);
    for (const ConfigError& error : loaded.errors) findings.push_back(to_string(error));
    return std::move(loaded.config);
  };
  const int code = [&] {
    CaughtOutput output;
    Logger logger(config->gateway.instance, level_of(*config));
    const CaughtOutput::Report report(output, logger);
    return run_gateway(*config, read_again, logger, errors);
  }();
  print_errors(errors);
  return code;
}

int describe_keys(const Config& config) {
  std::vector<std::string> errors;
  PluginImages images(PluginCopies::kInMemory);
  std::vector<PluginOptions> options;
  for (const LoadedPlugin& loaded : load_plugins(config, images, errors))
    options.push_back({loaded.info.id, loaded.info.options});
  print_errors(errors);
  std::cout << describe_config(options);
  return errors.empty() ? 0 : kFailed;
}

int check_connections(const Config& config) {
  std::vector<std::string> errors;
  ConnectReport report(std::cout);
  try_out(config, errors, [&](const Pipeline& pipeline, SharedParts& shared) {
    Logger silent(config.gateway.instance, Level::kError, [](std::string_view) {});  // the report says it in sentences
    check_nats(config, silent, report);
    check_postgres(pipeline, shared, report);
    check_probes(pipeline, report);
  });
  print_errors(errors);
  return errors.empty() && report.failures() == 0 ? 0 : kFailed;
}

int check(const Arguments& arguments) {
  const std::optional<Config> config = load_and_look_further(arguments);
  if (!config) return kFailed;
  if (arguments.keys) return describe_keys(*config);
  std::vector<std::string> errors;
  for (const ConfigError& error : check_files(*config)) errors.push_back(to_string(error));
  if (!errors.empty()) {
    print_errors(errors);
    return kFailed;
  }
  if (arguments.connect) return check_connections(*config);
  try_out(*config, errors, [&](const Pipeline& pipeline, SharedParts&) {
    std::cout << dump_config(*config, pipeline.options_by_file);
    std::cout << "\n"
              << config->file << ": valid; " << pipeline.plugins.size() << " plugins, "
              << pipeline.snapshot->stages.size() << " stages\n";
  });
  print_errors(errors);
  return errors.empty() ? 0 : kFailed;
}

// What the running gateway may do with the plugin's tables.
void print_tables(const PluginInfo& info) {
  for (const TableRights& table : info.tables)
    std::cout << "    table dlr." << table.table << ": dlr_svc " << rights_text(table.svc) << "; dlr_maint "
              << rights_text(table.maint) << '\n';
  if (info.tables.empty() && !info.migrations.empty())
    std::cout << "    tables: not declared; dlr_svc SELECT, INSERT and what its scripts grant\n";
}

int plugins(const Arguments& arguments) {
  const std::optional<Config> config = load(arguments);
  if (!config) return kFailed;
  std::vector<std::string> errors;
  PluginImages images(PluginCopies::kInMemory);
  for (const LoadedPlugin& loaded : load_plugins(*config, images, errors)) {
    const PluginInfo& info = loaded.info;
    std::cout << info.id << ' ' << info.version << "  " << info.path << "\n    sha256 " << info.sha256 << "\n    "
              << info.description << '\n';
    print_tables(info);
  }
  if (const std::string crash = crash_of_last_run(config->gateway.state_dir); !crash.empty())
    std::cout << "last run: " << crash << '\n';
  print_errors(errors);
  return errors.empty() ? 0 : kFailed;
}

// The state directory alone. The rest of the configuration is not checked here: its passwords are in the environment of
// the running gateway and may be missing in this one.
std::optional<std::string> state_dir(const Arguments& arguments) {
  const LoadedConfig loaded = read_config(arguments);
  if (loaded.config) return loaded.config->gateway.state_dir;
  const auto hides_it = [](const ConfigError& error) {
    return error.text.starts_with("gateway.state_dir: ") || error.text.starts_with("gateway: ");
  };
  if (loaded.draft && std::none_of(loaded.errors.begin(), loaded.errors.end(), hides_it))
    return loaded.draft->gateway.state_dir;
  for (const ConfigError& error : loaded.errors) std::cerr << to_string(error) << '\n';
  return std::nullopt;
}

int try_command(const Arguments& given) {
  Arguments arguments = given;
  // An author has no configuration yet: then it is the shipped one, beside the templates.
  const std::filesystem::path shipped = templates_dir().parent_path() / "gateway.toml";
  std::error_code missing;
  if (!std::filesystem::exists(config_path(arguments), missing) && arguments.config.empty() &&
      std::filesystem::exists(shipped, missing))
    arguments.config = shipped.string();
  const std::optional<Config> config = load(arguments);
  if (!config) return kFailed;
  std::vector<std::string> events;
  for (const std::string& file : arguments.receipts) {
    const Result<std::string> text = read_text(file);
    if (!text) {
      std::cerr << text.error().text << '\n';
      return kFailed;
    }
    for (std::string& event : events_in(*text)) events.push_back(std::move(event));
  }
  std::vector<std::string> errors;
  const bool ok = try_receipts({*config, arguments.plugin_file, arguments.json}, events, std::cout, errors);
  print_errors(errors);
  return ok ? 0 : kFailed;
}

int migrate_command(const Arguments& arguments) {
  const std::optional<Config> config = load(arguments);
  if (!config) return kFailed;
  const std::string dsn = arguments.dsn.empty() ? environment("DLRGW_PG_MIGRATE_DSN") : arguments.dsn;
  if (dsn.empty()) {
    std::cerr << "migrate needs an administrator's connection: give --dsn or set DLRGW_PG_MIGRATE_DSN\n";
    return kFailed;
  }
  std::vector<std::string> errors;
  PluginImages images(PluginCopies::kInMemory);
  std::vector<PluginInfo> plugins;
  for (LoadedPlugin& loaded : load_plugins(*config, images, errors)) plugins.push_back(std::move(loaded.info));
  if (!errors.empty()) {
    print_errors(errors);
    return kFailed;
  }
  const StorageConfig& s = config->storage;
  for (const std::string_view name : StorageConfig::kPools)
    if (const PoolSettings& pool = *s.pool(name); pool.password.empty())
      std::cerr << "role " << pool.user << " gets no password: storage." << name
                << ".password is empty. It can log in only where pg_hba.conf asks for none\n";
  const std::vector<Migration> migrations = needed_migrations(plugins);
  const std::vector<PluginTables> tables = declared_tables(plugins);
  const MigrateRequest request{
      .admin_dsn = dsn,
      .owner_dsn = arguments.owner_dsn,
      .passwords = {s.svc.password, s.relay.password, s.admin.password, s.portal.password, s.maint.password},
      .migrations = migrations,
      .tables = tables,
      .plan = arguments.plan};
  const Status done = migrate(request, [](std::string_view line) { std::cout << line << '\n'; });
  if (done) return 0;
  std::cerr << done.error().text << '\n';
  return kFailed;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"Gateway for SMS delivery receipts: NATS JetStream in, PostgreSQL and events out, plugins in between."};
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  Arguments arguments;
  int code = 0;
  const std::string config_help =
      "Configuration file; default config/gateway.toml, then " + std::string(kInstalledConfig);
  const auto add = [&](const char* name, const char* help, int (*command)(const Arguments&)) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("--config", arguments.config, config_help);
    sub->callback([&arguments, &code, command] { code = command(arguments); });
    return sub;
  };
  add("run", "Run the gateway until SIGTERM.", run);
  CLI::App* check_config_app =
      add("check", "Check configuration and plugins; print what would be used, without secrets.", check);
  check_config_app->add_flag("--keys", arguments.keys,
                             "Print a page of every key of the gateway and of its plugins instead.");
  check_config_app->add_flag("--connect", arguments.connect,
                             "Test every server as the gateway would use it, and change nothing in it.");
  add("plugins", "List the configured plugins.", plugins);
  CLI::App* try_app =
      add("try", "Show what quirk, profile and stages make of receipts, without any server.", try_command);
  try_app->add_option("plugin", arguments.plugin_file, "A plugin file to try; else what the configuration has.");
  try_app
      ->add_option("--receipt", arguments.receipts,
                   "File of inbound events, one JSON object a line; - = standard input")
      ->required();
  try_app->add_flag("--json", arguments.json, "One JSON object per event.");
  const auto load_named = [&arguments](const std::string& file) {
    arguments.config = file;
    return load(arguments);
  };
  add_profile_commands(app, config_help, load_named, code);
  add_token_commands(
      app, config_help,
      [&arguments](const std::string& file) {
        arguments.config = file;
        return load_draft(arguments);
      },
      code);
  add_gateway_commands(
      app, config_help,
      [&arguments](const std::string& file) {
        arguments.config = file;
        return state_dir(arguments);
      },
      code);
  add_plugin_commands(app, code);
  CLI::App* migrate_app = add("migrate", "Create roles, tables and views, or bring them up to date.", migrate_command);
  migrate_app->add_option("--dsn", arguments.dsn, "Administrator's connection; default $DLRGW_PG_MIGRATE_DSN");
  migrate_app->add_option("--owner-dsn", arguments.owner_dsn,
                          "A login without any right, over which scripts are applied; default one is made and ended.");
  migrate_app->add_flag("--plan", arguments.plan, "Print every statement and change nothing.");
  add_provision_command(app, config_help, load_named, code);
  std::string form;
  CLI::App* describe_app = app.add_subcommand("describe", "Print the manual page, or the completions of a shell.");
  describe_app->add_option("form", form, "man, bash, zsh or fish")->required();
  describe_app->callback([&] {
    const auto text = form == "man" ? std::optional(man_page(app, kVersion)) : completion(app, form);
    if (!text) std::cerr << "\"" << form << "\" is none of man, bash, zsh and fish\n";
    if (text) std::cout << *text;
    code = text ? 0 : kFailed;
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 prints help or what is wrong. Its own exit codes for kinds of mistakes are not part of our contract.
    return app.exit(error) == 0 ? 0 : kFailed;
  }
  remove_copies_of_this_process();
  return code;
}

}  // namespace dlrgw::host
