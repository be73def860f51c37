// The counter of a shop: the customer's code or order, the goods in hand, the money at once.
#include <algorithm>

#include "domain/returns.hpp"
#include "usecases/exchange_choice.hpp"
#include "usecases/shop_returns.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
constexpr std::string_view kCounterReasons[] = {"changed_mind", "too_small", "too_large",  "not_as_described",
                                                "damaged",      "defective", "wrong_item", "other"};

std::string name_of(const usecases::OrderView& order, LineId id) {
  for (const auto& line : order.lines) {
    if (line.id == id) return line.description.empty() ? line.sku : line.description;
  }
  return to_text(id);
}

Json upto(std::int64_t most, std::int64_t chosen) {
  Json out = Json::array();
  for (std::int64_t n = 0; n <= std::min<std::int64_t>(most, 100); ++n)
    out.push_back({{"value", std::to_string(n)}, {"chosen", n == chosen}});
  return out;
}

// Returns of the order that still wait for goods.
Json awaited_returns(const usecases::OrderView& order) {
  Json out = Json::array();
  for (const auto& one : order.returns) {
    if (one.status != "requested" && one.status != "approved" && one.status != "in_transit" && one.status != "partly_received") continue;
    Json lines = Json::array();
    for (const auto& line : one.lines) {
      const std::int64_t awaited = line.announced - line.received;
      if (awaited > 0)
        lines.push_back({{"id", to_text(line.line)},
                         {"name", name_of(order, line.line)},
                         {"reason", words_of_code(line.reason)},
                         {"quantities", upto(awaited, awaited)}});
    }
    out.push_back({{"id", to_text(one.id)}, {"code", one.code}, {"outcome", words_of_code(one.outcome)}, {"lines", lines}});
  }
  return out;
}

// Exchanges whose replacement has not left: the counter can hand it over.
Json exchanges_of_order(const usecases::OrderView& order) {
  Json out = Json::array();
  for (const auto& one : order.returns) {
    if (!one.exchange || one.exchange->state == "canceled") continue;
    const auto& exchange = *one.exchange;
    if (exchange.replacement && exchange.replacement_status != "open") continue;
    std::string wanted;
    for (const auto& line : exchange.lines)
      wanted += (wanted.empty() ? "" : ", ") + std::to_string(line.quantity) + " × " + line.description;
    Json shown = {
        {"id", to_text(one.id)}, {"number", exchange.replacement_number}, {"wanted", wanted}, {"state", state_pill(exchange.state)}};
    shown["ready"] = exchange.released_at.has_value();
    if (exchange.owed > 0) shown["owed"] = money_text("en-GB", exchange.owed, exchange.currency);
    out.push_back(std::move(shown));
  }
  return out;
}

// What the line can be exchanged for: variants, with what they cost where that is not the same.
Json instead_of(const usecases::LineOptions& options) {
  Json out = Json::array();
  for (const auto& one : options.variants) {
    const std::string price = one.price ? money_text("en-GB", one.price->amount + one.price->tax, one.price->currency) : "even";
    out.push_back({{"sku", one.sku}, {"label", one.name + " · " + price}});
  }
  return out;
}

Json refunds_of_order(const usecases::OrderView& order) {
  Json out = Json::array();
  for (const auto& refund : order.refunds)
    out.push_back({{"amount", money_text("en-GB", refund.amount, refund.currency)}, {"state", state_pill(refund.state)}});
  return out;
}

void add_order(const http::Services& services, const http::Request& request, OrderId id, Json& data) {
  const auto context = http::context_of(services, request);
  const auto order = usecases::read_order(context, id);
  if (!order) return;
  data["order"] = {{"id", to_text(order->id)}, {"external_id", order->external_id}, {"customer", order->customer.name}};
  data["returns"] = awaited_returns(*order);
  data["refunds"] = refunds_of_order(*order);
  data["has_refunds"] = !order->refunds.empty();
  data["exchanges"] = exchanges_of_order(*order);
  data["lines"] = Json::array();
  data["refused"] = Json::array();
  std::vector<usecases::ReturnedLine> lines;
  for (const auto& line : order->lines) lines.push_back({line.id, line.sku, line.quantity});
  const auto choice = usecases::exchange_choice(context, id, order->currency, lines, "", {});
  for (const auto& line : usecases::return_choice(context, id, {"en", "UTC"}).lines) {
    const auto options = std::find_if(choice.lines.begin(), choice.lines.end(), [&](const auto& one) { return one.line == line.line; });
    if (line.refused)
      data["refused"].push_back({{"name", name_of(*order, line.line)}, {"why", line.refused->result + " " + line.refused->next_step}});
    else
      data["lines"].push_back({{"id", to_text(line.line)},
                               {"name", name_of(*order, line.line)},
                               {"quantities", upto(line.units, 0)},
                               {"instead", options == choice.lines.end() ? Json::array() : instead_of(*options)}});
  }
  for (auto& line : data["lines"]) line["has_instead"] = !line["instead"].empty();
  data["has_lines"] = !data["lines"].empty();
}

