// The desk's lists: orders, returns, refunds, stock, messages, outbox, dead letters.
#include "domain/codes.hpp"
#include "usecases/customer.hpp"
#include "usecases/stock.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
constexpr int kListed = 50;

// Drops the row beyond the page and gives the link to what follows it.
template <class Row, class IdOf>
std::string next_page(std::vector<Row>& rows, const std::string& path, IdOf id_of) {
  if (rows.size() <= kListed) return "";
  rows.pop_back();
  return path + (path.find('?') == std::string::npos ? "?" : "&") + "before=" + std::to_string(id_of(rows.back()));
}

http::Reply order_list(const http::Services& services, const http::Request& request) {
  const std::string show = request.query_value("show").value_or(""), sort = request.query_value("sort").value_or("newest");
  usecases::DeskOrderFilter filter;
  filter.held = show == "held";
  filter.late = show == "late";
  if (domain::parse_order_status(show)) filter.status = show;
  filter.sort = sort;
  filter.limit = kListed;
  const auto list = usecases::list_desk_orders(http::context_of(services, request), filter, request.query_value("cursor"));
  const std::string zone = desk_zone(services, request), shown = show.empty() ? "" : "&show=" + percent_encode(show);
  auto page = desk_page(request, "Orders", "desk_orders", "/desk/orders");
  page.data["filters"] = filter_links("/desk/orders", "show",
                                      {{"", "All"},
                                       {"open", "Open"},
                                       {"late", "Late"},
                                       {"held", "Held"},
                                       {"partly_shipped", "Partly shipped"},
                                       {"shipped", "Shipped"},
                                       {"delivered", "Delivered"},
                                       {"closed", "Closed"},
                                       {"canceled", "Canceled"}},
                                      show);
  for (const std::string key : {"newest", "promise", "changed"}) page.data["sort_" + key] = "/desk/orders?sort=" + key + shown;
  page.data["orders"] = Json::array();
  for (const auto& order : list.items) {
    const bool late =
        order.promised_ship_at && *order.promised_ship_at < request.now && (order.status == "open" || order.status == "partly_shipped");
    page.data["orders"].push_back({{"id", to_text(order.id)},
                                   {"external_id", order.external_id},
                                   {"status", state_pill(order.status)},
                                   {"held", !order.hold_reason.empty()},
                                   {"customer", order.customer},
                                   {"country", order.country},
                                   {"units", std::to_string(order.units)},
                                   {"total", money_text("en-GB", order.total, order.currency)},
                                   {"placed", staff_time(zone, order.placed_at, request.now)},
                                   {"late", late},
                                   {"promise", order.promised_ship_at && (order.status == "open" || order.status == "partly_shipped")
                                                   ? relative_time(*order.promised_ship_at, request.now)
                                                   : ""},
                                   {"changed", relative_time(order.updated_at, request.now)}});
  }
  page.data["any"] = !list.items.empty();
  if (list.next_cursor)
    page.data["next_href"] = "/desk/orders?sort=" + percent_encode(sort) + shown + "&cursor=" + percent_encode(*list.next_cursor);
  return page_reply(services, request, page);
}

http::Reply return_list(const http::Services& services, const http::Request& request) {
  const std::string status = request.query_value("status").value_or("");
  auto rows =
      usecases::list_desk_returns(http::context_of(services, request), status, number_of(request.query_value("before")), kListed + 1);
  auto page = desk_page(request, "Returns", "desk_returns", "/desk/returns");
  page.data["filters"] = filter_links("/desk/returns", "status",
                                      {{"", "All"},
                                       {"requested", "To decide"},
                                       {"approved", "Approved"},
                                       {"in_transit", "On the way"},
                                       {"partly_received", "Partly received"},
                                       {"received", "Received"},
                                       {"closed", "Closed"},
                                       {"declined", "Declined"},
                                       {"expired", "Expired"}},
                                      status);
  page.data["next_href"] = next_page(rows, "/desk/returns" + (status.empty() ? "" : "?status=" + percent_encode(status)),
                                     [](const auto& row) { return row.id.value; });
  const std::string zone = desk_zone(services, request);
  page.data["returns"] = Json::array();
  for (const auto& row : rows) {
    page.data["returns"].push_back({{"order_id", to_text(row.order)},
                                    {"code", domain::code_of(row.id)},
                                    {"kind", words_of_code(row.kind)},
                                    {"external_id", row.external_id},
                                    {"status", state_pill(row.status)},
                                    {"person", row.needs_person},
                                    {"customer", row.customer},
                                    {"received", std::to_string(row.received)},
                                    {"announced", std::to_string(row.announced)},
                                    {"created", staff_time(zone, row.created_at, request.now)},
                                    {"changed", relative_time(row.updated_at, request.now)}});
  }
  page.data["any"] = !rows.empty();
  return page_reply(services, request, page);
}

