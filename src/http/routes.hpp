// Every route of the API on one page (routes.cpp), and what handlers are given.
#pragma once
#include <memory>

#include "base/config.hpp"
#include "http/router.hpp"
#include "usecases/context.hpp"
#include "usecases/gateway_events.hpp"
#include "usecases/links.hpp"
#include "usecases/parcel_labels.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::http {

// Rendered orders by version (orders.cpp).
class OrderCache;
std::shared_ptr<OrderCache> make_order_cache();

// What every handler needs. Lives as long as the server.
struct Services {
  store::Database& db;
  const Config& config;
  const usecases::Links& links;
  std::shared_ptr<OrderCache> orders = make_order_cache();
  usecases::ShippingPlan shipping = usecases::shipping_plan(config);
  std::shared_ptr<usecases::GatewayDoor> gateways = usecases::make_gateway_door(config);
  std::shared_ptr<const usecases::PushRoom> pushes = usecases::make_push_room(config);
};

// The use case context of a request: merchant, actor and channel from its caller.
usecases::Context context_of(const Services& services, const Request& request);

void add_api_routes(Router& router, const Services& services);

}  // namespace roundtrip::http
