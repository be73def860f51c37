// /v1/claims, /v1/exchanges, and what is done with the exchange of a return.
#include "usecases/claims.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/bookings.hpp"
#include "usecases/exchanges.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kMostClaimed = 1'000'000'000;

Reply claim_reply(int status, const Result<usecases::ClaimView>& view) {
  return view ? json_reply(status, claim_json(*view)) : problem_reply(view.error());
}
Reply exchange_reply(const Result<usecases::ExchangeView>& view) {
  return view ? json_reply(200, exchange_json(*view)) : problem_reply(view.error());
}

std::string text_or_braces(const Request& request) { return request.body.empty() ? "{}" : request.body; }

template <class IdType>
IdType field_id(Fields& fields, const char* name, bool required) {
  const auto text = fields.optional_text(name, {.required = required, .max = 40});
  const auto id = text ? parse_id<IdType>(*text) : std::nullopt;
  if (text && !id) fields.fault(name, "invalid_id", "An id begins with " + std::string(IdPrefix<IdType>::value) + "_.");
  return id.value_or(IdType{});
}

template <class Enum, class Parse>
Enum field_word(Fields& fields, const char* name, bool required, Enum fallback, Parse&& parse, const char* words) {
  const auto text = fields.optional_text(name, {.required = required, .max = 40});
  if (!text) return fallback;
  const auto value = text->empty() ? std::nullopt : parse(*text);
  if (!value) fields.fault(name, "invalid", std::string("is one of ") + words);
  return value.value_or(fallback);
}

usecases::ClaimRequest parse_claim(Fields root) {
  usecases::ClaimRequest claim;
  claim.order = field_id<OrderId>(root, "order_id", true);
  claim.kind = field_word(
      root, "kind", true, claim.kind, [](const std::string& word) { return domain::parse_claim_kind(word); },
      "damaged, missing, wrong_item, lost, warranty");
  claim.wish = field_word(
      root, "wish", false, claim.wish, [](const std::string& word) { return domain::parse_claim_outcome(word); },
      "refund, replace, repair");
  for (Fields& line : root.objects("lines", 0, 1000))
    claim.lines.push_back({field_id<LineId>(line, "line_id", true), line.integer("quantity", true, 1, 1, kMostClaimed)});
  if (const auto parcel = field_id<ParcelId>(root, "parcel_id", false); parcel != ParcelId{}) claim.parcel = parcel;
  claim.note = root.text("note", {.max = 2000, .multiline = true});
  return claim;
}

usecases::ClaimDecision parse_decision(Fields root) {
  using usecases::ClaimVerdict;
  constexpr domain::Word<ClaimVerdict> kVerdicts[] = {{ClaimVerdict::refund, "refund"},
                                                      {ClaimVerdict::replace, "replace"},
                                                      {ClaimVerdict::repair, "repair"},
                                                      {ClaimVerdict::reject, "reject"}};
  usecases::ClaimDecision decision;
  decision.verdict = field_word(
      root, "verdict", true, decision.verdict, [&](const std::string& word) { return domain::value_of(kVerdicts, word); },
      "refund, replace, repair, reject");
  decision.note = root.text("note", {.max = 2000, .multiline = true});
  decision.repair_by = root.time("repair_by");
  return decision;
}

Reply open_claim_handler(const Services& services, const Request& request) {
  Body body(request.body);
  const auto claim = parse_claim(body.root());
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return claim_reply(201, usecases::open_claim(context_of(services, request), claim));
}

// A page of either list.
template <class Page, class View>
Reply page_of(const Result<Page>& page, View&& view) {
  if (!page) return problem_reply(page.error());
  ordered_json items = ordered_json::array();
  for (const auto& one : page->items) items.push_back(view(one));
  return json_reply(
      200, {{"items", items}, {"next_cursor", page->next ? ordered_json(crockford_encode(page->next->value)) : ordered_json(nullptr)}});
}

Reply list_claims_handler(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto after = cursor_number(request);
  if (!after) return problem_reply(after.error());
  return page_of(usecases::list_claims(context_of(services, request), request.query_value("state"), ClaimId{*after}, *limit), claim_json);
}

Reply list_exchanges_handler(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto after = cursor_number(request);
  if (!after) return problem_reply(after.error());
  return page_of(usecases::list_exchanges(context_of(services, request), request.query_value("state"), ReturnId{*after}, *limit),
                 exchange_json);
}

Reply read_claim_handler(const Services& services, const Request& request, ClaimId id) {
  return claim_reply(200, usecases::read_claim(context_of(services, request), id));
}

// A step without anything to say.
template <Result<usecases::ClaimView> (*step)(const usecases::Context&, ClaimId)>
Reply plain_step(const Services& services, const Request& request, ClaimId id) {
  Body body(text_or_braces(request));
  body.root();
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return claim_reply(200, step(context_of(services, request), id));
}

