// Commands about who may come in: user add|list|disable|password|roles, key create|list|revoke.
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "main_commands.hpp"
#include "usecases/access.hpp"

namespace roundtrip {
namespace {
using nlohmann::ordered_json;
using usecases::Context;

struct AccessOptions {
  std::string merchant = "demo";
  std::string login, name, password_file;
  std::vector<std::string> words;  // roles or scopes
  std::string key_id;
  int valid_days = 0;
  bool json = false;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void print_line(const AccessOptions& options, const ordered_json& document, const std::string& text) {
  if (options.json)
    std::cout << document.dump(2, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  else
    std::cout << text << "\n";
}

// The first line of the file ("-": of standard input); without a file a fresh password, `generated`.
std::string read_password(const AccessOptions& options, bool& generated) {
  generated = options.password_file.empty();
  if (generated) return random_token(12);
  std::string password;
  if (options.password_file == "-") {
    std::getline(std::cin, password);
  } else {
    std::ifstream file(options.password_file);
    if (!file) throw Refused("'" + options.password_file + "' cannot be read");
    std::getline(file, password);
  }
  return password;
}

void user_add(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    bool generated = false;
    const std::string password = read_password(options, generated);
    const std::string name = options.name.empty() ? options.login : options.name;
    const auto id = required(usecases::create_user(context, {options.login, name, password, options.words}));
    ordered_json document = {{"user_id", to_text(id)}, {"login", options.login}, {"roles", options.words}};
    if (generated) document["password"] = password;
    print_line(options, document, "Added " + options.login + (generated ? "; the password, shown once: " + password : "."));
  });
}

void user_list(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    auto items = ordered_json::array();
    std::string text;
    for (const auto& user : usecases::list_users(context)) {
      items.push_back({{"user_id", to_text(user.id)},
                       {"login", user.login},
                       {"name", user.name},
                       {"roles", user.roles},
                       {"disabled", user.disabled},
                       {"created_at", format_rfc3339(user.created_at)}});
      text += user.login + "\t" + joined(user.roles) + "\t" + user.name + (user.disabled ? "\tdisabled" : "") + "\n";
    }
    if (!text.empty()) text.pop_back();
    print_line(options, {{"users", items}}, text);
  });
}

void user_disable(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    required_done(usecases::disable_user(context, options.login));
    print_line(options, {{"login", options.login}, {"disabled", true}},
               options.login + " cannot sign in any more; open sessions are over.");
  });
}

void user_password(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    bool generated = false;
    const std::string password = read_password(options, generated);
    required_done(usecases::change_password(context, options.login, password));
    ordered_json document = {{"login", options.login}};
    if (generated) document["password"] = password;
    print_line(options, document, "Changed; open sessions are over" + (generated ? ". The password, shown once: " + password : "."));
  });
}

void user_roles(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    required_done(usecases::change_roles(context, options.login, options.words));
    print_line(options, {{"login", options.login}, {"roles", options.words}}, options.login + " is now " + joined(options.words) + ".");
  });
}

void key_create(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    std::optional<Instant> expires;
    if (options.valid_days > 0) expires = context.now + options.valid_days * kDay;
    const auto key = required(usecases::create_key(context, options.name, options.words, expires));
    print_line(options, {{"key_id", to_text(key.id)}, {"name", options.name}, {"scopes", options.words}, {"key", key.key}},
               to_text(key.id) + ", shown once: " + key.key);
  });
}

void key_list(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    auto items = ordered_json::array();
    std::string text;
    for (const auto& key : usecases::list_keys(context)) {
      const auto at_or_null = [](const std::optional<Instant>& at) { return at ? ordered_json(format_rfc3339(*at)) : ordered_json(); };
      items.push_back({{"key_id", to_text(key.id)},
                       {"name", key.name},
                       {"scopes", key.scopes},
                       {"created_at", format_rfc3339(key.created_at)},
                       {"expires_at", at_or_null(key.expires_at)},
                       {"revoked_at", at_or_null(key.revoked_at)}});
      text += to_text(key.id) + "\t" + key.name + "\t" + joined(key.scopes) + (key.revoked_at ? "\trevoked" : "") + "\n";
    }
    if (!text.empty()) text.pop_back();
    print_line(options, {{"keys", items}}, text);
  });
}