http::Reply refund_list(const http::Services& services, const http::Request& request) {
  const std::string state = request.query_value("state").value_or("");
  auto rows =
      usecases::list_desk_refunds(http::context_of(services, request), state, number_of(request.query_value("before")), kListed + 1);
  auto page = desk_page(request, "Refunds", "desk_refunds", "/desk/refunds");
  page.data["filters"] = filter_links("/desk/refunds", "state",
                                      {{"", "All"},
                                       {"requested", "Requested"},
                                       {"submitted", "Submitted"},
                                       {"in_doubt", "In doubt"},
                                       {"failed", "Failed"},
                                       {"succeeded", "Succeeded"},
                                       {"denied", "Denied"},
                                       {"reversed", "Came back"}},
                                      state);
  page.data["next_href"] = next_page(rows, "/desk/refunds" + (state.empty() ? "" : "?state=" + percent_encode(state)),
                                     [](const auto& row) { return row.id.value; });
  const std::string zone = desk_zone(services, request);
  page.data["refunds"] = Json::array();
  for (const auto& row : rows) {
    page.data["refunds"].push_back({{"id", to_text(row.id)},
                                    {"order_id", to_text(row.order)},
                                    {"external_id", row.external_id},
                                    {"customer", row.customer},
                                    {"state", state_pill(row.state)},
                                    {"approval", row.approval_needed && row.state == "requested"},
                                    {"amount", money_text("en-GB", row.amount, row.currency)},
                                    {"gateway", row.gateway},
                                    {"reason", words_of_code(row.reason)},
                                    {"error", row.last_error},
                                    {"when", staff_time(zone, row.requested_at, request.now)}});
  }
  page.data["any"] = !rows.empty();
  return page_reply(services, request, page);
}

http::Reply product_list(const http::Services& services, const http::Request& request) {
  const std::string prefix = field({{"sku", request.query_value("sku").value_or("")}}, "sku");
  auto rows =
      usecases::list_desk_products(http::context_of(services, request), prefix, request.query_value("after").value_or(""), kListed + 1);
  auto page = desk_page(request, "Stock", "desk_products", "/desk/products");
  page.data["prefix"] = prefix;
  if (rows.size() > kListed) {
    rows.pop_back();
    page.data["next_href"] = "/desk/products?sku=" + percent_encode(prefix) + "&after=" + percent_encode(rows.back().sku);
  }
  page.data["products"] = Json::array();
  for (const auto& row : rows) {
    page.data["products"].push_back({{"sku", row.sku},
                                     {"sku_url", percent_encode(row.sku)},
                                     {"name", row.name},
                                     {"on_hand", std::to_string(row.on_hand)},
                                     {"reserved", std::to_string(row.reserved)},
                                     {"damaged", std::to_string(row.damaged)},
                                     {"available", std::to_string(row.on_hand - row.reserved - row.damaged)},
                                     {"wanted", row.wanted > 0 ? std::to_string(row.wanted) : ""}});
  }
  page.data["any"] = !rows.empty();
  return page_reply(services, request, page);
}

http::Reply product_page(const http::Services& services, const http::Request& request) {
  const std::string sku(request.param("sku"));
  const auto context = http::context_of(services, request);
  const auto levels = usecases::stock_levels(context, sku);
  if (!levels) return error_page(services, request, Layout::desk, levels.error());
  const auto named = usecases::list_desk_products(context, sku, "", 1);
  auto page = desk_page(request, sku, "desk_product", "/desk/products");
  page.data["sku"] = sku;
  page.data["name"] = !named.empty() && named.front().sku == sku ? named.front().name : sku;
  page.data["levels"] = Json::array();
  for (const auto& level : *levels) {
    page.data["levels"].push_back({{"warehouse", level.warehouse},
                                   {"bin", level.bin},
                                   {"lot", level.lot},
                                   {"on_hand", std::to_string(level.on_hand)},
                                   {"reserved", std::to_string(level.reserved)},
                                   {"damaged", std::to_string(level.damaged)}});
  }
  page.data["has_levels"] = !levels->empty();
  const std::string zone = desk_zone(services, request);
  page.data["movements"] = Json::array();
  const auto movements = usecases::list_movements(context, sku, 100);
  for (const auto& row : movements) {
    page.data["movements"].push_back({{"when", staff_time(zone, row.at, request.now)},
                                      {"quantity", (row.quantity > 0 ? "+" : "") + std::to_string(row.quantity)},
                                      {"reason", words_of_code(row.reason)},
                                      {"bin", row.bin},
                                      {"reference", row.reference},
                                      {"actor", row.actor}});
  }
  page.data["has_movements"] = !movements.empty();
  return page_reply(services, request, page);
}

http::Reply message_list(const http::Services& services, const http::Request& request) {
  const bool all = request.query_value("show") == "all";
  const auto rows = usecases::list_messages(http::context_of(services, request), !all, 100);
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Messages", "desk_messages", "/desk/messages");
  page.data["filters"] = filter_links("/desk/messages", "show", {{"", "Waiting"}, {"all", "All"}}, all ? "all" : "");
  page.data["messages"] = Json::array();
  for (const auto& row : rows) page.data["messages"].push_back(message_json(row, zone, request.now, true));
  page.data["any"] = !rows.empty();
  return page_reply(services, request, page);
}

