// Commands about shops that take returns: shop open|close|list.
#include <iostream>
#include <nlohmann/json.hpp>

#include "main_commands.hpp"
#include "usecases/shop_returns.hpp"

namespace roundtrip {
namespace {
using nlohmann::ordered_json;
using usecases::Context;

struct ShopOptions {
  std::string merchant = "demo", name, hours;
  bool json = false;
};

void print_shops(const ShopOptions& options, const Context& context, const std::string& said) {
  auto items = ordered_json::array();
  std::string text = said;
  for (const auto& shop : usecases::list_shops(context)) {
    items.push_back({{"name", shop.name}, {"opening_hours", shop.opening_hours}, {"city", shop.address.city}});
    if (said.empty()) text += shop.name + "\t" + shop.opening_hours + "\t" + shop.address.city + "\n";
  }
  if (options.json) text = ordered_json{{"shops", items}}.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  std::cout << (text.empty() ? "No warehouse takes returns from customers.\n" : text);
}

void shop_open(const Context& context, const ShopOptions& options) {
  required_done(usecases::open_shop(context, options.name, options.hours));
  print_shops(options, context,
              options.name + " takes returns from customers" + (options.hours.empty() ? "" : ", " + options.hours) + ".\n");
}

void shop_close(const Context& context, const ShopOptions& options) {
  required_done(usecases::close_shop(context, options.name));
  print_shops(options, context, options.name + " takes no returns from customers.\n");
}

void shop_list(const Context& context, const ShopOptions& options) { print_shops(options, context, ""); }
}  // namespace

void add_shop_commands(CLI::App& app, Program& program) {
  auto* shop = app.add_subcommand("shop", "warehouses whose counter takes returns from customers")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, void (*work)(const Context&, const ShopOptions&)) {
    auto options = std::make_shared<ShopOptions>();
    auto* command = shop->add_subcommand(name, help);
    command->add_option("--merchant", options->merchant, "the merchant's slug")->capture_default_str();
    command->add_flag("--json", options->json, "answer in JSON");
    command->callback(
        [&program, options, work] { in_context(program, options->merchant, [&](const Context& context) { work(context, *options); }); });
    return std::pair(command, options);
  };
  const auto [open, opened] = add("open", "let a warehouse with a bin take returns; again: other hours", shop_open);
  open->add_option("name", opened->name, "the warehouse's name")->required();
  open->add_option("--hours", opened->hours, "opening hours, as customers read them: \"Mon-Sat 10-20\"");
  const auto [close, closed] = add("close", "take no more returns there", shop_close);
  close->add_option("name", closed->name, "the warehouse's name")->required();
  add("list", "the shops there are", shop_list);
}

}  // namespace roundtrip
