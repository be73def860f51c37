// Found goods at the desk: whose they are, and how each ends.
#include "usecases/found_items.hpp"
#include "usecases/orders.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
constexpr int kFoundShown = 50;

std::string_view found_words(domain::FoundKind kind) {
  switch (kind) {
    case domain::FoundKind::unannounced_parcel:
      return "A parcel nobody announced";
    case domain::FoundKind::wrong_item:
      return "Not what was announced";
    case domain::FoundKind::extra_item:
      return "More than was announced";
    case domain::FoundKind::problem:
      return "The floor asks for a person";
  }
  return "";
}

http::Reply found_page(const http::Services& services, const http::Request& request, const std::string& fault, int status) {
  const FoundId after{number_of(request.query_value("after")).value_or(0)};
  const auto list = usecases::list_found_items(http::context_of(services, request), true, after, kFoundShown);
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Found goods", "desk_found", "/desk/returns");
  page.status = status;
  page.data["fault"] = fault;
  page.data["found"] = Json::array();
  for (const auto& one : list.items) {
    page.data["found"].push_back(
        {{"id", to_text(one.id)},
         {"kind", found_words(one.kind)},
         {"what", one.sku ? std::to_string(one.quantity) + " × " + (one.product_name.empty() ? *one.sku : one.product_name) : ""},
         {"number", one.number},
         {"note", one.note},
         {"in", one.container ? to_text(*one.container) : ""},
         {"order_id", one.order ? to_text(*one.order) : ""},
         {"order", one.order_external_id},
         {"by", one.found_by},
         {"when", staff_time(zone, one.found_at, request.now)},
         {"attachable", one.order.has_value()},
         {"stockable", one.sku.has_value() || one.kind == domain::FoundKind::unannounced_parcel}});
  }
  page.data["any"] = !list.items.empty();
  page.data["next"] = list.next ? std::to_string(list.next->value) : "";
  return page_reply(services, request, page);
}

Result<usecases::FoundView> match(const usecases::Context& context, FoundId id, const std::string& number) {
  usecases::OrderFilter filter;
  filter.external_id = number;
  filter.limit = 1;
  const auto orders = usecases::list_orders(context, filter);
  if (!orders) return orders.error();
  if (number.empty() || orders->items.empty())
    return Error{ErrorKind::not_found, "order_not_found", "There is no order with the number \"" + number + "\"."};
  return usecases::match_found(context, id, orders->items.front().id);
}

http::Reply act_on_found(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const auto context = http::context_of(services, request);
  const auto id = parse_id<FoundId>(request.param("id")).value_or(FoundId{});
  const std::string action = field(form, "action");
  std::optional<Error> fault;
  if (action == "match") {
    if (const auto matched = match(context, id, field(form, "order")); !matched) fault = matched.error();
  } else if (const auto outcome = domain::parse_found_outcome(action); outcome && *outcome != domain::FoundOutcome::none) {
    const auto settled = usecases::settle_found(context, id, {*outcome, {}, "", field(form, "grade"), field(form, "note")});
    if (!settled) fault = settled.error();
  } else {
    fault = Error{ErrorKind::invalid, "invalid_action", "Choose what is to be done with it."};
  }
  if (!fault) return http::redirect_reply("/desk/found?done=saved");
  const std::string next = fault->explain ? " " + fault->explain->next_step : "";
  return found_page(services, request, fault->message + next, http::status_of(fault->kind));
}
}  // namespace

void add_desk_found_routes(http::Router& router, const http::Services& services) {
  router.add({"GET", "/desk/found", http::Gate::staff, "returns:write",
              [&services](const http::Request& request) { return found_page(services, request, "", 200); }});
  router.add({"POST", "/desk/found/{id}", http::Gate::staff, "returns:write",
              [&services](const http::Request& request) { return act_on_found(services, request); }});
}

}  // namespace roundtrip::web