Json notification_json(const usecases::DeskNotification& row, const std::string& zone, Instant now) {
  return {{"id", to_text(row.id)},
          {"order_id", to_text(row.order)},
          {"external_id", row.external_id},
          {"title", row.title.empty() ? words_of_code(row.milestone) : row.title},
          {"milestone", words_of_code(row.milestone)},
          {"state", state_pill(row.state)},
          {"recipient", row.recipient},
          {"locale", row.locale},
          {"when", staff_time(zone, row.sent_at.value_or(row.created_at), now)},
          {"created", staff_time(zone, row.created_at, now)},
          {"sent", staff_time(zone, row.sent_at, now)},
          {"message_id", row.message_id},
          {"error", row.last_error},
          {"body", row.body}};
}

http::Reply outbox(const http::Services& services, const http::Request& request) {
  const std::string state = request.query_value("state").value_or("");
  auto rows =
      usecases::list_desk_notifications(http::context_of(services, request), state, number_of(request.query_value("before")), kListed + 1);
  auto page = desk_page(request, "Outbox", "desk_outbox", "/desk/outbox");
  const auto& smtp = services.config.text("mail.smtp_url");
  page.data["where"] =
      smtp.empty() ? "No SMTP server is set: mails are files in " + services.config.text("mail.outbox_dir") : "Sent through " + smtp;
  page.data["filters"] = filter_links("/desk/outbox", "state",
                                      {{"", "All"},
                                       {"queued", "Queued"},
                                       {"sent", "Sent"},
                                       {"delivered", "Delivered"},
                                       {"bounced", "Bounced"},
                                       {"dead", "Given up"},
                                       {"superseded", "Superseded"}},
                                      state);
  page.data["next_href"] = next_page(rows, "/desk/outbox" + (state.empty() ? "" : "?state=" + percent_encode(state)),
                                     [](const auto& row) { return row.id.value; });
  const std::string zone = desk_zone(services, request);
  page.data["notifications"] = Json::array();
  for (const auto& row : rows) page.data["notifications"].push_back(notification_json(row, zone, request.now));
  page.data["any"] = !rows.empty();
  return page_reply(services, request, page);
}

http::Reply notification_page(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<NotificationId>(request.param("id"));
  const auto row = usecases::read_notification(http::context_of(services, request), id.value_or(NotificationId{}));
  if (!row) return error_page(services, request, Layout::desk, row.error());
  auto page = desk_page(request, row->title.empty() ? words_of_code(row->milestone) : row->title, "desk_notification", "/desk/outbox");
  page.data.update(notification_json(*row, desk_zone(services, request), request.now));
  return page_reply(services, request, page);
}

http::Reply dead_letters(const http::Services& services, const http::Request& request) {
  auto page = desk_page(request, "Dead letters", "desk_jobs", "/desk");
  const std::string zone = desk_zone(services, request);
  page.data["jobs"] = Json::array();
  const auto rows = usecases::list_dead_work(http::context_of(services, request));
  for (const auto& row : rows) {
    page.data["jobs"].push_back({{"id", to_text(row.id)},
                                 {"kind", row.kind},
                                 {"subject", std::to_string(row.subject)},
                                 {"error", row.last_error},
                                 {"attempts", std::to_string(row.attempts)},
                                 {"when", staff_time(zone, row.dead_at, request.now)}});
  }
  page.data["any"] = !rows.empty();
  return page_reply(services, request, page);
}

http::Reply revive(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<JobId>(request.param("id"));
  const auto revived = usecases::revive_work(http::context_of(services, request), id.value_or(JobId{}));
  if (!revived) return error_page(services, request, Layout::desk, revived.error());
  return http::redirect_reply("/desk/jobs?done=tried_again");
}
}  // namespace

Json message_json(const usecases::ContactMessage& message, const std::string& zone, Instant now, bool with_order) {
  return {{"id", std::to_string(message.id)},
          {"callback", message.kind == "callback"},
          {"call_at", message.call_at},
          {"body", message.body},
          {"when", staff_time(zone, message.created_at, now)},
          {"answer", message.answer},
          {"answered_by", message.answered_by},
          {"answered", staff_time(zone, message.answered_at, now)},
          {"with_order", with_order},
          {"order_id", to_text(message.order)},
          {"external_id", message.external_id},
          {"customer", message.customer},
          {"locale", message.locale}};
}

void add_desk_list_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope, auto handler) {
    router.add({method, pattern, http::Gate::staff, scope,
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/orders", "orders:write", order_list);
  route("GET", "/desk/returns", "orders:write", return_list);
  route("GET", "/desk/refunds", "orders:write", refund_list);
  route("GET", "/desk/products", "orders:write", product_list);
  route("GET", "/desk/products/{sku}", "orders:write", product_page);
  route("GET", "/desk/messages", "orders:write", message_list);
  route("GET", "/desk/outbox", "orders:write", outbox);
  route("GET", "/desk/outbox/{id}", "orders:write", notification_page);
  route("GET", "/desk/jobs", "orders:write", dead_letters);
  route("POST", "/desk/jobs/{id}/revive", "admin", revive);
}

}  // namespace roundtrip::web
