// Returns, refunds and the returns policy over HTTP: routes, and the JSON that order answers share.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "http/routes.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::http {

void add_return_routes(Router& router, const Services& services);
void add_refund_routes(Router& router, const Services& services);

nlohmann::ordered_json return_json(const usecases::ReturnView& view);
nlohmann::ordered_json refund_json(const usecases::RefundView& view);

}  // namespace roundtrip::http
