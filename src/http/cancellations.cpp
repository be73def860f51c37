// /v1/cancellations: lines of imported cancellations that name no order, and what a person says about them.
#include "usecases/cancellations.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {
using Json = nlohmann::ordered_json;

Json cancellation_json(const usecases::CancellationRow& row) {
  return {{"id", to_text(row.id)},
          {"source", row.source},
          {"document", row.document},
          {"position", row.position},
          {"document_at", format_rfc3339(row.at)},
          {"customer", text_json(row.customer)},
          {"sku", row.sku},
          {"description", text_json(row.description)},
          {"goods", row.goods},
          {"quantity", row.quantity},
          {"unit_price", row.unit_price},
          {"matched", row.matched},
          {"result", domain::to_text(row.result)},
          {"settled_at", time_json(row.settled_at)},
          {"settled_by", text_json(row.settled_by)},
          {"note", text_json(row.note)}};
}

Reply list_cancellations(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto after = cursor_number(request);
  if (!after) return problem_reply(after.error());
  usecases::CancellationFilter filter;
  filter.settled = request.query_value("settled") == "true";
  if (const auto wanted = request.query_value("result")) {
    filter.result = domain::parse_cancellation_result(*wanted);
    if (!filter.result) return problem_reply({ErrorKind::invalid, "bad_result", "There is no such result of a cancellation."});
  }
  const auto list = usecases::list_cancellations(context_of(services, request), filter, CancellationId{*after}, *limit);
  Json items = Json::array();
  for (const auto& row : list.items) items.push_back(cancellation_json(row));
  return json_reply(200, {{"items", items}, {"next_cursor", list.next ? Json(crockford_encode(list.next->value)) : Json(nullptr)}});
}

Reply get_one(const Services& services, const Request& request) {
  return with_id<CancellationId>(request, "id", [&](CancellationId id) {
    const auto found = usecases::read_cancellation(context_of(services, request), id, request.query_value("order").value_or(""));
    if (!found) return problem_reply(found.error());
    Json out = cancellation_json(found->line);
    out["matches"] = Json::array();
    for (const auto& match : found->matches) {
      out["matches"].push_back({{"order_id", to_text(match.order)}, {"line_id", to_text(match.line)}, {"units", match.units}});
    }
    out["candidates"] = Json::array();
    for (const auto& row : found->candidates) {
      out["candidates"].push_back({{"order_id", to_text(row.order)},
                                   {"order", row.external_id},
                                   {"customer", text_json(row.customer)},
                                   {"line_id", to_text(row.line)},
                                   {"sku", row.sku},
                                   {"placed_at", format_rfc3339(row.placed_at)},
                                   {"quantity", row.quantity},
                                   {"left", row.left},
                                   {"unit_price", money_json(row.unit_price, row.currency)}});
    }
    return json_reply(200, out);
  });
}

Reply answer(const Result<usecases::CancellationRow>& row) {
  return row ? json_reply(200, cancellation_json(*row)) : problem_reply(row.error());
}

Reply match(const Services& services, const Request& request) {
  return with_id<CancellationId>(request, "id", [&](CancellationId id) {
    Body body(request.body);
    Fields root = body.root();
    const auto order = parse_id<OrderId>(root.text("order_id", {.required = true, .max = 60}));
    const auto line = parse_id<LineId>(root.text("line_id", {.required = true, .max = 60}));
    const auto quantity = root.integer("quantity", true, 1, 1, 1'000'000'000);
    if (const auto refused = body.finish()) return problem_reply(*refused);
    return answer(usecases::match_by_hand(context_of(services, request), id, order.value_or(OrderId{}), line.value_or(LineId{}), quantity));
  });
}

Reply settle(const Services& services, const Request& request) {
  return with_id<CancellationId>(request, "id", [&](CancellationId id) {
    Body body(request.body);
    Fields root = body.root();
    const auto note = root.text("note", {.required = true, .max = 500});
    if (const auto refused = body.finish()) return problem_reply(*refused);
    return answer(usecases::settle_cancellation(context_of(services, request), id, note));
  });
}

Reply reopen(const Services& services, const Request& request) {
  return with_id<CancellationId>(
      request, "id", [&](CancellationId id) { return answer(usecases::reopen_cancellation(context_of(services, request), id)); });
}
}  // namespace

void add_cancellation_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"GET", "/v1/cancellations", Gate::api, "orders:read", to(list_cancellations)});
  router.add({"GET", "/v1/cancellations/{id}", Gate::api, "orders:read", to(get_one)});
  router.add({"POST", "/v1/cancellations/{id}/match", Gate::api, "returns:write", to(match), true});
  router.add({"POST", "/v1/cancellations/{id}/settle", Gate::api, "returns:write", to(settle), true});
  router.add({"POST", "/v1/cancellations/{id}/reopen", Gate::api, "returns:write", to(reopen), true});
}

}  // namespace roundtrip::http