void key_revoke(const Program& program, const AccessOptions& options) {
  in_context(program, options.merchant, [&](const Context& context) {
    const auto id = parse_id<KeyId>(options.key_id);
    if (!id) throw Refused("'" + options.key_id + "' is not the id of a key (key_...)");
    required_done(usecases::revoke_key(context, *id));
    print_line(options, {{"key_id", options.key_id}, {"revoked", true}}, options.key_id + " is revoked.");
  });
}

std::string list_of(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

using OptionsPointer = std::shared_ptr<AccessOptions>;

// A sub-command with what all of them share.
CLI::App* access_command(CLI::App* parent, Program& program, const std::string& name, const std::string& help,
                         const OptionsPointer& options, void (*work)(const Program&, const AccessOptions&)) {
  auto* command = parent->add_subcommand(name, help);
  command->add_option("--merchant", options->merchant, "the merchant's slug")->capture_default_str();
  command->add_flag("--json", options->json, "answer in JSON");
  command->callback([&program, options, work] { work(program, *options); });
  return command;
}

void add_users(CLI::App& app, Program& program) {
  auto* user = app.add_subcommand("user", "people who sign in at /login")->require_subcommand(1);
  const std::string roles = "roles, comma-separated: " + list_of(usecases::kRoles);
  const std::string password = "file whose first line is the password, - for standard input (default: a random one, shown once)";
  const auto made = [] { return std::make_shared<AccessOptions>(); };
  auto options = made();
  auto* add = access_command(user, program, "add", "add a person", options, user_add);
  add->add_option("login", options->login, "what they sign in with")->required();
  add->add_option("--name", options->name, "their name");
  add->add_option("--roles", options->words, roles)->delimiter(',')->required();
  add->add_option("--password-file", options->password_file, password);
  access_command(user, program, "list", "who there is", made(), user_list);
  options = made();
  access_command(user, program, "disable", "end a person's access", options, user_disable)->add_option("login", options->login)->required();
  options = made();
  auto* change = access_command(user, program, "password", "give a new password", options, user_password);
  change->add_option("login", options->login)->required();
  change->add_option("--password-file", options->password_file, password);
  options = made();
  auto* set_roles = access_command(user, program, "roles", "give other roles", options, user_roles);
  set_roles->add_option("login", options->login)->required();
  set_roles->add_option("--roles", options->words, roles)->delimiter(',')->required();
}

void add_keys(CLI::App& app, Program& program) {
  auto* key = app.add_subcommand("key", "API keys of storefronts")->require_subcommand(1);
  const auto made = [] { return std::make_shared<AccessOptions>(); };
  auto options = made();
  auto* create = access_command(key, program, "create", "make a key; it is shown once, only its hash is kept", options, key_create);
  create->add_option("name", options->name, "what it is for")->required();
  create->add_option("--scopes", options->words, "comma-separated: " + list_of(usecases::kScopes))->delimiter(',')->required();
  create->add_option("--valid-days", options->valid_days, "days until it ends (default: until revoked)")->check(CLI::Range(1, 3650));
  access_command(key, program, "list", "newest first", made(), key_list);
  options = made();
  access_command(key, program, "revoke", "end a key at once", options, key_revoke)
      ->add_option("key_id", options->key_id, "key_...")
      ->required();
}
}  // namespace

void in_context(const Program& program, const std::string& merchant, const std::function<void(const Context&)>& work) {
  const auto database = open_migrated_database(program.load_config());
  const auto found = usecases::find_merchant(*database, merchant);
  if (!found) throw Refused("there is no merchant '" + merchant + "'; give another one with --merchant");
  work(Context{*database, found->id, {"desk", "command line"}, now()});
}

void add_access_commands(CLI::App& app, Program& program) {
  add_users(app, program);
  add_keys(app, program);
}

}  // namespace roundtrip