http::Reply counter_page(const http::Services& services, const http::Request& request, std::optional<OrderId> order,
                         const std::string& fault, int status) {
  const auto context = http::context_of(services, request);
  const std::string wanted = request.query_value("q").value_or("");
  auto page = desk_page(request, "Shop counter", "desk_shop", "/desk/shop");
  page.status = status;
  page.data["q"] = wanted;
  page.data["fault"] = fault;
  page.data["taken"] = request.query_value("taken").has_value();
  page.data["given"] = request.query_value("given").has_value();
  page.data["shops"] = Json::array();
  for (const auto& shop : usecases::list_shops(context))
    page.data["shops"].push_back(
        {{"name", shop.name}, {"hours", shop.opening_hours}, {"chosen", request.query_value("shop") == shop.name}});
  page.data["has_shops"] = !page.data["shops"].empty();
  page.data["may_admin"] = request.caller.may("admin");
  page.data["warehouses"] = Json::array();
  if (request.caller.may("admin")) {
    for (const auto& name : usecases::list_no_shops(context)) page.data["warehouses"].push_back({{"name", name}});
  }
  page.data["has_warehouses"] = !page.data["warehouses"].empty();
  for (const char* note : {"opened", "closed"}) page.data[note] = request.query_value(note).value_or("");
  page.data["reasons"] = Json::array();
  for (const auto reason : kCounterReasons) page.data["reasons"].push_back({{"value", reason}, {"label", words_of_code(reason)}});
  if (!order && !wanted.empty()) {
    for (const auto& hit : usecases::search(context, wanted)) {
      if (!order && hit.order) order = hit.order;
    }
    if (!order) page.data["fault"] = "Nothing bears “" + wanted + "”. Scan the code of the return page, or type the order's number.";
  }
  if (order) add_order(services, request, *order, page.data);
  return page_reply(services, request, page);
}

http::Reply show_counter(const http::Services& services, const http::Request& request) {
  return counter_page(services, request, std::nullopt, "", 200);
}

std::string refusal_text(const Error& error) {
  std::string text = error.message;
  if (error.explain && text.find(error.explain->next_step) == std::string::npos) text += " " + error.explain->next_step;
  return text;
}

http::Reply taken_reply(const http::Services& services, const http::Request& request, OrderId order, const std::string& external_id,
                        const std::string& shop, const Result<usecases::ReturnReceived>& taken) {
  if (!taken) return counter_page(services, request, order, refusal_text(taken.error()), http::status_of(taken.error().kind));
  return http::redirect_reply("/desk/shop?taken=1&q=" + percent_encode(external_id) + "&shop=" + percent_encode(shop));
}

std::int64_t pieces_of(const std::vector<std::pair<std::string, std::string>>& form, const std::string& name) {
  return number_of(field(form, name)).value_or(0);
}

// As new goes back to stock; anything else is set aside.
std::string disposition_of(const std::vector<std::pair<std::string, std::string>>& form) {
  return field(form, "condition") == "damaged" ? "quarantine" : "restock";
}

http::Reply take_return(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const auto id = parse_id<ReturnId>(request.param("id"));
  const auto view = usecases::read_return(context, id.value_or(ReturnId{}));
  if (!view) return error_page(services, request, Layout::desk, view.error());
  const auto order = usecases::read_order(context, view->order);
  if (!order) return error_page(services, request, Layout::desk, order.error());
  const auto form = request.form();
  const std::string shop = field(form, "shop");
  std::vector<usecases::ReceivedUnits> units;
  for (const auto& line : view->lines) {
    const std::int64_t pieces = pieces_of(form, "take_" + to_text(line.line));
    if (pieces > 0) units.push_back({line.line, pieces, disposition_of(form)});
  }
  return taken_reply(services, request, order->id, order->external_id, shop, usecases::take_over_counter(context, view->id, units, shop));
}

