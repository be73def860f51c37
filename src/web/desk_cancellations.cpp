// Imported cancellations that no purchase fits: the queue by reason, and one of them with the lines it may take back.
#include "usecases/cancellations.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
constexpr int kCancellationsShown = 50;

struct ReasonWords {
  std::string_view result, label, why;
};
constexpr ReasonWords kReasonWords[] = {
    {"never_bought", "Never bought", "The customer bought nothing with this SKU before. The purchase may lie before the first import."},
    {"bought_less", "Bought less", "The customer bought fewer than were taken back. What was there is credited; the rest is open."},
    {"no_customer", "No customer", "The document names no customer: look for the order."},
    {"not_goods", "Not goods", "Postage, fees or discounts: there is no line of goods to credit."},
    {"new", "Not tried yet", "An import has not looked for the purchase yet; the next one does."},
};

std::string_view why_of(std::string_view result) {
  for (const auto& words : kReasonWords) {
    if (words.result == result) return words.why;
  }
  return "";
}

Json row_json(const usecases::CancellationRow& row, const std::string& zone, Instant now) {
  return {{"id", to_text(row.id)},
          {"document", row.document},
          {"when", staff_time(zone, row.at, now)},
          {"customer", row.customer.empty() ? "none" : row.customer},
          {"sku", row.sku},
          {"description", row.description},
          {"open", std::to_string(row.quantity - row.matched)},
          {"quantity", std::to_string(row.quantity)},
          {"matched", row.matched > 0 ? std::to_string(row.matched) : ""},
          {"price", row.unit_price},
          {"result", words_of_code(domain::to_text(row.result))},
          {"why", why_of(domain::to_text(row.result))},
          {"settled", row.settled_at.has_value()},
          {"settled_by", row.settled_by},
          {"settled_when", row.settled_at ? staff_time(zone, *row.settled_at, now) : ""},
          {"note", row.note}};
}

http::Reply queue_page(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const std::string show = request.query_value("show").value_or("");
  usecases::CancellationFilter filter;
  filter.settled = show == "settled";
  filter.result = domain::parse_cancellation_result(show);
  const auto list = usecases::list_cancellations(context, filter, CancellationId{number_of(request.query_value("after")).value_or(0)},
                                                 kCancellationsShown);
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Cancellations without a purchase", "desk_cancellations", "/desk/returns");
  std::vector<std::string> labels;
  std::int64_t all = 0;
  std::vector<FilterWord> words;
  const auto counts = usecases::count_open_cancellations(context);
  for (const auto& [result, count] : counts) all += count;
  labels.push_back("All open (" + std::to_string(all) + ")");
  for (const auto& reason : kReasonWords) {
    std::int64_t open = 0;
    for (const auto& [result, count] : counts) open = result == reason.result ? count : open;
    labels.push_back(std::string(reason.label) + " (" + std::to_string(open) + ")");
  }
  words.push_back({"", labels[0]});
  for (std::size_t i = 0; i < std::size(kReasonWords); ++i) words.push_back({kReasonWords[i].result, labels[i + 1]});
  words.push_back({"settled", "Settled"});
  page.data["filters"] = filter_links("/desk/cancellations", "show", words, show);
  page.data["rows"] = Json::array();
  for (const auto& row : list.items) page.data["rows"].push_back(row_json(row, zone, request.now));
  page.data["any"] = !list.items.empty();
  page.data["why"] = why_of(show);
  if (list.next)
    page.data["next_href"] =
        "/desk/cancellations?after=" + std::to_string(list.next->value) + (show.empty() ? "" : "&show=" + percent_encode(show));
  return page_reply(services, request, page);
}

http::Reply one_page(const http::Services& services, const http::Request& request, const std::string& fault, int status) {
  const auto id = parse_id<CancellationId>(request.param("id")).value_or(CancellationId{});
  const std::string order = request.query_value("order").value_or("");
  const auto found = usecases::read_cancellation(http::context_of(services, request), id, order);
  if (!found) return error_page(services, request, Layout::desk, found.error());
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Cancellation " + found->line.document, "desk_cancellation", "/desk/returns");
  page.status = status;
  page.data["fault"] = fault;
  page.data["line"] = row_json(found->line, zone, request.now);
  const std::int64_t open = found->line.settled_at ? 0 : found->line.quantity - found->line.matched;
  page.data["can_match"] = open > 0;
  page.data["can_reopen"] = found->line.settled_at.has_value() || found->line.matched == found->line.quantity;
  page.data["order"] = order;
  page.data["matches"] = Json::array();
  for (const auto& match : found->matches) {
    page.data["matches"].push_back(
        {{"order_id", to_text(match.order)}, {"external_id", match.external_id}, {"units", std::to_string(match.units)}});
  }
  page.data["has_matches"] = !found->matches.empty();
  page.data["candidates"] = Json::array();
  for (const auto& row : found->candidates) {
    page.data["candidates"].push_back({{"order_id", to_text(row.order)},
                                       {"external_id", row.external_id},
                                       {"line_id", to_text(row.line)},
                                       {"customer", row.customer.empty() ? "none" : row.customer},
                                       {"sku", row.sku},
                                       {"placed", staff_time(zone, row.placed_at, request.now)},
                                       {"quantity", std::to_string(row.quantity)},
                                       {"left", std::to_string(row.left)},
                                       {"units", std::to_string(std::min(row.left, open))},
                                       {"price", money_text("en-GB", row.unit_price, row.currency)}});
  }
  page.data["any"] = !found->candidates.empty();
  return page_reply(services, request, page);
}

http::Reply after_change(const http::Services& services, const http::Request& request, const Result<usecases::CancellationRow>& row,
                         const char* done) {
  if (!row) return one_page(services, request, row.error().message, http::status_of(row.error().kind));
  const bool over = row->settled_at.has_value() || row->matched == row->quantity;
  return http::redirect_reply(over ? "/desk/cancellations?done=" + std::string(done)
                                   : "/desk/cancellations/" + to_text(row->id) + "?done=" + done);
}

http::Reply match_line(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const auto id = parse_id<CancellationId>(request.param("id")).value_or(CancellationId{});
  return after_change(
      services, request,
      usecases::match_by_hand(http::context_of(services, request), id, parse_id<OrderId>(field(form, "order_id")).value_or(OrderId{}),
                              parse_id<LineId>(field(form, "line_id")).value_or(LineId{}), number_of(field(form, "units")).value_or(0)),
      "line_credited");
}

http::Reply settle_line(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<CancellationId>(request.param("id")).value_or(CancellationId{});
  return after_change(services, request,
                      usecases::settle_cancellation(http::context_of(services, request), id, field(request.form(), "note").substr(0, 500)),
                      "cancellation_settled");
}

http::Reply reopen_line(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<CancellationId>(request.param("id")).value_or(CancellationId{});
  return after_change(services, request, usecases::reopen_cancellation(http::context_of(services, request), id), "cancellation_reopened");
}
}  // namespace

void add_desk_cancellation_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope, auto handler) {
    router.add({method, pattern, http::Gate::staff, scope,
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/cancellations", "orders:write", queue_page);
  route("GET", "/desk/cancellations/{id}", "orders:write",
        [](const http::Services& all, const http::Request& request) { return one_page(all, request, "", 200); });
  route("POST", "/desk/cancellations/{id}/match", "returns:write", match_line);
  route("POST", "/desk/cancellations/{id}/settle", "returns:write", settle_line);
  route("POST", "/desk/cancellations/{id}/reopen", "returns:write", reopen_line);
}

}  // namespace roundtrip::web
