// /v1/refunds and what gateways tell us.
#include "usecases/refunds.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/gateway_events.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

Reply refund_reply(const Result<usecases::RefundView>& view) {
  return view ? json_reply(200, refund_json(*view)) : problem_reply(view.error());
}

ordered_json detail_json(const usecases::RefundDetail& detail) {
  ordered_json out = refund_json(detail.refund);
  ordered_json lines = ordered_json::array();
  for (const auto& line : detail.lines) {
    lines.push_back({{"line_id", to_text(line.line)},
                     {"units", line.units},
                     {"price", line.released.price},
                     {"discount", line.released.discount},
                     {"tax", line.released.tax},
                     {"shipping", line.released.shipping}});
  }
  ordered_json ledger = ordered_json::array();
  for (const auto& entry : detail.ledger) {
    ledger.push_back({{"posting", entry.posting},
                      {"account", entry.account},
                      {"amount", entry.amount},
                      {"currency", entry.currency},
                      {"posted_at", format_rfc3339(entry.posted_at)}});
  }
  out["lines"] = std::move(lines);
  out["ledger"] = std::move(ledger);
  return out;
}

Reply read_refund_handler(const Services& services, const Request& request, RefundId id) {
  const auto detail = usecases::read_refund_detail(context_of(services, request), id);
  return detail ? json_reply(200, detail_json(*detail)) : problem_reply(detail.error());
}

Reply list_refunds_handler(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto after = cursor_number(request);
  if (!after) return problem_reply(after.error());
  const auto page = usecases::list_refunds(context_of(services, request), request.query_value("state"), RefundId{*after}, *limit);
  if (!page) return problem_reply(page.error());
  ordered_json items = ordered_json::array();
  for (const auto& refund : page->items) items.push_back(refund_json(refund));
  return json_reply(
      200, {{"items", items}, {"next_cursor", page->next ? ordered_json(crockford_encode(page->next->value)) : ordered_json(nullptr)}});
}

// A body without fields, or none.
std::optional<Error> refuse_fields(const Request& request) {
  Body body(request.body.empty() ? "{}" : request.body);
  body.root();
  return body.finish();
}

Reply approve_refund_handler(const Services& services, const Request& request, RefundId id) {
  if (const auto refused = refuse_fields(request)) return problem_reply(*refused);
  return refund_reply(usecases::approve_refund(context_of(services, request), id));
}

Reply retry_refund_handler(const Services& services, const Request& request, RefundId id) {
  if (const auto refused = refuse_fields(request)) return problem_reply(*refused);
  return refund_reply(usecases::retry_refund(context_of(services, request), id));
}

Reply release_refund_handler(const Services& services, const Request& request, RefundId id) {
  if (const auto refused = refuse_fields(request)) return problem_reply(*refused);
  return refund_reply(usecases::release_refund(context_of(services, request), id));
}

Reply again_refund_handler(const Services& services, const Request& request, RefundId id) {
  Body body(request.body.empty() ? "{}" : request.body);
  const auto destination = body.root().optional_text("destination", {.max = 20});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return refund_reply(usecases::pay_refund_again(context_of(services, request), id, destination));
}

Reply deny_refund_handler(const Services& services, const Request& request, RefundId id) {
  Body body(request.body.empty() ? "{}" : request.body);
  const std::string reason = body.root().text("reason", {.max = 500});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return refund_reply(usecases::deny_refund(context_of(services, request), id, reason));
}

Reply paid_refund_handler(const Services& services, const Request& request, RefundId id) {
  Body body(request.body.empty() ? "{}" : request.body);
  const std::string reference = body.root().text("reference", {.max = 200});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return refund_reply(usecases::mark_refund_paid(context_of(services, request), id, reference));
}

Reply settle_refund_handler(const Services& services, const Request& request, RefundId id) {
  Body body(request.body.empty() ? "{}" : request.body);
  Fields root = body.root();
  const std::string outcome = root.text("outcome", {.required = true, .max = 20});
  const std::string reference = root.text("reference", {.max = 200});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return refund_reply(usecases::settle_refund_by_hand(context_of(services, request), id, outcome, reference));
}

// The gateway's own signature is the key: the route is open.
Reply gateway_event_handler(const Services& services, const Request& request) {
  const auto taken = usecases::take_gateway_event(services.db, *services.gateways, std::string(request.param("gateway")), request.body,
                                                  request.headers, request.now);
  return taken ? json_reply(200, {{"received", true}}) : problem_reply(taken.error());
}

}  // namespace

void add_refund_routes(Router& router, const Services& services) {
  using OfRefund = Reply (*)(const Services&, const Request&, RefundId);
  const auto of_refund = [&](const char* method, const char* pattern, const char* scope, OfRefund handler) {
    router.add({method, pattern, Gate::api, scope,
                [&services, handler](const Request& request) {
                  return with_id<RefundId>(request, "id", [&](RefundId id) { return handler(services, request, id); });
                },
                std::string_view(method) == "POST"});
  };
  router.add({"GET", "/v1/refunds", Gate::api, "", [&services](const Request& request) { return list_refunds_handler(services, request); },
              false});
  of_refund("GET", "/v1/refunds/{id}", "", read_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/approve", "refunds:approve", approve_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/deny", "refunds:approve", deny_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/release", "refunds:approve", release_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/again", "refunds:approve", again_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/retry", "refunds:send", retry_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/paid", "refunds:send", paid_refund_handler);
  of_refund("POST", "/v1/refunds/{id}/settle", "refunds:send", settle_refund_handler);
  router.add({"POST", "/v1/gateways/{gateway}/events", Gate::open, "",
              [&services](const Request& request) { return gateway_event_handler(services, request); }, false});
}

}  // namespace roundtrip::http
