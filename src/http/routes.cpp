// Every route of the API, noun by noun.
#include "http/routes.hpp"

#include "http/api.hpp"

namespace roundtrip::http {

usecases::Context context_of(const Services& services, const Request& request) {
  const bool user = request.caller.kind == Caller::Kind::user;
  return {services.db, request.caller.merchant, {user ? "desk" : "api", request.caller.name}, request.now, request.claimed_key};
}

Result<int> page_limit(const Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return 50;
  if (text->empty() || text->size() > 3 || text->find_first_not_of("0123456789") != std::string::npos || std::stoi(*text) < 1 ||
      std::stoi(*text) > 200) {
    return Error{ErrorKind::invalid, "bad_limit", "limit must be a whole number from 1 to 200."};
  }
  return std::stoi(*text);
}

Result<std::int64_t> cursor_number(const Request& request) {
  const auto text = request.query_value("cursor");
  if (!text) return std::int64_t{0};
  const auto number = crockford_decode(*text);
  if (!number) return Error{ErrorKind::invalid, "bad_cursor", "The cursor is not one that we gave; start again without it."};
  return *number;
}

Result<std::optional<std::int64_t>> if_match(const Request& request) {
  const auto value = request.header("if-match");
  if (!value) return std::optional<std::int64_t>{};
  std::string digits(*value);
  if (digits.size() > 2 && digits.front() == '"' && digits.back() == '"') digits = digits.substr(1, digits.size() - 2);
  if (digits.empty() || digits.size() > 15 || digits.find_first_not_of("0123456789") != std::string::npos) {
    return Error{ErrorKind::precondition_failed, "bad_etag", "If-Match must be an ETag that we gave, such as \"7\"."};
  }
  return std::optional<std::int64_t>{std::stoll(digits)};
}

void add_api_routes(Router& router, const Services& services) {
  add_order_routes(router, services);
  add_scan_routes(router, services);
  add_tracking_routes(router, services);
  add_product_routes(router, services);
  add_stock_routes(router, services);
  add_return_routes(router, services);
  add_policy_routes(router, services);
  add_return_goods_routes(router, services);
  add_found_item_routes(router, services);
  add_claim_routes(router, services);
  add_refund_routes(router, services);
  add_voucher_routes(router, services);
  add_payout_routes(router, services);
  add_shop_routes(router, services);
  add_label_routes(router, services);
  add_photo_routes(router, services);
  add_manifest_routes(router, services);
  add_cancellation_routes(router, services);
  add_book_routes(router, services);
  add_operations_routes(router, services);
  add_openapi_routes(router, services);
}

}  // namespace roundtrip::http