Reply goods_handler(const Services& services, const Request& request, ClaimId id) {
  Body body(text_or_braces(request));
  body.root();
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const int days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  return claim_reply(200,
                     usecases::want_claim_goods(context_of(services, request), id, days, usecases::return_label_carrier(services.config)));
}

Reply decide_handler(const Services& services, const Request& request, ClaimId id) {
  Body body(request.body);
  const auto decision = parse_decision(body.root());
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return claim_reply(200, usecases::decide_claim(context_of(services, request), id, decision));
}

Reply promise_handler(const Services& services, const Request& request, ClaimId id) {
  Body body(request.body);
  Fields root = body.root();
  const auto until = root.time("repair_by", true);
  const std::string note = root.text("note", {.max = 2000, .multiline = true});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return claim_reply(200, usecases::promise_repair(context_of(services, request), id, *until, note));
}

Reply send_back_handler(const Services& services, const Request& request, ClaimId id) {
  Body body(text_or_braces(request));
  Fields root = body.root();
  const std::string carrier = root.text("carrier", {.max = 60}), number = root.text("tracking_number", {.max = 60});
  const std::string note = root.text("note", {.max = 2000, .multiline = true});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return claim_reply(200, usecases::send_claim_back(context_of(services, request), id, carrier, number, note));
}

Reply reopen_handler(const Services& services, const Request& request, ClaimId id) {
  Body body(text_or_braces(request));
  const std::string note = body.root().text("note", {.max = 2000, .multiline = true});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return claim_reply(200, usecases::reopen_claim(context_of(services, request), id, note));
}

Reply payment_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(request.body);
  Fields root = body.root();
  const usecases::ExchangePayment payment{root.text("gateway", {.required = true, .max = 40, .min = 1}),
                                          root.text("reference", {.required = true, .max = 200, .min = 1}),
                                          root.integer("amount", true, 1, 1, INT64_MAX / 4)};
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return exchange_reply(usecases::record_exchange_payment(context_of(services, request), id, payment));
}

// What a person decides about an exchange, with why.
template <Result<usecases::ExchangeView> (*step)(const usecases::Context&, ReturnId, const std::string&)>
Reply exchange_step(const Services& services, const Request& request, ReturnId id) {
  Body body(request.body);
  const std::string reason = body.root().text("reason", {.required = true, .max = 500, .min = 1});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return exchange_reply(step(context_of(services, request), id, reason));
}

}  // namespace

void add_claim_routes(Router& router, const Services& services) {
  const auto plain = [&](const char* method, const char* pattern, const char* scope, Reply (*handler)(const Services&, const Request&)) {
    router.add({method, pattern, Gate::api, scope, [&services, handler](const Request& request) { return handler(services, request); },
                std::string_view(method) == "POST"});
  };
  const auto of_claim = [&](const char* method, const char* pattern, const char* scope,
                            Reply (*handler)(const Services&, const Request&, ClaimId)) {
    router.add({method, pattern, Gate::api, scope,
                [&services, handler](const Request& request) {
                  return with_id<ClaimId>(request, "id", [&](ClaimId id) { return handler(services, request, id); });
                },
                std::string_view(method) == "POST"});
  };
  const auto of_return = [&](const char* pattern, Reply (*handler)(const Services&, const Request&, ReturnId)) {
    router.add({"POST", pattern, Gate::api, "returns:write",
                [&services, handler](const Request& request) {
                  return with_id<ReturnId>(request, "id", [&](ReturnId id) { return handler(services, request, id); });
                },
                true});
  };
  plain("POST", "/v1/claims", "returns:write", open_claim_handler);
  plain("GET", "/v1/claims", "orders:read", list_claims_handler);
  of_claim("GET", "/v1/claims/{id}", "orders:read", read_claim_handler);
  of_claim("POST", "/v1/claims/{id}/assess", "returns:write", plain_step<usecases::assess_claim>);
  of_claim("POST", "/v1/claims/{id}/goods", "returns:write", goods_handler);
  of_claim("POST", "/v1/claims/{id}/decide", "returns:write", decide_handler);
  of_claim("POST", "/v1/claims/{id}/promise", "returns:write", promise_handler);
  of_claim("POST", "/v1/claims/{id}/send_back", "returns:write", send_back_handler);
  of_claim("POST", "/v1/claims/{id}/reopen", "returns:write", reopen_handler);
  of_claim("POST", "/v1/claims/{id}/withdraw", "returns:write", plain_step<usecases::withdraw_claim>);
  of_claim("POST", "/v1/claims/{id}/close", "returns:write", plain_step<usecases::close_claim>);
  plain("GET", "/v1/exchanges", "orders:read", list_exchanges_handler);
  of_return("/v1/returns/{id}/exchange/payment", payment_handler);
  of_return("/v1/returns/{id}/exchange/release", exchange_step<usecases::send_exchange_now>);
  of_return("/v1/returns/{id}/exchange/cancel", exchange_step<usecases::cancel_exchange>);
  of_return("/v1/returns/{id}/exchange/let_go", exchange_step<usecases::let_difference_go>);
}

}  // namespace roundtrip::http
