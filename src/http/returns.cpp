// /v1/returns.
#include "usecases/returns.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/bookings.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kMostUnits = 1'000'000'000;

template <class Enum, class Parse>
Enum word_of_field(Fields& fields, const char* name, Enum fallback, Parse&& parse, const char* words) {
  const auto text = fields.optional_text(name, {.max = 40});
  if (!text) return fallback;
  const auto value = parse(*text);
  if (!value) fields.fault(name, "invalid", std::string("is one of ") + words);
  return value.value_or(fallback);
}

usecases::Reader reader_of(const Request& request) { return usecases::reader_of_header(request.header("accept-language").value_or("")); }

usecases::ReturnRequest parse_return_request(Fields root, const Services& services, const Request& read) {
  usecases::ReturnRequest request;
  request.order = id_field<OrderId>(root, "order_id");
  request.kind = word_of_field(
      root, "kind", request.kind, [](const std::string& word) { return domain::parse_return_kind(word); },
      "return, withdrawal, exchange, warranty, undeliverable");
  request.outcome = word_of_field(
      root, "outcome", request.outcome, [](const std::string& word) { return domain::parse_return_outcome(word); },
      "refund, exchange, store_credit");
  for (Fields& line : root.objects("lines", 1, 1000)) {
    usecases::WantedLine wanted;
    wanted.line = id_field<LineId>(line, "line_id");
    wanted.quantity = line.integer("quantity", true, 1, 1, kMostUnits);
    wanted.reason = line.text("reason", {.max = 60});
    wanted.note = line.text("note", {.max = 1000, .multiline = true});
    if (line.has("condition")) {
      wanted.condition = word_of_field(
          line, "condition", domain::Condition::used, [](const std::string& word) { return domain::parse_condition(word); },
          "damaged, used, unused, unopened");
    }
    wanted.photo = line.boolean("photo", false);
    request.lines.push_back(std::move(wanted));
  }
  for (Fields& line : root.objects("exchange", 0, 1000)) {
    usecases::WantedReplacement wanted;
    if (const auto text = line.optional_text("line_id", {.max = 60})) {
      wanted.line = parse_id<LineId>(*text);
      if (!wanted.line) line.fault("line_id", "invalid_id", "is an id of the order's line (lin_...)");
    }
    wanted.sku = line.text("sku", {.required = true, .max = 100, .min = 1});
    wanted.quantity = line.integer("quantity", true, 1, 1, 1'000'000);
    wanted.unit_price = line.optional_integer("unit_price", 0, kMostUnits);
    wanted.tax = line.integer("tax", false, 0, 0, kMostUnits);
    request.exchange.push_back(std::move(wanted));
  }
  request.exchange_let_go_up_to = services.config.integer("exchanges.let_go_up_to");
  request.carrier = root.text("carrier", {.max = 60});
  request.tracking_number = root.text("tracking_number", {.max = 60});
  request.label_valid_days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  request.label_carrier = usecases::return_label_carrier(services.config);
  request.reader = reader_of(read);
  return request;
}

ordered_json trace_step_json(const domain::TraceStep& step) {
  ordered_json values = ordered_json::object();
  for (const auto& [name, value] : step.values) values[name] = value;
  ordered_json out = {{"rule", step.rule}};
  if (step.line) out["line_id"] = to_text(*step.line);
  out["refused"] = step.refused;
  out["result"] = step.result;
  out["values"] = std::move(values);
  if (!step.next_step.empty()) out["next_step"] = step.next_step;
  return out;
}

ordered_json components_of(const domain::Components& money) {
  return {{"price", money.price}, {"discount", money.discount}, {"tax", money.tax}, {"shipping", money.shipping}, {"fees", money.fees}};
}

