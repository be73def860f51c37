// Returns and refunds on the order's page at the desk, and what may be done with them.
#include <algorithm>

#include "usecases/bookings.hpp"
#include "usecases/pickups.hpp"
#include "usecases/refunds.hpp"
#include "usecases/return_money.hpp"
#include "usecases/returns.hpp"
#include "web/desk_order.hpp"

namespace roundtrip::web {

namespace {
// What the policy said, step by step.
Json trace_of(const std::string& decision) {
  Json out = Json::array();
  const Json said = Json::parse(decision, nullptr, false);
  if (!said.is_object() || !said.contains("trace")) return out;
  for (const auto& step : said["trace"])
    out.push_back({{"rule", words_of_code(step.value("rule", ""))}, {"result", step.value("result", "")}});
  return out;
}

// What becomes of the carrier's fetching it at the door: the newest pick-up of the return; null when none was asked for.
Json pickup_of(const std::vector<usecases::PickupRow>& pickups, ReturnId id) {
  using enum domain::PickupState;
  struct Said {
    domain::PickupState state;
    const char *tone, *icon, *words;
  };
  static constexpr Said kSaid[] = {
      {wanted, "info", "→", "Pick-up asked for"}, {booked, "ok", "✓", "The carrier fetches it on"},
      {failed, "bad", "!", "Not fetched on"},     {drop_wanted, "info", "→", "Pick-up is being canceled:"},
      {dropped, "", "•", "Pick-up canceled:"},    {drop_failed, "warn", "!", "Not wanted any more, but the carrier may come on"}};
  const auto newest = std::find_if(pickups.rbegin(), pickups.rend(), [&](const auto& row) { return row.return_id == id; });
  if (newest == pickups.rend()) return nullptr;
  const auto& said = *std::find_if(std::begin(kSaid), std::end(kSaid), [&](const Said& one) { return one.state == newest->state; });
  return {{"text", std::string(said.words) + " " + newest->day},
          {"tone", said.tone},
          {"icon", said.icon},
          {"confirmation", newest->state == booked ? newest->confirmation : ""},
          {"error", newest->error}};
}
}  // namespace

Json returns_json(const Desk& desk) {
  Json out = Json::array();
  if (desk.order.returns.empty()) return out;
  const auto pickups = usecases::pickups_of_order(http::context_of(desk.services, desk.request), desk.order.id);
  for (const auto& one : desk.order.returns) {
    Json lines = Json::array();
    bool person = false, waits = false, received = false, owed = false;
    for (const auto& line : one.lines) {
      received = received || line.received > 0;
      person = person || line.acceptance == "needs_person";
      waits = waits || line.received > line.accepted + line.rejected;
      lines.push_back({{"announced", std::to_string(line.announced)},
                       {"sku", line.sku},
                       {"reason", words_of_code(line.reason)},
                       {"note", line.note},
                       {"received", std::to_string(line.received)},
                       {"accepted", std::to_string(line.accepted)},
                       {"rejected", some(line.rejected)},
                       {"kept", line.reception == "kept"},
                       {"person", line.acceptance == "needs_person"}});
      owed = owed || line.owed > 0;
    }
    const bool awaited = one.status == "approved" || one.status == "in_transit" || one.status == "partly_received";
    Json exchange = one.exchange ? desk_exchange_json(*one.exchange) : Json(nullptr);
    out.push_back({{"id", to_text(one.id)},
                   {"exchange", std::move(exchange)},
                   {"code", one.code},
                   {"status", state_pill(one.status)},
                   {"kind", words_of_code(one.kind)},
                   {"suggestion", words_of_code(one.suggestion)},
                   {"has_label", one.kind != "undeliverable"},
                   {"travels_as", one.carrier.empty() ? "" : one.carrier + " " + one.tracking_number},
                   {"when", desk.when(one.created_at)},
                   {"pickup", pickup_of(pickups, one.id)},
                   {"lines", lines},
                   {"can_decide", one.status == "requested"},
                   {"can_receive", awaited},
                   {"can_undo", received},
                   {"can_cancel", one.status == "approved" || one.status == "requested"},
                   {"owed", owed},
                   {"trace", trace_of(usecases::say_decision({"en", desk.zone}, one.decision))},
                   {"can_inspect", person || waits}});
  }
  return out;
}

Json refunds_json(const Desk& desk) {
  const bool may = desk.request.caller.may("refunds:approve"), may_send = desk.request.caller.may("refunds:send");
  Json out = Json::array();
  for (const auto& one : desk.order.refunds) {
    const bool unanswered =
        (one.state == "submitted" || one.state == "in_doubt") && one.answer_due_at && *one.answer_due_at <= desk.request.now;
    const bool open = one.state == "requested" || one.state == "submitted" || one.state == "failed";
    out.push_back({{"id", to_text(one.id)},
                   {"amount", desk.money(one.amount)},
                   {"state", state_pill(one.state)},
                   {"reason", words_of_code(one.reason)},
                   {"gateway", one.gateway},
                   {"reference", one.gateway_reference},
                   {"when", desk.when(one.requested_at)},
                   {"due", one.due_at && one.state == "requested" ? desk.when(*one.due_at) : ""},
                   {"error", one.last_error},
                   {"can_decide", may && one.state == "requested" && one.approval_needed},
                   {"can_stop", may && one.state == "requested" && !one.approval_needed && one.due_at && *one.due_at > desk.request.now},
                   {"destination", one.destination == "original" ? "" : words_of_code(one.destination)},
                   {"bonus", one.bonus > 0 ? desk.money(one.bonus) : ""},
                   {"held", one.held},
                   {"can_release", may && !one.held.empty()},
                   {"can_pay_again", may && (one.state == "failed" || one.state == "reversed")},
                   {"can_retry", may_send && (one.state == "failed" || one.state == "in_doubt")},
                   {"disagreement", one.disagreement},
                   {"unanswered", unanswered && one.gateway != "manual"},
                   {"can_settle", may_send && one.gateway != "manual" && (unanswered || !one.disagreement.empty())},
                   {"can_mark_paid", may_send && open && !one.approval_needed && (one.gateway == "manual" || one.state == "failed")}});
  }
  return out;
}

namespace {
template <class T>
Done outcome_of(const Result<T>& result) {
  return result ? done() : Done{result.error()};
}

Done inspect(const usecases::Context& context, const usecases::ReturnView& view, bool accept) {
  std::vector<usecases::InspectedUnits> lines;
  for (const auto& line : view.lines) {
    const std::int64_t waiting = line.received - line.accepted - line.rejected;
    if (waiting > 0) lines.push_back({line.line, accept ? waiting : 0, accept ? 0 : waiting, ""});
  }
  return outcome_of(usecases::inspect_return(context, view.id, lines, ""));
}

http::Reply act_on_return(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const ReturnId id = parse_id<ReturnId>(request.param("id")).value_or(ReturnId{});
  const auto view = usecases::read_return(context, id);
  if (!view) return error_page(services, request, Layout::desk, view.error());
  const auto form = request.form();
  const auto action = request.param("action");
  const auto days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  if (action == "approve")
    return after_order_action(services, request, view->order,
                              outcome_of(usecases::approve_return(context, id, days, usecases::return_label_carrier(services.config))),
                              "return_approved");
  if (action == "decline") {
    return after_order_action(services, request, view->order, outcome_of(usecases::decline_return(context, id, field(form, "reason"))),
                              "return_declined");
  }
  if (action == "cancel")
    return after_order_action(services, request, view->order, outcome_of(usecases::cancel_return(context, id)), "return_canceled");
  if (action == "receive")
    return after_order_action(services, request, view->order, outcome_of(usecases::receive_return_now(context, id, {}, "")),
                              "return_received");
  if (action == "undo")
    return after_order_action(services, request, view->order, outcome_of(usecases::undo_receipt_now(context, id)), "receipt_taken_back");
  if (action == "settle-advance")
    return after_order_action(services, request, view->order, usecases::settle_advance(context, id, field(form, "reason")),
                              "advance_closed");
  if (action == "inspect")
    return after_order_action(services, request, view->order, inspect(context, *view, field(form, "verdict") == "accept"),
                              "return_inspected");
  return error_page(services, request, Layout::desk,
                    {.kind = ErrorKind::not_found, .code = "no_such_action", .message = "There is no such action."});
}

http::Reply act_on_refund(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const RefundId id = parse_id<RefundId>(request.param("id")).value_or(RefundId{});
  const auto view = usecases::read_refund(context, id);
  if (!view) return error_page(services, request, Layout::desk, view.error());
  const auto form = request.form();
  const std::string action = request.path.substr(request.path.rfind('/') + 1);
  if (action == "approve")
    return after_order_action(services, request, view->order, outcome_of(usecases::approve_refund(context, id)), "refund_approved");
  if (action == "deny")
    return after_order_action(services, request, view->order, outcome_of(usecases::deny_refund(context, id, field(form, "reason"))),
                              "refund_denied");
  if (action == "release")
    return after_order_action(services, request, view->order, outcome_of(usecases::release_refund(context, id)), "refund_released");
  if (action == "again") {
    const auto where = field(form, "destination");
    return after_order_action(services, request, view->order,
                              outcome_of(usecases::pay_refund_again(context, id, where.empty() ? std::nullopt : std::optional(where))),
                              "refund_paid_again");
  }
  if (action == "retry")
    return after_order_action(services, request, view->order, outcome_of(usecases::retry_refund(context, id)), "refund_tried_again");
  if (action == "settle") {
    return after_order_action(services, request, view->order,
                              outcome_of(usecases::settle_refund_by_hand(context, id, field(form, "outcome"), field(form, "reference"))),
                              "refund_settled");
  }
  if (action == "paid") {
    return after_order_action(services, request, view->order, outcome_of(usecases::mark_refund_paid(context, id, field(form, "reference"))),
                              "refund_marked_as_paid");
  }
  return error_page(services, request, Layout::desk,
                    {.kind = ErrorKind::not_found, .code = "no_such_action", .message = "There is no such action."});
}

}  // namespace

void add_desk_order_return_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope, auto handler) {
    router.add({method, pattern, http::Gate::staff, scope,
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("POST", "/desk/returns/{id}/{action}", "returns:write", act_on_return);
  for (const char* granting : {"approve", "deny", "release", "again"})
    route("POST", ("/desk/refunds/{id}/" + std::string(granting)).c_str(), "refunds:approve", act_on_refund);
  for (const char* sending : {"retry", "paid", "settle"})
    route("POST", ("/desk/refunds/{id}/" + std::string(sending)).c_str(), "refunds:send", act_on_refund);
}

}  // namespace roundtrip::web
