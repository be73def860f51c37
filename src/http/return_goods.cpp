// /v1/returns/{id}: goods received, inspected, and receipts taken back.
#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kMostReceived = 1'000'000'000;

usecases::Look read_look(Fields& line) {
  return {line.text("grade", {.max = 1}), line.text("note", {.max = 1000, .multiline = true}), line.text("photo", {.max = 40})};
}

Reply received_reply(const Result<usecases::ReturnReceived>& received, ReturnId id) {
  if (!received) return problem_reply(received.error());
  ordered_json refunds = ordered_json::array();
  for (const auto refund : received->refunds) refunds.push_back(to_text(refund));
  ordered_json out = {{"id", to_text(id)},        {"status", received->status}, {"anything_new", received->anything_new},
                      {"units", received->units}, {"refunds", refunds},         {"judged", ordered_json::array()}};
  for (const auto& one : received->judged) {
    out["judged"].push_back({{"sku", one.sku}, {"units", one.units}, {"accepted", one.accepted}, {"disposition", one.disposition}});
  }
  if (received->received_at) {
    out["received_before"] = {{"by", received->received_by}, {"at", format_rfc3339(*received->received_at)}};
  }
  return json_reply(200, out);
}

ordered_json inspection_view(const store::InspectionRow& row) {
  ordered_json out = {{"line_id", to_text(row.line)},
                      {"sku", row.sku},
                      {"units", row.units},
                      {"received", row.fresh},
                      {"grade", text_json(std::string(domain::to_text(row.grade)))},
                      {"verdict", domain::to_text(row.verdict)},
                      {"disposition", domain::to_text(row.disposition)},
                      {"photo", text_json(row.photo)},
                      {"note", text_json(row.note)},
                      {"by", row.actor},
                      {"at", format_rfc3339(row.at)}};
  return out;
}

ordered_json receipt_view(const usecases::ReceiptView& view) {
  ordered_json lines = ordered_json::array();
  for (const auto& row : view.inspections) lines.push_back(inspection_view(row));
  ordered_json out = {{"receipt", view.receipt.number}, {"whole", view.receipt.whole},
                      {"by", view.receipt.actor},       {"at", format_rfc3339(view.receipt.booked_at)},
                      {"inspections", lines},           {"taken_back", nullptr}};
  if (view.receipt.undone_at) out["taken_back"] = {{"by", view.receipt.undone_by}, {"at", format_rfc3339(*view.receipt.undone_at)}};
  return out;
}

Reply receive_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(request.body.empty() ? "{}" : request.body);
  Fields root = body.root();
  std::vector<usecases::ReceivedUnits> only;
  for (Fields& line : root.objects("lines", root.has("lines") ? 1 : 0, 1000)) {
    only.push_back({id_field<LineId>(line, "line_id"), line.integer("quantity", true, 1, 1, kMostReceived),
                    line.text("disposition", {.max = 40}), line.boolean("rejected", false), read_look(line)});
  }
  const std::string warehouse = root.text("warehouse", {.max = 100});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return received_reply(usecases::receive_return_now(context_of(services, request), id, only, warehouse), id);
}

Reply inspect_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(request.body);
  Fields root = body.root();
  std::vector<usecases::InspectedUnits> lines;
  for (Fields& line : root.objects("lines", 1, 1000)) {
    lines.push_back({id_field<LineId>(line, "line_id"), line.integer("accepted", false, 0, 0, kMostReceived),
                     line.integer("rejected", false, 0, 0, kMostReceived), line.text("disposition", {.max = 40}), read_look(line)});
  }
  const std::string warehouse = root.text("warehouse", {.max = 100});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return received_reply(usecases::inspect_return(context_of(services, request), id, lines, warehouse), id);
}

Reply undo_handler(const Services& services, const Request& request, ReturnId id) {
  Body body(request.body.empty() ? "{}" : request.body);
  Fields root = body.root();
  const auto receipt = root.optional_integer("receipt", 1, 1'000'000'000);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto undone =
      usecases::undo_receipt_now(context_of(services, request), id, receipt ? std::optional(static_cast<int>(*receipt)) : std::nullopt);
  if (!undone) return problem_reply(undone.error());
  return json_reply(200,
                    ordered_json{{"id", to_text(id)}, {"status", undone->status}, {"receipt", undone->receipt}, {"units", undone->units}});
}

Reply receipts_handler(const Services& services, const Request& request, ReturnId id) {
  const auto receipts = usecases::receipts_of_return(context_of(services, request), id);
  if (!receipts) return problem_reply(receipts.error());
  ordered_json items = ordered_json::array();
  for (const auto& view : *receipts) items.push_back(receipt_view(view));
  return json_reply(200, ordered_json{{"items", items}, {"next_cursor", nullptr}});
}

}  // namespace

void add_return_goods_routes(Router& router, const Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope,
                         Reply (*handler)(const Services&, const Request&, ReturnId)) {
    router.add({method, pattern, Gate::api, scope,
                [&services, handler](const Request& request) {
                  return with_id<ReturnId>(request, "id", [&](ReturnId id) { return handler(services, request, id); });
                },
                std::string_view(method) == "POST"});
  };
  route("POST", "/v1/returns/{id}/receive", "returns:write", receive_handler);
  route("POST", "/v1/returns/{id}/inspect", "returns:write", inspect_handler);
  route("POST", "/v1/returns/{id}/undo", "returns:write", undo_handler);
  route("GET", "/v1/returns/{id}/receipts", "orders:read", receipts_handler);
}

}  // namespace roundtrip::http
