// Small words that every API handler uses, and the nouns' route functions.
#pragma once
#include "http/reply.hpp"
#include "http/router.hpp"
#include "http/routes.hpp"

namespace roundtrip::http {

void add_order_routes(Router& router, const Services& services);
void add_product_routes(Router& router, const Services& services);
void add_stock_routes(Router& router, const Services& services);
void add_scan_routes(Router& router, const Services& services);
// GET /v1/tracking/{tracking_number}, and the carriers' pushes.
void add_tracking_routes(Router& router, const Services& services);
void add_return_routes(Router& router, const Services& services);
void add_found_item_routes(Router& router, const Services& services);
void add_return_goods_routes(Router& router, const Services& services);
void add_policy_routes(Router& router, const Services& services);
// Claims, warranty cases, and the exchanges of returns.
void add_claim_routes(Router& router, const Services& services);
void add_refund_routes(Router& router, const Services& services);
void add_photo_routes(Router& router, const Services& services);
void add_payout_routes(Router& router, const Services& services);
void add_voucher_routes(Router& router, const Services& services);
void add_shop_routes(Router& router, const Services& services);
void add_label_routes(Router& router, const Services& services);
void add_manifest_routes(Router& router, const Services& services);
// Lines of imported cancellations that name no order.
void add_cancellation_routes(Router& router, const Services& services);
// What was posted and told for one order.
void add_book_routes(Router& router, const Services& services);
void add_operations_routes(Router& router, const Services& services);
// Only on the operations listener.
void add_metrics_route(Router& router, const Services& services);
void add_openapi_routes(Router& router, const Services& services);

// ?limit=: 50 unless given, 1 to 200.
Result<int> page_limit(const Request& request);
// ?cursor= as a number that we gave; 0 without one.
Result<std::int64_t> cursor_number(const Request& request);
// If-Match: "7" as 7; nothing without the header.
Result<std::optional<std::int64_t>> if_match(const Request& request);

// Calls `then` with the path's id; 404 for a text that is no id of this kind.
template <class IdType, class Then>
Reply with_id(const Request& request, const std::string& name, Then&& then) {
  const auto id = parse_id<IdType>(request.param(name));
  if (id) return then(*id);
  return problem_reply({ErrorKind::not_found, "no_such_" + name,
                        "'" + std::string(request.param(name)).substr(0, 60) + "' is not an id here; ids look like " +
                            std::string(IdPrefix<IdType>::value) + "_1."});
}

}  // namespace roundtrip::http
