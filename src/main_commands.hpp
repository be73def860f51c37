// The commands of the program, and what they share. main.cpp puts them together.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/config.hpp"
#include "base/result.hpp"
#include "store/database.hpp"
#include "usecases/context.hpp"

namespace roundtrip {

inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;  // understood, but it could not be done; why is on standard error
inline constexpr int kExitUsage = 2;    // the command line is wrong

// A command that cannot be done. main prints the message and exits with kExitRefused.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What every command is given. A command's callback does its work and sets `exit_code`.
struct Program {
  std::string config_path;  // --config; empty: see config_file()
  int exit_code = kExitDone;

  // The first that is there: --config, ROUNDTRIP_CONFIG, ./config/roundtrip.toml, the one beside the source; else none ("").
  std::string config_file() const;
  // Defaults, file, environment; also sets the log level. Faults throw Refused.
  Config load_config() const;
};

// Adds the carriers that files describe: those beside the program's assets, and carriers.custom_dir. A fault in a file throws Refused.
void load_described_carriers(const Config& config);
// The pool that `database.*` describes. An empty database.url throws Refused.
std::unique_ptr<store::Database> open_database(const Config& config);
// open_database, and Refused unless every migration of this program is applied and none is unknown.
std::unique_ptr<store::Database> open_migrated_database(const Config& config);
// The value, or Refused with the error's message.
template <class T>
T required(Result<T> result) {
  if (!result) throw Refused(result.error().message);
  return std::move(*result);
}
inline void required_done(const Done& result) {
  if (!result) throw Refused(result.error().message);
}

// Opens the database, finds the merchant by its slug and does the work as the command line's user.
void in_context(const Program& program, const std::string& merchant, const std::function<void(const usecases::Context&)>& work);

// serve, work, demo, demo-carrier (main_serve.cpp).
void add_serve_commands(CLI::App& app, Program& program);
// import orders (main_import.cpp).
void add_import_command(CLI::App& app, Program& program);
// migrate, timeline, config, version (main_admin.cpp).
void add_admin_commands(CLI::App& app, Program& program);
// carriers list, read, accounts, identify (main_carriers.cpp).
void add_carriers_commands(CLI::App& app, Program& program);
// reconcile, payouts (main_money.cpp).
void add_money_commands(CLI::App& app, Program& program);
// user, key (main_access.cpp).
void add_access_commands(CLI::App& app, Program& program);
// shop (main_shops.cpp).
void add_shop_commands(CLI::App& app, Program& program);

}  // namespace roundtrip
