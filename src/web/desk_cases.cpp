// Claims and exchanges at the desk: what waits for whom, one claim's page with its photos and next steps, and what is done with an
// exchange.
#include <algorithm>

#include "usecases/access.hpp"
#include "usecases/bookings.hpp"
#include "usecases/claims.hpp"
#include "usecases/exchanges.hpp"
#include "usecases/photos.hpp"
#include "web/desk_order.hpp"

namespace roundtrip::web {
namespace {
constexpr int kCasesShown = 100;

// The buttons and forms of a claim's next steps: each only while its table has the step.
Json step_json(const usecases::ClaimView& claim) {
  const auto legal = [&](std::string_view step) { return std::find(claim.steps.begin(), claim.steps.end(), step) != claim.steps.end(); };
  const bool repairable = claim.kind != "lost" && claim.kind != "missing";
  return {{"assess", legal("assess")},     {"goods", legal("want_goods") && repairable && !claim.return_id},
          {"accept", legal("accept")},     {"repair", legal("repair") && repairable},
          {"promise", legal("promise")},   {"send_back", legal("send_back")},
          {"reject", legal("reject")},     {"reopen", legal("reopen")},
          {"withdraw", legal("withdraw")}, {"close", legal("close")}};
}

std::string waits_words(const std::string& who) { return who == "shop" ? "the shop" : who == "customer" ? "the customer" : "nobody"; }

Json claim_row(const usecases::ClaimView& claim, const std::string& zone, Instant now) {
  std::string goods;
  for (const auto& line : claim.lines) goods += (goods.empty() ? "" : ", ") + std::to_string(line.quantity) + " × " + line.sku;
  return {{"id", to_text(claim.id)},
          {"order_id", to_text(claim.order)},
          {"order", claim.order_number},
          {"customer", claim.customer_name},
          {"kind", words_of_code(claim.kind)},
          {"state", state_pill(claim.state)},
          {"outcome", words_of_code(claim.outcome)},
          {"waits", waits_words(claim.waits_for)},
          {"goods", goods},
          {"turned_up", claim.turned_up_at.has_value()},
          {"repair_by", claim.repair_by ? staff_time(zone, claim.repair_by, now) : ""},
          {"late", claim.state == "in_repair" && claim.repair_by && *claim.repair_by < now},
          {"opened", staff_time(zone, claim.opened_at, now)}};
}

struct ExchangeWaits {
  std::string_view state, who;
};
constexpr ExchangeWaits kExchangeWaits[] = {{"requested", "the shop"},
                                            {"awaiting_payment", "the customer"},
                                            {"awaiting_goods", "the customer"},
                                            {"released", "the warehouse"},
                                            {"customer_owes", "the shop"}};

std::string exchange_waits(const std::string& state) {
  for (const auto& row : kExchangeWaits) {
    if (row.state == state) return std::string(row.who);
  }
  return "nobody";
}

http::Reply cases_page(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const auto state = request.query_value("state");
  const auto claims = usecases::list_claims(context, state && !state->empty() ? state : std::nullopt, ClaimId{}, kCasesShown);
  if (!claims) return error_page(services, request, Layout::desk, claims.error());
  const auto exchanges = usecases::list_exchanges(context, std::nullopt, ReturnId{}, kCasesShown);
  if (!exchanges) return error_page(services, request, Layout::desk, exchanges.error());
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Cases", "desk_cases", "/desk/cases");
  page.data["filters"] =
      filter_links("/desk/cases", "state", {{"", "Open"}, {"rejected", "Rejected"}, {"sent_back", "Sent back"}, {"closed", "Closed"}},
                   state.value_or(""));
  page.data["claims"] = Json::array();
  for (const auto& claim : claims->items) page.data["claims"].push_back(claim_row(claim, zone, request.now));
  page.data["any_claim"] = !claims->items.empty();
  page.data["exchanges"] = Json::array();
  for (const auto& one : exchanges->items) {
    Json row = desk_exchange_json(one);
    row["order_id"] = to_text(one.order);
    row["order"] = one.order_number;
    row["customer"] = one.customer_name;
    row["waits"] = exchange_waits(one.state);
    row["since"] = staff_time(zone, one.updated_at, request.now);
    page.data["exchanges"].push_back(std::move(row));
  }
  page.data["any_exchange"] = !exchanges->items.empty();
  return page_reply(services, request, page);
}

http::Reply show_claim(const http::Services& services, const http::Request& request, ClaimId id, const std::string& fault, int status) {
  const auto context = http::context_of(services, request);
  const auto claim = usecases::read_claim(context, id);
  if (!claim) return error_page(services, request, Layout::desk, claim.error());
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Case " + to_text(id), "desk_claim", "/desk/cases");
  page.status = status;
  page.data["fault"] = fault;
  page.data["claim"] = claim_row(*claim, zone, request.now);
  auto& data = page.data["claim"];
  data["wish"] = words_of_code(claim->wish);
  data["note"] = claim->note;
  data["decision_note"] = claim->decision_note;
  data["opened_by"] = claim->opened_by;
  data["decided_by"] = claim->decided_by;
  data["decided"] = claim->decided_at ? staff_time(zone, claim->decided_at, request.now) : "";
  data["return_id"] = claim->return_id ? to_text(*claim->return_id) : "";
  data["replacement_id"] = claim->replacement ? to_text(*claim->replacement) : "";
  data["replacement"] = claim->replacement_number;
  data["parcel"] = claim->parcel ? to_text(*claim->parcel) : "";
  data["refunds"] = std::to_string(claim->refunds.size());
  data["has_refunds"] = !claim->refunds.empty();
  data["sent_back"] = claim->sent_back_at ? staff_time(zone, claim->sent_back_at, request.now) : "";
  data["travels_as"] = claim->carrier + " " + claim->tracking_number;
  data["lines"] = Json::array();
  for (const auto& line : claim->lines) {
    data["lines"].push_back({{"quantity", std::to_string(line.quantity)},
                             {"description", line.description.empty() ? line.sku : line.description},
                             {"sku", line.sku}});
  }
  data["photos"] = Json::array();
  int number = 0;
  for (const auto& photo : usecases::photos_of(context, claim->order)) {
    if (photo.about != to_text(id)) continue;
    data["photos"].push_back({{"url", "/v1/photos/" + to_text(photo.id)}, {"number", std::to_string(++number)}});
  }
  data["has_photos"] = number > 0;
  page.data["can"] = step_json(*claim);
  page.data["has_steps"] = !claim->steps.empty();
  return page_reply(services, request, page);
}

http::Reply claim_page(const http::Services& services, const http::Request& request) {
  return show_claim(services, request, parse_id<ClaimId>(request.param("id")).value_or(ClaimId{}), "", 200);
}

// A day of a form ("2026-12-01"), taken as its end.
std::optional<Instant> day_of(const std::string& text) { return parse_rfc3339(text + "T23:59:59Z"); }

Result<usecases::ClaimView> claim_action(const http::Services& services, const http::Request& request, ClaimId id) {
  using usecases::ClaimVerdict;
  const auto context = http::context_of(services, request);
  const auto form = request.form();
  const std::string action(request.param("action")), note = field(form, "note");
  if (action == "assess") return usecases::assess_claim(context, id);
  if (action == "goods") {
    const auto days = static_cast<int>(services.config.integer("returns.label_valid_days"));
    return usecases::want_claim_goods(context, id, days, usecases::return_label_carrier(services.config));
  }
  if (action == "refund") return usecases::decide_claim(context, id, {ClaimVerdict::refund, note, std::nullopt});
  if (action == "replace") return usecases::decide_claim(context, id, {ClaimVerdict::replace, note, std::nullopt});
  if (action == "repair") return usecases::decide_claim(context, id, {ClaimVerdict::repair, note, day_of(field(form, "repair_by"))});
  if (action == "reject") return usecases::decide_claim(context, id, {ClaimVerdict::reject, note, std::nullopt});
  if (action == "promise") return usecases::promise_repair(context, id, day_of(field(form, "repair_by")).value_or(Instant{}), note);
  if (action == "send_back") return usecases::send_claim_back(context, id, field(form, "carrier"), field(form, "number"), note);
  if (action == "reopen") return usecases::reopen_claim(context, id, note);
  if (action == "withdraw") return usecases::withdraw_claim(context, id);
  if (action == "close") return usecases::close_claim(context, id);
  return Error{.kind = ErrorKind::not_found, .code = "no_such_action", .message = "There is no such action."};
}

http::Reply act_on_claim(const http::Services& services, const http::Request& request) {
  const ClaimId id = parse_id<ClaimId>(request.param("id")).value_or(ClaimId{});
  const auto outcome = claim_action(services, request, id);
  if (outcome) return http::redirect_reply("/desk/claims/" + to_text(id) + "?done=saved");
  return show_claim(services, request, id, outcome.error().message, http::status_of(outcome.error().kind));
}

http::Reply open_from_desk(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  usecases::ClaimRequest claim;
  claim.order = parse_id<OrderId>(field(form, "order")).value_or(OrderId{});
  claim.kind = domain::parse_claim_kind(field(form, "kind")).value_or(domain::ClaimKind::damaged);
  claim.note = field(form, "note");
  if (claim.kind == domain::ClaimKind::lost) {
    claim.parcel = parse_id<ParcelId>(field(form, "parcel"));
  } else {
    const auto line = parse_id<LineId>(field(form, "line"));
    if (line) claim.lines = {{*line, number_of(field(form, "quantity")).value_or(1)}};
  }
  const auto opened = usecases::open_claim(http::context_of(services, request), claim);
  if (opened) return http::redirect_reply("/desk/claims/" + to_text(opened->id) + "?done=opened");
  return after_order_action(services, request, claim.order, Done{opened.error()}, "");
}

http::Reply act_on_exchange(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const ReturnId id = parse_id<ReturnId>(request.param("id")).value_or(ReturnId{});
  const auto exchange = usecases::read_exchange(context, id);
  if (!exchange) return error_page(services, request, Layout::desk, exchange.error());
  const std::string action(request.param("action")), reason = field(request.form(), "reason");
  const auto then = [&](const Result<usecases::ExchangeView>& outcome, const char* word) {
    return after_order_action(services, request, exchange->order, outcome ? done() : Done{outcome.error()}, word);
  };
  if (action == "release") return then(usecases::send_exchange_now(context, id, reason), "exchange_sent");
  if (action == "cancel") return then(usecases::cancel_exchange(context, id, reason), "exchange_canceled");
  if (action == "let_go") return then(usecases::let_difference_go(context, id, reason), "difference_let_go");
  if (action == "paid") {
    const usecases::ExchangePayment payment{"manual", field(request.form(), "reference"), exchange->owed};
    return then(usecases::record_exchange_payment(context, id, payment), "payment_noted");
  }
  return error_page(services, request, Layout::desk,
                    {.kind = ErrorKind::not_found, .code = "no_such_action", .message = "There is no such action."});
}
}  // namespace

Json desk_exchange_json(const usecases::ExchangeView& exchange) {
  const auto money = [&](std::int64_t minor) { return money_text("en-GB", minor, exchange.currency); };
  std::string wanted;
  for (const auto& line : exchange.lines) wanted += (wanted.empty() ? "" : ", ") + std::to_string(line.quantity) + " × " + line.sku;
  const bool owes = exchange.owed > 0 && (exchange.state == "awaiting_payment" || exchange.state == "customer_owes");
  return {{"id", to_text(exchange.return_id)},
          {"state", state_pill(exchange.state)},
          {"wanted", wanted},
          {"replacement", exchange.replacement_number},
          {"replacement_id", exchange.replacement ? to_text(*exchange.replacement) : ""},
          {"total", money(exchange.total)},
          {"credit", money(exchange.credit)},
          {"owed", owes ? money(exchange.owed) : ""},
          {"to_pay_back", exchange.to_pay_back > 0 ? money(exchange.to_pay_back) : ""},
          {"let_go", exchange.let_go > 0 ? money(exchange.let_go) : ""},
          {"trigger", words_of_code(exchange.trigger)},
          {"can_release", exchange.state == "awaiting_goods"},
          {"can_cancel", exchange.state == "requested" || exchange.state == "awaiting_goods" || exchange.state == "awaiting_payment"},
          {"can_pay", owes}};
}

Json desk_claims_json(const Desk& desk) {
  Json out = Json::array();
  for (const auto& claim : desk.order.claims) out.push_back(claim_row(claim, desk.zone, desk.request.now));
  return out;
}

void add_desk_case_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add({method, pattern, http::Gate::staff, "returns:write",
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/cases", cases_page);
  route("POST", "/desk/claims", open_from_desk);
  route("GET", "/desk/claims/{id}", claim_page);
  route("POST", "/desk/claims/{id}/{action}", act_on_claim);
  route("POST", "/desk/exchanges/{id}/{action}", act_on_exchange);
}

}  // namespace roundtrip::web
