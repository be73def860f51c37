// /v1/stock
#include "usecases/stock.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/batch.hpp"
#include "http/body.hpp"

namespace roundtrip::http {
namespace {
using json = nlohmann::ordered_json;

usecases::Movement read_movement(Fields& root) {
  usecases::Movement movement;
  movement.warehouse = root.text("warehouse", {.max = 100});
  movement.bin = root.text("bin", {.max = 100});
  movement.sku = root.text("sku", {.required = true, .max = 100});
  movement.lot = root.text("lot", {.max = 50});
  movement.quantity = root.integer("quantity", true, 0, -1'000'000'000, 1'000'000'000);
  movement.damaged = root.integer("damaged", false, 0, -1'000'000'000, 1'000'000'000);
  movement.reason = root.text("reason", {.required = true, .max = 100});
  movement.reference = root.text("reference", {.max = 200});
  if (movement.quantity == 0 && movement.damaged == 0 && root.has("quantity")) root.fault("quantity", "out_of_range", "must not be 0");
  return movement;
}

json moved_json(const usecases::MovementDone& moved) {
  return {{"id", to_text(moved.id)}, {"on_hand", moved.on_hand}, {"reserved", moved.reserved}, {"available", moved.available}};
}

Reply move_one(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const auto movement = read_movement(root);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto moved = usecases::move_stock(context_of(services, request), movement);
  return moved ? json_reply(201, moved_json(*moved)) : problem_reply(moved.error());
}

Reply move_batch(const Services& services, const Request& request) {
  const auto name = [](const usecases::Movement& movement) { return json{{"sku", movement.sku}}; };
  const auto read = [](Fields& fields) {
    auto movement = read_movement(fields);
    movement.part = fields.pointer();
    return movement;
  };
  return answer_batch(request, read, name, [&](const usecases::Movement& movement) -> Result<json> {
    const auto moved = usecases::move_stock(context_of(services, request), movement);
    if (!moved) return moved.error();
    json answer = {{"status", 201}};
    answer.update(moved_json(*moved));
    return answer;
  });
}

Reply get_levels(const Services& services, const Request& request) {
  const std::string sku(request.param("sku"));
  const auto levels = usecases::stock_levels(context_of(services, request), sku);
  if (!levels) return problem_reply(levels.error());
  json warehouses = json::array();
  std::int64_t on_hand = 0, reserved = 0, available = 0;
  for (const auto& level : *levels) {
    if (warehouses.empty() || warehouses.back()["warehouse"] != level.warehouse) {
      warehouses.push_back(
          {{"warehouse", level.warehouse}, {"on_hand", 0}, {"reserved", 0}, {"damaged", 0}, {"available", 0}, {"bins", json::array()}});
    }
    auto& warehouse = warehouses.back();
    const std::int64_t free = level.on_hand - level.reserved - level.damaged;
    warehouse["bins"].push_back({{"bin", level.bin},
                                 {"lot", level.lot.empty() ? json(nullptr) : json(level.lot)},
                                 {"on_hand", level.on_hand},
                                 {"reserved", level.reserved},
                                 {"damaged", level.damaged}});
    for (const auto& [name, value] : {std::pair<const char*, std::int64_t>{"on_hand", level.on_hand},
                                      {"reserved", level.reserved},
                                      {"damaged", level.damaged},
                                      {"available", free}}) {
      warehouse[name] = warehouse[name].get<std::int64_t>() + value;
    }
    on_hand += level.on_hand;
    reserved += level.reserved;
    available += free;
  }
  return json_reply(200,
                    {{"sku", sku}, {"on_hand", on_hand}, {"reserved", reserved}, {"available", available}, {"warehouses", warehouses}});
}
}  // namespace

void add_stock_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"POST", "/v1/stock/movements", Gate::api, "stock:write", to(move_one), true});
  router.add({"POST", "/v1/stock/movements/batch", Gate::api, "stock:write", to(move_batch), true});
  router.add({"GET", "/v1/stock/{sku}", Gate::api, "orders:read", to(get_levels)});
}

}  // namespace roundtrip::http
