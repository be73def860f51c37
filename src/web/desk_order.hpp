// What the files of the order's page at the desk share.
#pragma once
#include <optional>
#include <string>

#include "usecases/orders.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {

// What one page needs to write down everything about one order.
struct Desk {
  const http::Services& services;
  const http::Request& request;
  const usecases::OrderView& order;
  std::string zone;
  std::string when(std::optional<Instant> at) const { return staff_time(zone, at, request.now); }
  std::string money(std::int64_t minor) const { return money_text("en-GB", minor, order.currency); }
};

// A count that is left out when there is none.
inline std::string some(std::int64_t number) { return number > 0 ? std::to_string(number) : ""; }

Json returns_json(const Desk& desk);
Json refunds_json(const Desk& desk);
Json desk_claims_json(const Desk& desk);
// An exchange with what may be done with it.
Json desk_exchange_json(const usecases::ExchangeView& exchange);

// After an action: back to the order with a word about it, or the order's page with the refusal on top.
http::Reply after_order_action(const http::Services& services, const http::Request& request, OrderId order, const Done& outcome,
                               const std::string& word);

}  // namespace roundtrip::web
