// /v1/found_items: what came back that nobody announced, and how a person ends it.
#include "usecases/found_items.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

template <class IdType>
ordered_json id_or_null(const std::optional<IdType>& id) {
  return id ? ordered_json(to_text(*id)) : ordered_json(nullptr);
}

ordered_json found_json(const usecases::FoundView& found) {
  return {{"id", to_text(found.id)},
          {"kind", domain::to_text(found.kind)},
          {"state", found.outcome == domain::FoundOutcome::none ? "open" : "settled"},
          {"order_id", id_or_null(found.order)},
          {"order", text_json(found.order_external_id)},
          {"return_id", id_or_null(found.return_id)},
          {"container_id", id_or_null(found.container)},
          {"sku", text_json(found.sku.value_or(""))},
          {"name", text_json(found.product_name)},
          {"number", text_json(found.number)},
          {"quantity", found.quantity},
          {"note", text_json(found.note)},
          {"found_by", found.found_by},
          {"found_at", format_rfc3339(found.found_at)},
          {"outcome", text_json(std::string(domain::to_text(found.outcome)))},
          {"settled_by", text_json(found.settled_by)},
          {"settled_at", time_json(found.settled_at)},
          {"settled_note", text_json(found.settled_note)}};
}

Reply found_reply(int status, const Result<usecases::FoundView>& found) {
  return found ? json_reply(status, found_json(*found)) : problem_reply(found.error());
}

Reply list_found_handler(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto after = cursor_number(request);
  if (!after) return problem_reply(after.error());
  const auto state = request.query_value("state");
  if (state && *state != "open") {
    return problem_reply({ErrorKind::invalid, "invalid_state", "state is open, or left out.", {{"/state", "invalid", "open"}}});
  }
  const auto page = usecases::list_found_items(context_of(services, request), state.has_value(), FoundId{*after}, *limit);
  ordered_json items = ordered_json::array();
  for (const auto& found : page.items) items.push_back(found_json(found));
  return json_reply(
      200, {{"items", items}, {"next_cursor", page.next ? ordered_json(crockford_encode(page.next->value)) : ordered_json(nullptr)}});
}

Reply record_found_handler(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  usecases::NewFound found;
  const std::string kind = root.text("kind", {.max = 30});
  if (const auto known = domain::parse_found_kind(kind); known)
    found.kind = *known;
  else if (!kind.empty())
    root.fault("kind", "invalid", "is one of unannounced_parcel, wrong_item, extra_item, problem");
  if (const std::string order = root.text("order_id", {.max = 60}); !order.empty()) {
    found.order = parse_id<OrderId>(order);
    if (!found.order) root.fault("order_id", "invalid", "is not the id of an order (ord_...)");
  }
  found.warehouse = root.text("warehouse", {.max = 100});
  found.sku = root.text("sku", {.max = 100});
  found.number = root.text("number", {.max = 100});
  found.note = root.text("note", {.max = 1000, .multiline = true});
  found.quantity = root.integer("quantity", false, 1, 1, 1'000'000);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return found_reply(201, usecases::record_found_now(context_of(services, request), found));
}

Reply read_found_handler(const Services& services, const Request& request, FoundId id) {
  return found_reply(200, usecases::read_found_item(context_of(services, request), id));
}

Reply match_found_handler(const Services& services, const Request& request, FoundId id) {
  Body body(request.body);
  Fields root = body.root();
  const auto order = id_field<OrderId>(root, "order_id");
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return found_reply(200, usecases::match_found(context_of(services, request), id, order));
}

Reply settle_found_handler(const Services& services, const Request& request, FoundId id) {
  Body body(request.body);
  Fields root = body.root();
  usecases::FoundSettlement settlement;
  const std::string outcome = root.text("outcome", {.required = true, .max = 20});
  const auto known = domain::parse_found_outcome(outcome);
  if (known && *known != domain::FoundOutcome::none)
    settlement.outcome = *known;
  else if (!outcome.empty())
    root.fault("outcome", "invalid", "is one of attached, send_back, keep, dispose, mistake");
  settlement.disposition = root.text("disposition", {.max = 20});
  settlement.grade = root.text("grade", {.max = 1});
  settlement.note = root.text("note", {.max = 1000, .multiline = true});
  for (Fields& line : root.objects("lines", 0, 200)) {
    settlement.lines.push_back({id_field<LineId>(line, "line_id"),
                                line.integer("quantity", true, 1, 1, 1'000'000),
                                settlement.disposition,
                                false,
                                {settlement.grade, settlement.note, ""}});
  }
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto settled = usecases::settle_found(context_of(services, request), id, settlement);
  if (!settled) return problem_reply(settled.error());
  ordered_json out = found_json(settled->found);
  out["refunds"] = ordered_json::array();
  for (const auto refund : settled->refunds) out["refunds"].push_back(to_text(refund));
  return json_reply(200, out);
}

}  // namespace

void add_found_item_routes(Router& router, const Services& services) {
  using OfFound = Reply (*)(const Services&, const Request&, FoundId);
  const auto of_found = [&](const char* method, const char* pattern, const char* scope, OfFound handler) {
    router.add({method, pattern, Gate::api, scope,
                [&services, handler](const Request& request) {
                  return with_id<FoundId>(request, "id", [&](FoundId id) { return handler(services, request, id); });
                },
                std::string_view(method) == "POST"});
  };
  router.add({"GET", "/v1/found_items", Gate::api, "orders:read",
              [&services](const Request& request) { return list_found_handler(services, request); }});
  router.add({"POST", "/v1/found_items", Gate::api, "returns:write",
              [&services](const Request& request) { return record_found_handler(services, request); }, true});
  of_found("GET", "/v1/found_items/{id}", "orders:read", read_found_handler);
  of_found("POST", "/v1/found_items/{id}/match", "returns:write", match_found_handler);
  of_found("POST", "/v1/found_items/{id}/settle", "returns:write", settle_found_handler);
}

}  // namespace roundtrip::http
