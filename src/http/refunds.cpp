// /v1/refunds and what gateways tell us.
#include <charconv>
#include <nlohmann/json.hpp>

#include "http/body.hpp"
#include "http/reply.hpp"
#include "http/returns.hpp"
#include "usecases/gateway_events.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

ordered_json refund_time(const std::optional<Instant>& at) { return at ? ordered_json(format_rfc3339(*at)) : ordered_json(nullptr); }

Result<RefundId> refund_id_of(const Request& request) {
  const auto id = parse_id<RefundId>(request.param("id"));
  if (id) return *id;
  return Error{ErrorKind::not_found, "refund_not_found", "There is no such refund. Check the id (rfn_...)."};
}

Reply refund_reply(const Result<usecases::RefundView>& view) {
  return view ? json_reply(200, refund_json(*view)) : problem_reply(view.error());
}

ordered_json detail_json(const usecases::RefundDetail& detail) {
  ordered_json out = refund_json(detail.refund);
  ordered_json lines = ordered_json::array();
  for (const auto& line : detail.lines) {
    lines.push_back({{"line_id", to_text(line.line)}, {"units", line.units}, {"price", line.released.price}, {"discount", line.released.discount},
                     {"tax", line.released.tax}, {"shipping", line.released.shipping}});
  }
  ordered_json ledger = ordered_json::array();
  for (const auto& entry : detail.ledger) {
    ledger.push_back({{"posting", entry.posting}, {"account", entry.account}, {"amount", entry.amount}, {"currency", entry.currency},
                      {"posted_at", format_rfc3339(entry.posted_at)}});
  }
  out["lines"] = std::move(lines);
  out["ledger"] = std::move(ledger);
  return out;
}

Reply read_refund_handler(const Services& services, const Request& request) {
  const auto id = refund_id_of(request);
  if (!id) return problem_reply(id.error());
  const auto detail = usecases::read_refund_detail(context_of(services, request), *id);
  return detail ? json_reply(200, detail_json(*detail)) : problem_reply(detail.error());
}

Reply list_refunds_handler(const Services& services, const Request& request) {
  int limit = 50;
  if (const auto text = request.query_value("limit")) {
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (failed != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 200) {
      return problem_reply({ErrorKind::invalid, "invalid_limit", "limit is a number from 1 to 200.", {{"/limit", "out_of_range", "1 to 200"}}});
    }
  }
  RefundId after{0};
  if (const auto cursor = request.query_value("cursor")) {
    const auto id = parse_id<RefundId>(*cursor);
    if (!id) return problem_reply({ErrorKind::invalid, "invalid_cursor", "cursor is what next_cursor said.", {{"/cursor", "invalid", "not a cursor"}}});
    after = *id;
  }
  const auto page = usecases::list_refunds(context_of(services, request), request.query_value("state"), after, limit);
  if (!page) return problem_reply(page.error());
  ordered_json items = ordered_json::array();
  for (const auto& refund : page->items) items.push_back(refund_json(refund));
  return json_reply(200, {{"items", items}, {"next_cursor", page->next ? ordered_json(to_text(*page->next)) : ordered_json(nullptr)}});
}

// A body without fields, or none.
std::optional<Error> refuse_fields(const Request& request) {
  Body body(request.body.empty() ? "{}" : request.body);
  body.root();
  return body.finish();
}

Reply approve_refund_handler(const Services& services, const Request& request) {
  const auto id = refund_id_of(request);
  if (!id) return problem_reply(id.error());
  if (const auto refused = refuse_fields(request)) return problem_reply(*refused);
  return refund_reply(usecases::approve_refund(context_of(services, request), *id));
}

Reply retry_refund_handler(const Services& services, const Request& request) {
  const auto id = refund_id_of(request);
  if (!id) return problem_reply(id.error());
  if (const auto refused = refuse_fields(request)) return problem_reply(*refused);
  return refund_reply(usecases::retry_refund(context_of(services, request), *id));
}

Reply deny_refund_handler(const Services& services, const Request& request) {
  const auto id = refund_id_of(request);
  if (!id) return problem_reply(id.error());
  Body body(request.body.empty() ? "{}" : request.body);
  const std::string reason = body.root().text("reason", {.max = 500});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return refund_reply(usecases::deny_refund(context_of(services, request), *id, reason));
}

Reply paid_refund_handler(const Services& services, const Request& request) {
  const auto id = refund_id_of(request);
  if (!id) return problem_reply(id.error());
  Body body(request.body.empty() ? "{}" : request.body);
  const std::string reference = body.root().text("reference", {.max = 200});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return refund_reply(usecases::mark_refund_paid(context_of(services, request), *id, reference));
}

// The gateway's own signature is the key: the route is open.
Reply gateway_event_handler(const Services& services, const Request& request) {
  const auto taken = usecases::take_gateway_event(services.db, services.config, std::string(request.param("gateway")), request.body,
                                                  request.header("stripe-signature").value_or(""), request.now);
  return taken ? json_reply(200, {{"received", true}}) : problem_reply(taken.error());
}

}  // namespace

ordered_json refund_json(const usecases::RefundView& view) {
  const auto or_null = [](const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); };
  return {{"id", to_text(view.id)},
          {"order_id", to_text(view.order)},
          {"return_id", view.return_id ? ordered_json(to_text(*view.return_id)) : ordered_json(nullptr)},
          {"payment_id", to_text(view.payment)},
          {"state", view.state},
          {"reason", view.reason},
          {"amount", {{"amount", view.amount}, {"currency", view.currency}}},
          {"components", {{"price", view.price}, {"discount", view.discount}, {"tax", view.tax}, {"shipping", view.shipping}, {"fees", view.fees}}},
          {"approval_needed", view.approval_needed},
          {"gateway", view.gateway},
          {"gateway_reference", or_null(view.gateway_reference)},
          {"last_error", or_null(view.last_error)},
          {"requested_at", format_rfc3339(view.requested_at)},
          {"submitted_at", refund_time(view.submitted_at)},
          {"settled_at", refund_time(view.settled_at)}};
}

void add_refund_routes(Router& router, const Services& services) {
  const auto add = [&](const char* method, const char* pattern, const char* scope, Reply (*handler)(const Services&, const Request&)) {
    const bool moves = std::string_view(method) == "POST";
    router.add({method, pattern, Gate::api, scope, [&services, handler](const Request& request) { return handler(services, request); }, moves});
  };
  add("GET", "/v1/refunds", "", list_refunds_handler);
  add("GET", "/v1/refunds/{id}", "", read_refund_handler);
  add("POST", "/v1/refunds/{id}/approve", "refunds:approve", approve_refund_handler);
  add("POST", "/v1/refunds/{id}/deny", "refunds:approve", deny_refund_handler);
  add("POST", "/v1/refunds/{id}/retry", "refunds:approve", retry_refund_handler);
  add("POST", "/v1/refunds/{id}/paid", "refunds:approve", paid_refund_handler);
  router.add({"POST", "/v1/gateways/{gateway}/events", Gate::open, "",
              [&services](const Request& request) { return gateway_event_handler(services, request); }, false});
}

}  // namespace roundtrip::http
