// Commands for whoever keeps the program running: migrate, timeline, config, version.
#include <iostream>
#include <nlohmann/json.hpp>

#include "carriers/accounts.hpp"
#include "carriers/services.hpp"
#include "main_commands.hpp"
#include "store/migrate.hpp"
#include "store/timeline.hpp"
#include "usecases/access.hpp"

namespace roundtrip {
namespace {
using nlohmann::ordered_json;

void print_json(const ordered_json& document) { std::cout << document.dump(2, ' ', false, ordered_json::error_handler_t::replace) << "\n"; }

ordered_json migrations_json(const std::vector<store::MigrationStatus>& all) {
  auto items = ordered_json::array();
  for (const auto& one : all) {
    items.push_back({{"number", one.number},
                     {"name", one.name},
                     {"applied_at", one.applied_at.empty() ? ordered_json() : ordered_json(one.applied_at)}});
  }
  return items;
}

void migrate_status(Program& program, bool json) {
  const auto database = open_database(program.load_config());
  const auto all = required(store::migration_status(*database));
  int pending = 0;
  for (const auto& one : all) pending += one.applied_at.empty() ? 1 : 0;
  if (json) {
    print_json({{"pending", pending}, {"migrations", migrations_json(all)}});
  } else {
    for (const auto& one : all) std::cout << (one.applied_at.empty() ? "pending" : one.applied_at) << "\t" << one.name << "\n";
  }
}

void migrate_up(Program& program, bool json) {
  const auto database = open_database(program.load_config());
  const auto applied = required(store::migrate_up(*database));
  if (json) {
    print_json({{"applied", migrations_json(applied)}});
    return;
  }
  for (const auto& one : applied) std::cout << "applied " << one.name << "\n";
  if (applied.empty()) std::cout << "The schema is up to date.\n";
}

void migrate_verify(Program& program, bool json) {
  const auto database = open_database(program.load_config());
  const auto all = required(store::migration_status(*database));
  for (const auto& one : all) {
    if (one.applied_at.empty()) throw Refused("migration " + one.name + " is not applied; run `roundtrip migrate up`");
  }
  if (json)
    print_json({{"verified", all.size()}});
  else
    std::cout << all.size() << " migrations are applied, every checksum fits this program.\n";
}

void timeline_verify(Program& program, const std::string& merchant, const std::string& order, bool json) {
  const auto database = open_database(program.load_config());
  std::optional<OrderId> only;
  if (!order.empty()) {
    only = parse_id<OrderId>(order);
    if (!only) throw Refused("'" + order + "' is not the id of an order (ord_...)");
  }
  const auto found = usecases::find_merchant(*database, merchant);
  if (!found) throw Refused("there is no merchant '" + merchant + "'; give another one with --merchant");
  const auto faults = store::verify_timeline(*database, found->id, only);
  if (json) {
    auto items = ordered_json::array();
    for (const auto& fault : faults) items.push_back({{"order_id", to_text(fault.order)}, {"seq", fault.seq}, {"fault", fault.what}});
    print_json({{"faults", items}});
  } else {
    for (const auto& fault : faults) std::cout << to_text(fault.order) << " seq " << fault.seq << ": " << fault.what << "\n";
    if (faults.empty()) std::cout << "Every chain is whole.\n";
  }
  if (!faults.empty()) program.exit_code = kExitRefused;
}

void add_migrate(CLI::App& app, Program& program) {
  auto* migrate = app.add_subcommand("migrate", "bring the database's schema forward")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, void (*work)(Program&, bool)) {
    auto json = std::make_shared<bool>(false);
    auto* command = migrate->add_subcommand(name, help);
    command->add_flag("--json", *json, "answer in JSON");
    command->callback([&program, json, work] { work(program, *json); });
  };
  add("status", "what is applied and what is pending", migrate_status);
  add("up", "apply what is pending; waits for another process that does the same", migrate_up);
  add("verify", "refuse unless everything is applied, unedited and known", migrate_verify);
}

void add_timeline(CLI::App& app, Program& program) {
  struct Options {
    std::string merchant = "demo", order;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  auto* timeline = app.add_subcommand("timeline", "the hash-chained history of orders")->require_subcommand(1);
  auto* verify = timeline->add_subcommand("verify", "recompute the chain of every order; exit 1 when one is broken");
  verify->add_option("--merchant", options->merchant, "the merchant's slug")->capture_default_str();
  verify->add_option("--order", options->order, "one order only (ord_...)");
  verify->add_flag("--json", options->json, "answer in JSON");
  verify->callback([&program, options] { timeline_verify(program, options->merchant, options->order, options->json); });
}

std::string plain_value(const Setting& setting, const Config& config) {
  const std::string& value = config.text(setting.key);
  return setting.type == SettingType::secret && !value.empty() ? "<redacted>" : value;
}

void config_get(Program& program, const std::vector<std::string>& keys, bool defaults) {
  const Config config = defaults ? Config() : program.load_config();
  std::vector<std::string> known;
  for (const Setting& setting : all_settings()) known.emplace_back(setting.key);
  for (const std::string& key : keys) {
    bool found = false;
    for (const Setting& setting : all_settings()) {
      if (setting.key != key) continue;
      found = true;
      std::cout << plain_value(setting, config) << "\n";
    }
    if (!found) throw Refused("unknown setting '" + key + "'; did you mean '" + nearest(key, known) + "'?");
  }
}

void config_print(Program& program, bool json) {
  const Config config = program.load_config();
  if (!json) {
    std::cout << config.print();
    return;
  }
  ordered_json all;
  for (const Setting& setting : all_settings()) {
    ordered_json value = plain_value(setting, config);
    if (setting.type == SettingType::integer) value = config.integer(setting.key);
    if (setting.type == SettingType::boolean) value = config.boolean(setting.key);
    all[std::string(setting.key)] = value;
  }
  print_json(all);
}

void add_config(CLI::App& app, Program& program) {
  auto* config = app.add_subcommand("config", "settings: file, environment, faults")->require_subcommand(1);
  config->add_subcommand("check", "refuse unknown, ill-typed or out-of-range settings, carrier accounts and carriers' files")
      ->callback([&program] {
        const Config loaded = program.load_config();
        load_described_carriers(loaded);
        required(carriers::accounts_of(loaded));
        required(carriers::services_of(loaded));
        const auto file = program.config_file();
        std::cout << (file.empty() ? "no settings file" : file) << ": fine\n";
      });
  auto json = std::make_shared<bool>(false);
  auto* print = config->add_subcommand("print", "every setting in force, as TOML; secrets are redacted");
  print->add_flag("--json", *json, "answer in JSON");
  print->callback([&program, json] { config_print(program, *json); });
  auto keys = std::make_shared<std::vector<std::string>>();
  config->add_subcommand("template", "what config/roundtrip.toml should be")->callback([] { std::cout << settings_template(); });
  auto defaults = std::make_shared<bool>(false);
  auto* get = config->add_subcommand("get", "the value of settings, one a line");
  get->add_flag("--default", *defaults, "the value they have by themselves");
  get->add_option("key", *keys, "section.name")->required();
  get->callback([&program, keys, defaults] { config_get(program, *keys, *defaults); });
}

void add_version(CLI::App& app) {
  auto json = std::make_shared<bool>(false);
  auto* version = app.add_subcommand("version", "the program's version and its newest migration");
  version->add_flag("--json", *json, "answer in JSON");
  version->callback([json] {
    const std::string schema = store::built_in_migrations().back().name;
    if (*json)
      print_json({{"version", ROUNDTRIP_VERSION}, {"schema", schema}});
    else
      std::cout << "roundtrip " << ROUNDTRIP_VERSION << ", schema " << schema << "\n";
  });
}
}  // namespace

void add_admin_commands(CLI::App& app, Program& program) {
  add_migrate(app, program);
  add_timeline(app, program);
  add_config(app, program);
  add_version(app);
}

}  // namespace roundtrip
