// Shops: the warehouses that customers bring returns to.
#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "usecases/shop_returns.hpp"

namespace roundtrip::http {
namespace {

nlohmann::ordered_json shop_json(const usecases::ShopRow& shop) {
  return {{"name", shop.name},
          {"opening_hours", shop.opening_hours},
          {"line1", shop.address.line1},
          {"line2", shop.address.line2},
          {"postal_code", shop.address.postal_code},
          {"city", shop.address.city},
          {"country", shop.address.country}};
}

Reply shops_reply(const usecases::Context& context, const Done& done) {
  if (!done) return problem_reply(done.error());
  auto items = nlohmann::ordered_json::array();
  for (const auto& shop : usecases::list_shops(context)) items.push_back(shop_json(shop));
  return json_reply(200, {{"items", items}});
}

Reply list_all_shops(const Services& services, const Request& request) { return shops_reply(context_of(services, request), done()); }

Reply open_one_shop(const Services& services, const Request& request) {
  Body body(request.body);
  const std::string hours = body.root().text("opening_hours", {.max = usecases::kLongestHours});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto context = context_of(services, request);
  return shops_reply(context, usecases::open_shop(context, std::string(request.param("name")), hours));
}

Reply close_one_shop(const Services& services, const Request& request) {
  const auto context = context_of(services, request);
  return shops_reply(context, usecases::close_shop(context, std::string(request.param("name"))));
}
}  // namespace

void add_shop_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"GET", "/v1/shops", Gate::api, "orders:read", to(list_all_shops)});
  router.add({"PUT", "/v1/shops/{name}", Gate::api, "admin", to(open_one_shop)});
  router.add({"DELETE", "/v1/shops/{name}", Gate::api, "admin", to(close_one_shop)});
}

}  // namespace roundtrip::http