// The pieces named in the form and what the customer gets for them; goods instead at the catalogue's prices.
Result<usecases::ReturnRequest> spot_request(const usecases::Context& context, const http::Services& services,
                                             const usecases::OrderView& order,
                                             const std::vector<std::pair<std::string, std::string>>& form) {
  usecases::ReturnRequest wanted;
  wanted.order = order.id;
  wanted.outcome = domain::parse_return_outcome(field(form, "outcome")).value_or(domain::ReturnOutcome::refund);
  wanted.exchange_let_go_up_to = services.config.integer("exchanges.let_go_up_to");
  std::vector<usecases::ReturnedLine> lines;
  std::vector<std::string> instead;
  for (const auto& line : order.lines) {
    const std::int64_t pieces = pieces_of(form, "take_" + to_text(line.id));
    if (pieces < 1) continue;
    wanted.lines.push_back({line.id, pieces, field(form, "reason"), ""});
    lines.push_back({line.id, line.sku, pieces});
    instead.push_back(field(form, "instead_" + to_text(line.id)));
  }
  if (wanted.outcome != domain::ReturnOutcome::exchange || lines.empty()) return wanted;
  if (std::find(instead.begin(), instead.end(), "") != instead.end())
    return Error{ErrorKind::invalid, "nothing_named", "Choose for each article what the customer gets instead."};
  auto priced = usecases::priced_by_catalogue(context, order.currency, lines, instead);
  if (!priced) return priced.error();
  wanted.exchange = std::move(*priced);
  return wanted;
}

http::Reply take_on_the_spot(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const auto order = usecases::read_order(context, parse_id<OrderId>(request.param("id")).value_or(OrderId{}));
  if (!order) return error_page(services, request, Layout::desk, order.error());
  const auto form = request.form();
  const std::string shop = field(form, "shop");
  const auto wanted = spot_request(context, services, *order, form);
  if (!wanted) return counter_page(services, request, order->id, refusal_text(wanted.error()), http::status_of(wanted.error().kind));
  return taken_reply(services, request, order->id, order->external_id, shop,
                     usecases::take_without_return(context, *wanted, disposition_of(form), shop));
}

http::Reply hand_over(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const auto view = usecases::read_return(context, parse_id<ReturnId>(request.param("id")).value_or(ReturnId{}));
  if (!view) return error_page(services, request, Layout::desk, view.error());
  const auto order = usecases::read_order(context, view->order);
  if (!order) return error_page(services, request, Layout::desk, order.error());
  const std::string shop = field(request.form(), "shop");
  const auto given = usecases::hand_over_replacement(context, view->id, shop);
  if (!given) return counter_page(services, request, order->id, refusal_text(given.error()), http::status_of(given.error().kind));
  return http::redirect_reply("/desk/shop?given=1&q=" + percent_encode(order->external_id) + "&shop=" + percent_encode(shop));
}

http::Reply settled_shops(const http::Services& services, const http::Request& request, const Done& settled, const char* note) {
  if (!settled) return counter_page(services, request, std::nullopt, refusal_text(settled.error()), http::status_of(settled.error().kind));
  return http::redirect_reply("/desk/shop?" + std::string(note) + "=" + percent_encode(field(request.form(), "warehouse")));
}

http::Reply open_one(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  return settled_shops(services, request,
                       usecases::open_shop(http::context_of(services, request), field(form, "warehouse"), field(form, "hours")), "opened");
}

http::Reply close_one(const http::Services& services, const http::Request& request) {
  return settled_shops(services, request, usecases::close_shop(http::context_of(services, request), field(request.form(), "warehouse")),
                       "closed");
}
}  // namespace

void add_desk_shop_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler, const char* scope = "returns:write") {
    router.add({method, pattern, http::Gate::staff, scope,
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/shop", show_counter);
  route("POST", "/desk/shop/returns/{id}", take_return);
  route("POST", "/desk/shop/orders/{id}", take_on_the_spot);
  route("POST", "/desk/shop/exchanges/{id}", hand_over);
  route("POST", "/desk/shop/open", open_one, "admin");
  route("POST", "/desk/shop/close", close_one, "admin");
}

}  // namespace roundtrip::web
