// Commands about carriers: which there are, what a recorded reply means, whose number this is.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "carriers/accounts.hpp"
#include "carriers/described.hpp"
#include "carriers/identify.hpp"
#include "carriers/records.hpp"
#include "main_commands.hpp"
#include "usecases/carrier_accounts.hpp"
#include "usecases/parcel_labels.hpp"

namespace roundtrip {
namespace {
using nlohmann::ordered_json;

constexpr std::size_t kMostFileBytes = 16u << 20;

void print_records(const ordered_json& document) {
  std::cout << document.dump(2, ' ', false, ordered_json::error_handler_t::replace) << "\n";
}

std::string names_of(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

const carriers::Carrier& carrier_named(const std::string& name) {
  if (const auto* carrier = carriers::find_carrier(name)) return *carrier;
  std::vector<std::string> known;
  for (const auto* carrier : carriers::all_carriers()) known.emplace_back(carrier->name());
  const auto near = nearest(name, known);
  throw Refused("there is no carrier '" + name + "'" + (near.empty() ? "" : "; did you mean " + near + "?") + " Known: " + names_of(known));
}

const carriers::Api& api_for(const carriers::Carrier& carrier, const std::string& name, const HttpResponse& response) {
  std::vector<std::string> known;
  for (const auto& api : carrier.apis()) {
    if (api.name == name || api.title == name) return api;
    known.push_back(api.name);
  }
  if (!name.empty()) throw Refused(std::string(carrier.title()) + " has no API '" + name + "'; it has " + names_of(known));
  if (known.empty()) throw Refused(std::string(carrier.title()) + " has no replies to read");
  const auto alike = carriers::apis_like(carrier, response);
  if (!alike.empty()) return *alike.front();
  // A failed call's body is often a gateway's page: any API of the carrier reads it by its status alone.
  if (response.status >= 400) return carrier.apis().front();
  throw Refused("this is no reply of " + std::string(carrier.title()) + " that I know; name its API with --api: " + names_of(known));
}

void read_file(const std::string& carrier_name, const std::string& api_name, int status, const std::string& path) {
  const auto& carrier = carrier_named(carrier_name);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Refused("cannot read " + path);
  std::string body(kMostFileBytes + 1, '\0');
  file.read(body.data(), static_cast<std::streamsize>(body.size()));
  body.resize(static_cast<std::size_t>(file.gcount()));
  const HttpOutcome outcome{HttpResponse{status, {}, std::move(body)}, {}};
  const auto& api = api_for(carrier, api_name, *outcome.response);
  if (!api.read) throw Refused(api.title + " of " + std::string(carrier.title()) + " is retired: its replies are not read");
  const auto reply = carriers::read_reply(api, outcome);
  if (reply.trouble == carriers::Trouble::bad_reply) throw Refused(path + " is not read: " + reply.detail);
  print_records(carriers::records_json(reply));
}

void list_carriers(bool json) {
  auto items = ordered_json::array();
  for (const auto* carrier : carriers::all_carriers()) {
    auto apis = ordered_json::array();
    for (const auto& api : carrier->apis()) {
      apis.push_back({{"name", api.name}, {"title", api.title}, {"retired", !api.read}, {"asked", bool(api.request)}});
    }
    items.push_back({{"name", carrier->name()},
                     {"title", carrier->title()},
                     {"pushes", carrier->capabilities().pushes},
                     {"labels", carrier->shipping() != nullptr},
                     {"apis", apis}});
  }
  if (json) return print_records({{"carriers", items}});
  for (const auto& item : items) {
    std::cout << item["name"].get<std::string>() << "\t" << item["title"].get<std::string>();
    for (const auto& api : item["apis"]) {
      std::cout << "\n  " << api["name"].get<std::string>() << "\t" << api["title"].get<std::string>();
      if (api["retired"] == true) std::cout << " (retired: refused)";
    }
    std::cout << "\n";
  }
}

ordered_json account_json(const usecases::CarrierAccountView& view) {
  const auto at = [](const std::optional<Instant>& time) { return time ? ordered_json(format_rfc3339(*time)) : ordered_json(); };
  return {{"carrier", view.carrier},
          {"account", view.account},
          {"calls_per_minute", view.quota.calls_per_minute},
          {"calls_per_day", view.quota.calls_per_day},
          {"state", view.state},
          {"asked_again_at", at(view.free_at)},
          {"why", view.why},
          {"last_answer_at", at(view.last_answer_at)},
          {"last_failure_at", at(view.last_failure_at)},
          {"parcels", view.parcels},
          {"due", view.due},
          {"due_since", at(view.due_since)},
          {"round_s", view.round_us / kSecond},
          {"forecast", view.forecast},
          {"push", view.push.empty() ? ordered_json() : ordered_json(view.push)},
          {"push_url", view.push_url.empty() ? ordered_json() : ordered_json(view.push_url)},
          {"subscribed", view.subscribed}};
}

// What the carrier tells by itself.
std::string push_words(const usecases::CarrierAccountView& view) {
  if (view.push.empty()) return "does not push";
  if (view.push == "no_secret") return "no push_secret: only asked";
  if (view.push == "set_up") return "pushes what is set up at the carrier to " + view.push_url;
  return "is asked to push, " + std::to_string(view.subscribed) + " parcels are subscribed, to " + view.push_url;
}

// The accounts as configured; with a database also how they are and what their quotas mean.
void print_accounts(const Program& program, bool json) {
  const Config config = program.load_config();
  load_described_carriers(config);
  if (!json) std::cout << carriers::accounts_text(required(carriers::accounts_of(config)));
  if (config.text("database.url").empty()) return;
  const auto database = open_migrated_database(config);
  auto items = ordered_json::array();
  for (const auto& view : required(usecases::carrier_accounts(*database, config, now()))) {
    items.push_back(account_json(view));
    if (json) continue;
    std::cout << "# " << view.carrier << (view.account.empty() ? "" : "/" + view.account) << ": " << view.state
              << (view.free_at ? " until " + format_rfc3339(*view.free_at) : "") << (view.why.empty() ? "" : " (" + view.why + ")") << "; "
              << view.forecast << "; " << view.due << " due; " << push_words(view) << "\n";
  }
  if (json) print_records({{"accounts", items}});
}

void identify_number(const std::string& number) {
  auto items = ordered_json::array();
  for (const auto& candidate : carriers::identify(number)) {
    items.push_back({{"carrier", candidate.carrier},
                     {"format", candidate.format},
                     {"number", candidate.number},
                     {"confidence", candidate.confidence},
                     {"check_digit", candidate.checked ? ordered_json(true) : ordered_json()},
                     {"why", candidate.why}});
  }
  print_records({{"number", number}, {"candidates", items}});
}

// The table of services, and what becomes of each row for such a parcel.
void print_services(const Config& config, const domain::ServiceFacts& facts) {
  const auto plan = usecases::shipping_plan(config);
  const auto choice = domain::choose_service(plan.services, facts);
  auto items = ordered_json::array();
  for (std::size_t row = 0; row < plan.services.size(); ++row) {
    const auto& service = plan.services[row];
    items.push_back({{"title", service.title},
                     {"carrier", service.carrier},
                     {"account", service.account},
                     {"code", service.code},
                     {"label", service.buys_label ? "bought" : "own"},
                     {"days", service.days},
                     {"price", domain::price_of(service, facts.weight_g)},
                     {"verdict", domain::to_text(choice.verdicts[row])}});
  }
  print_records({{"services", items},
                 {"chosen", choice.row ? ordered_json(plan.services[*choice.row].title) : ordered_json()},
                 {"late", choice.late},
                 {"otherwise", plan.usual.carrier + (plan.usual.account.empty() ? "" : "/" + plan.usual.account)}});
}

// The folder of carriers' files that comes with the program; "" when it is not there.
std::string shipped_carriers(const Config& config) {
  std::vector<std::string> places = {"config/carriers", ROUNDTRIP_SOURCE_DIR "/config/carriers"};
  if (const auto& assets = config.text("assets.dir"); !assets.empty()) places.insert(places.begin(), assets + "/config/carriers");
  for (const auto& place : places) {
    std::error_code ignored;
    if (std::filesystem::is_directory(place, ignored)) return place;
  }
  return "";
}
}  // namespace

void load_described_carriers(const Config& config) {
  for (const auto& folder : {shipped_carriers(config), config.text("carriers.custom_dir")}) {
    if (!folder.empty()) required(carriers::add_described_carriers(folder));
  }
}

void add_carriers_commands(CLI::App& app, Program& program) {
  auto* carriers = app.add_subcommand("carriers", "carriers, their replies and their numbers")->require_subcommand(1);
  struct Options {
    bool json = false;
    std::string carrier, api, file, number;
    int status = 200;
  };
  auto options = std::make_shared<Options>();
  auto* list = carriers->add_subcommand("list", "every carrier and the APIs whose replies are read");
  list->add_flag("--json", options->json, "answer in JSON");
  list->callback([&program, options] {
    load_described_carriers(program.load_config());
    list_carriers(options->json);
  });
  auto* read = carriers->add_subcommand("read", "print what a recorded reply says, as JSON");
  read->add_option("--carrier", options->carrier, "the carrier's name, see `carriers list`")->required();
  read->add_option("--api", options->api, "the API; left out: recognized by the reply's shape");
  read->add_option("--status", options->status, "the HTTP status it came with")->capture_default_str()->check(CLI::Range(100, 599));
  read->add_option("FILE", options->file, "the reply's body")->required();
  read->callback([&program, options] {
    load_described_carriers(program.load_config());
    read_file(options->carrier, options->api, options->status, options->file);
  });
  auto* accounts =
      carriers->add_subcommand("accounts", "the carrier accounts in force, secrets redacted, how they are and what their quotas mean");
  accounts->add_flag("--json", options->json, "answer in JSON");
  accounts->callback([&program, options] { print_accounts(program, options->json); });
  auto facts = std::make_shared<domain::ServiceFacts>(domain::ServiceFacts{"standard", "DE", 1000, std::nullopt, now(), 0});
  auto promise = std::make_shared<std::string>();
  auto* services = carriers->add_subcommand("services", "print the table of services and which one such a parcel gets, as JSON");
  services->add_option("--weight", facts->weight_g, "of the parcel, grams")->capture_default_str()->check(CLI::Range(0, 10'000'000));
  services->add_option("--country", facts->country, "where it goes, two letters")->capture_default_str();
  services->add_option("--order-service", facts->order_service, "what the order asks for")->capture_default_str();
  services->add_option("--promise", *promise, "when the customer shall have it, RFC 3339");
  services->callback([&program, facts, promise] {
    const Config config = program.load_config();
    load_described_carriers(config);
    facts->promised_at = parse_rfc3339(*promise);
    if (!promise->empty() && !facts->promised_at) throw Refused("--promise must be a time such as 2026-11-27T18:00:00Z");
    print_services(config, *facts);
  });
  auto* identify = carriers->add_subcommand("identify", "print whose tracking number this may be, as JSON, the likeliest first");
  identify->add_option("NUMBER", options->number, "as printed or scanned")->required();
  identify->callback([&program, options] {
    load_described_carriers(program.load_config());
    identify_number(options->number);
  });
}

}  // namespace roundtrip
