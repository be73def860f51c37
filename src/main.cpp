// The program's command line: global options, the commands of the other main_*.cpp, exit codes.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/log.hpp"
#include "labels/picture_child.hpp"
#include "main_commands.hpp"
#include "store/migrate.hpp"

namespace roundtrip {

std::string Program::config_file() const {
  if (!config_path.empty()) return config_path;
  if (const char* named = std::getenv("ROUNDTRIP_CONFIG"); named != nullptr && *named != '\0') return named;
  for (const std::string& candidate : {std::string("config/roundtrip.toml"), std::string(ROUNDTRIP_SOURCE_DIR "/config/roundtrip.toml")}) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(candidate, ignored)) return candidate;
  }
  return "";
}

Config Program::load_config() const {
  Config config = required(Config::load(config_file(), process_environment()));
  if (!log::set_level(config.text("log.level"))) {
    throw Refused("log.level must be debug, info, warn, error or off, not '" + config.text("log.level") + "'");
  }
  return config;
}

std::unique_ptr<store::Database> open_database(const Config& config) {
  if (config.text("database.url").empty()) {
    throw Refused(
        "database.url is empty: start through ./run (./run -- COMMAND runs one command on its server), or set ROUNDTRIP_DATABASE__URL");
  }
  return std::make_unique<store::Database>(store::DatabaseOptions{
      .url = config.text("database.url"),
      .pool_size = static_cast<int>(config.integer("database.pool_size")),
      .lease_timeout_ms = static_cast<int>(config.integer("database.lease_timeout_ms")),
      .statement_timeout_ms = static_cast<int>(config.integer("database.statement_timeout_ms")),
      .lock_timeout_ms = static_cast<int>(config.integer("database.lock_timeout_ms")),
  });
}

std::unique_ptr<store::Database> open_migrated_database(const Config& config) {
  auto database = open_database(config);
  for (const auto& migration : required(store::migration_status(*database))) {
    if (migration.applied_at.empty()) throw Refused("migration " + migration.name + " is not applied; run `roundtrip migrate up` first");
  }
  return database;
}

namespace {
int run_command_line(int argc, char** argv) {
  CLI::App app{"Roundtrip: everything that happens to an order after \"buy\"", "roundtrip"};
  Program program;
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", ROUNDTRIP_VERSION);
  app.add_option("--config", program.config_path,
                 "settings file (default: $ROUNDTRIP_CONFIG, ./config/roundtrip.toml, or beside the source)")
      ->check(CLI::ExistingFile);
  app.footer(
      "Exit codes: 0 done, 1 refused (standard error says why), 2 wrong usage.\n"
      "Every setting of config/roundtrip.toml can be given as ROUNDTRIP_<SECTION>__<KEY>.");
  add_serve_commands(app, program);
  add_import_command(app, program);
  add_admin_commands(app, program);
  add_access_commands(app, program);
  add_shop_commands(app, program);
  add_money_commands(app, program);
  add_carriers_commands(app, program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped) == 0 ? kExitDone : kExitUsage;
  }
  return program.exit_code;
}
}  // namespace
}  // namespace roundtrip

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  // A command for the program itself, not for people: see labels/picture_child.hpp.
  if (argc == 3 && argv[1] == roundtrip::labels::kPictureCommand) return roundtrip::labels::run_picture_child(argv[2]);
  try {
    return roundtrip::run_command_line(argc, argv);
  } catch (const roundtrip::Refused& refused) {
    std::cerr << "roundtrip: " << refused.what() << "\n";
  } catch (const std::exception& fault) {  // the database is gone, a disk is full, a bug
    std::cerr << "roundtrip: " << fault.what() << "\n";
  }
  return roundtrip::kExitRefused;
}