ordered_json preview_json(const usecases::ReturnPreview& preview) {
  ordered_json trace = ordered_json::array();
  for (const auto& step : preview.decision.trace) trace.push_back(trace_step_json(step));
  ordered_json offers = ordered_json::array();
  for (const auto& offer : preview.offers) {
    offers.push_back({{"outcome", domain::to_text(offer.outcome)},
                      {"money", money_json(offer.money.amount(), preview.currency)},
                      {"components", components_of(offer.money)},
                      {"bonus", money_json(offer.bonus, preview.currency)},
                      {"total", money_json(offer.total, preview.currency)}});
  }
  const auto& money = preview.money;
  ordered_json out = {{"eligible", preview.decision.allowed},
                      {"approval", preview.decision.approved ? "automatic" : "person"},
                      {"until", time_json(preview.decision.last_day)},
                      {"freight_paid_by", domain::to_text(preview.decision.freight)},
                      {"refund_trigger", domain::to_text(preview.decision.trigger)},
                      {"keep_item", preview.decision.keep_item},
                      {"policy_version", preview.policy_version},
                      {"refund", money_json(money.amount(), preview.currency)},
                      {"components", components_of(money)},
                      {"offers", offers},
                      {"trace", trace}};
  if (preview.exchange) {
    const auto& exchange = *preview.exchange;
    out["exchange"] = {{"lines", exchange_lines_json(exchange.lines)},
                       {"total", money_json(exchange.total, preview.currency)},
                       {"credit", money_json(exchange.credit, preview.currency)},
                       {"customer_pays", money_json(exchange.customer_pays, preview.currency)},
                       {"customer_gets", money_json(exchange.customer_gets, preview.currency)},
                       {"trigger", exchange.trigger},
                       {"in_stock", exchange.in_stock}};
  }
  if (preview.due != money.amount()) out["limited_by_payment"] = {{"due", money_json(preview.due, preview.currency)}};
  return out;
}

// The return with the policy's decision and its trace.
Reply return_reply(int status, const Result<usecases::ReturnView>& view) {
  if (!view) return problem_reply(view.error());
  ordered_json out = return_json(*view, "");
  ordered_json decision = ordered_json::parse(view->decision, nullptr, false);
  out["decision"] = decision.is_discarded() ? ordered_json::object() : std::move(decision);
  return json_reply(status, out);
}

// A body that may be missing altogether.
std::string body_or_empty(const Request& request) { return request.body.empty() ? "{}" : request.body; }

Reply preview_handler(const Services& services, const Request& request) {
  Body body(request.body);
  const auto wanted = parse_return_request(body.root(), services, request);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto preview = usecases::preview_return(context_of(services, request), wanted);
  return preview ? json_reply(200, preview_json(*preview)) : problem_reply(preview.error());
}

Reply create_handler(const Services& services, const Request& request) {
  Body body(request.body);
  const auto wanted = parse_return_request(body.root(), services, request);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return return_reply(201, usecases::create_return(context_of(services, request), wanted));
}

Reply read_return_handler(const Services& services, const Request& request, ReturnId id) {
  return return_reply(200, usecases::read_return(context_of(services, request), id, reader_of(request)));
}

Reply approve_return_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(body_or_empty(request));
  body.root();
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const int days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  return return_reply(200,
                      usecases::approve_return(context_of(services, request), id, days, usecases::return_label_carrier(services.config)));
}

Reply decline_return_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(body_or_empty(request));
  const std::string reason = body.root().text("reason", {.required = true, .max = 500, .min = 1});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return return_reply(200, usecases::decline_return(context_of(services, request), id, reason));
}

Reply cancel_return_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(body_or_empty(request));
  body.root();
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return return_reply(200, usecases::cancel_return(context_of(services, request), id));
}

}  // namespace

void add_return_routes(Router& router, const Services& services) {
  using Plain = Reply (*)(const Services&, const Request&);
  using OfReturn = Reply (*)(const Services&, const Request&, ReturnId);
  const auto plain = [&](const char* method, const char* pattern, const char* scope, bool keyed, Plain handler) {
    router.add(
        {method, pattern, Gate::api, scope, [&services, handler](const Request& request) { return handler(services, request); }, keyed});
  };
  const auto of_return = [&](const char* method, const char* pattern, const char* scope, OfReturn handler) {
    router.add({method, pattern, Gate::api, scope,
                [&services, handler](const Request& request) {
                  return with_id<ReturnId>(request, "id", [&](ReturnId id) { return handler(services, request, id); });
                },
                std::string_view(method) == "POST"});
  };
  plain("POST", "/v1/returns/preview", "returns:write", false, preview_handler);
  plain("POST", "/v1/returns", "returns:write", true, create_handler);
  of_return("GET", "/v1/returns/{id}", "", read_return_handler);
  of_return("POST", "/v1/returns/{id}/approve", "returns:write", approve_return_handler);
  of_return("POST", "/v1/returns/{id}/decline", "returns:write", decline_return_handler);
  of_return("POST", "/v1/returns/{id}/cancel", "returns:write", cancel_return_handler);
}

}  // namespace roundtrip::http
