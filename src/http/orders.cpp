// /v1/orders
#include "usecases/orders.hpp"

#include <list>
#include <mutex>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/secrets.hpp"
#include "http/api.hpp"
#include "http/batch.hpp"
#include "http/order_body.hpp"
#include "http/reply.hpp"
#include "http/views.hpp"
#include "usecases/timeline.hpp"

namespace roundtrip::http {
// Rendered orders by version: the version is read each time, so what is answered is never old.
class OrderCache {
 public:
  std::optional<std::string> find(std::int64_t merchant, std::int64_t order, std::int64_t version) {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(key(merchant, order));
    if (at == entries_.end() || at->second.version != version) return std::nullopt;
    return at->second.body;
  }
  void keep(std::int64_t merchant, std::int64_t order, std::int64_t version, const std::string& body) {
    const std::lock_guard lock(mutex_);
    if (bytes_ > kMostBytes) {
      entries_.clear();
      bytes_ = 0;
    }
    auto& entry = entries_[key(merchant, order)];
    bytes_ += body.size() - entry.body.size();
    entry = {version, body};
  }

 private:
  static constexpr std::size_t kMostBytes = 64u << 20;
  struct Entry {
    std::int64_t version = 0;
    std::string body;
  };
  static std::string key(std::int64_t merchant, std::int64_t order) { return std::to_string(merchant) + "/" + std::to_string(order); }
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, Entry> entries_;
};

std::shared_ptr<OrderCache> make_order_cache() { return std::make_shared<OrderCache>(); }

namespace {
constexpr std::int64_t kMaxAmount = 1'000'000'000'000'000;  // a thousand million millions of minor units
constexpr std::size_t kMaxLines = 5000;
using json = nlohmann::ordered_json;

bool is_email(std::string_view text) { return text.find('@') != std::string_view::npos && text.find(' ') == std::string_view::npos; }

domain::Customer read_customer(Fields customer) {
  domain::Customer out;
  out.external_id = customer.text("external_id", {.max = 200});
  out.name = customer.text("name", {.max = 200});
  out.email = customer.text("email", {.max = 254});
  if (!out.email.empty() && !is_email(out.email)) {
    customer.fault("email", "not_an_email", "must be an e-mail address");
  }
  out.phone = customer.text("phone", {.max = 40});
  out.locale = customer.optional_text("locale", {.max = 35}).value_or("en");
  out.time_zone = customer.optional_text("time_zone", {.max = 60}).value_or("UTC");
  out.tier = customer.optional_text("tier", {.max = 20}).value_or("standard");
  if (out.tier != "standard" && out.tier != "premium" && out.tier != "platinum")
    customer.fault("tier", "unknown_tier", "must be standard, premium or platinum");
  return out;
}

domain::NewLine read_line(Fields line) {
  domain::NewLine out;
  out.external_id = line.text("external_id", {.max = 200});
  out.sku = line.text("sku", {.required = true, .max = 100});
  out.description = line.text("description", {.max = 500});
  out.quantity = line.integer("quantity", true, 1, 1, 100'000'000);
  out.unit_price = line.integer("unit_price", true, 0, -kMaxAmount, kMaxAmount);
  out.discount = line.integer("discount", false, 0, 0, kMaxAmount);
  out.tax = line.integer("tax", false, 0, 0, kMaxAmount);
  out.goods = line.boolean("goods", true);
  return out;
}

Reply order_reply(const Services& services, const Request& request, OrderId id, int status) {
  const auto context = context_of(services, request);
  const auto version = usecases::order_version(context, id);
  std::string body;
  // Links are stamped with a 32-day period, so a rendered order is kept per period.
  const std::int64_t period = request.now.us / kDay / 32;
  if (version) {
    if (auto kept = services.orders->find(context.merchant.value, id.value, *version * 100'000 + period % 100'000)) body = std::move(*kept);
  }
  std::int64_t shown = version.value_or(0);
  if (body.empty()) {
    const auto order = usecases::read_order(context, id);
    if (!order) return problem_reply(order.error());
    shown = order->version;
    body = order_json(*order, services.links, context.merchant, request.now).dump(-1, ' ', false, json::error_handler_t::replace);
    services.orders->keep(context.merchant.value, id.value, shown * 100'000 + period % 100'000, body);
  }
  const std::string etag = "\"" + std::to_string(shown) + "\"";
  if (request.method == "GET" && request.header("if-none-match") == std::string_view(etag))
    return {304, "application/json", "", {{"ETag", etag}}};
  Reply reply = json_text_reply(status, std::move(body));
  reply.headers.emplace_back("ETag", etag);
  if (status == 201) reply.headers.emplace_back("Location", "/v1/orders/" + to_text(id));
  return reply;
}

Reply create_order(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const auto order = read_order_body(root);
  const std::string hash = sha256_hex(root.dump());
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto taken = usecases::take_order(context_of(services, request), order, hash);
  if (!taken) return problem_reply(taken.error());
  return order_reply(services, request, taken->id, taken->created ? 201 : 200);
}

Reply create_orders(const Services& services, const Request& request) {
  struct Item {
    std::string part, hash;
    domain::NewOrder order;
  };
  const auto read = [](Fields& fields) {
    auto order = read_order_body(fields);
    return Item{fields.pointer(), sha256_hex(fields.dump()), std::move(order)};
  };
  const auto name = [](const Item& item) { return json{{"external_id", item.order.external_id}}; };
  return answer_batch(request, read, name, [&](const Item& item) -> Result<json> {
    const auto taken = usecases::take_order(context_of(services, request), item.order, item.hash, item.part);
    if (!taken) return taken.error();
    return json{{"status", taken->created ? 201 : 200}, {"id", to_text(taken->id)}};
  });
}

Reply get_order(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) { return order_reply(services, request, id, 200); });
}

Reply get_orders(const Services& services, const Request& request) {
  usecases::OrderFilter filter;
  filter.external_id = request.query_value("external_id");
  filter.status = request.query_value("status");
  filter.cursor = request.query_value("cursor");
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  filter.limit = *limit;
  if (const auto after = request.query_value("updated_after")) {
    filter.updated_after = parse_rfc3339(*after);
    if (!filter.updated_after)
      return problem_reply({ErrorKind::invalid, "bad_time", "updated_after must be an RFC 3339 time, e.g. 2026-11-20T09:15:00Z."});
  }
  const auto page = usecases::list_orders(context_of(services, request), filter);
  if (!page) return problem_reply(page.error());
  json items = json::array();
  for (const auto& order : page->items) {
    items.push_back({{"id", to_text(order.id)},
                     {"external_id", order.external_id},
                     {"status", order.status},
                     {"customer_name", order.customer_name},
                     {"total", money_json(order.total, order.currency)},
                     {"hold_reason", order.hold_reason ? json(*order.hold_reason) : json(nullptr)},
                     {"placed_at", format_rfc3339(order.placed_at)},
                     {"updated_at", format_rfc3339(order.updated_at)},
                     {"promised_ship_at", time_json(order.promised_ship_at)}});
  }
  return json_reply(200, {{"items", items}, {"next_cursor", page->next_cursor ? json(*page->next_cursor) : json(nullptr)}});
}

Reply get_timeline(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    const auto limit = page_limit(request);
    if (!limit) return problem_reply(limit.error());
    const auto after = cursor_number(request);
    if (!after) return problem_reply(after.error());
    const auto rows = usecases::read_timeline(context_of(services, request), id, *after, *limit);
    if (!rows) return problem_reply(rows.error());
    json items = json::array();
    for (const auto& row : *rows) {
      items.push_back({{"id", "evt_" + to_text(id).substr(4) + "_" + std::to_string(row.seq)},
                       {"seq", row.seq},
                       {"at", format_rfc3339(row.at)},
                       {"type", row.type},
                       {"channel", row.channel},
                       {"actor", row.actor},
                       {"subject", text_json(row.subject)},
                       {"detail", json::parse(row.detail, nullptr, false)},
                       {"hash", row.hash}});
    }
    const bool more = rows->size() == static_cast<std::size_t>(*limit);
    return json_reply(200, {{"items", items}, {"next_cursor", more ? json(crockford_encode(rows->back().seq)) : json(nullptr)}});
  });
}

Reply cancel_one(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    Body body(request.body.empty() ? "{}" : request.body);
    Fields root = body.root();
    const auto reason = root.text("reason", {.max = 500});
    std::vector<usecases::CancelLine> lines;
    for (Fields& line : root.objects("lines", 0, kMaxLines)) {
      const auto line_id = parse_id<LineId>(line.text("line_id", {.required = true, .max = 40}));
      if (!line_id) line.fault("line_id", "not_an_id", "must be a line's id such as lin_1");
      lines.push_back({line_id.value_or(LineId{}), line.integer("quantity", true, 1, 1, 100'000'000)});
    }
    if (const auto refused = body.finish()) return problem_reply(*refused);
    const auto done = usecases::cancel_order(context_of(services, request), id, lines, reason);
    return done ? order_reply(services, request, id, 200) : problem_reply(done.error());
  });
}

Reply hold_one(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    Body body(request.body);
    Fields root = body.root();
    const auto reason = root.text("reason", {.required = true, .max = 500});
    const auto until = root.time("until");
    if (const auto refused = body.finish()) return problem_reply(*refused);
    const auto done = usecases::hold_order(context_of(services, request), id, reason, until);
    return done ? order_reply(services, request, id, 200) : problem_reply(done.error());
  });
}

Reply release_one(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    Body body(request.body.empty() ? "{}" : request.body);
    body.root();
    if (const auto refused = body.finish()) return problem_reply(*refused);
    const auto done = usecases::release_order(context_of(services, request), id);
    return done ? order_reply(services, request, id, 200) : problem_reply(done.error());
  });
}

Reply change_one(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    Body body(request.body);
    Fields root = body.root();
    usecases::OrderChange change;
    const bool moved = root.has("ship_to");
    const auto ship_to = read_address(root.object("ship_to"), moved);
    if (moved) change.ship_to = ship_to;
    Fields customer = root.object("customer");
    change.email = customer.optional_text("email", {.max = 254});
    if (change.email && !is_email(*change.email)) customer.fault("email", "not_an_email", "must be an e-mail address");
    change.phone = customer.optional_text("phone", {.max = 40});
    for (Fields& line : root.objects("lines", 0, kMaxLines)) {
      const auto line_id = parse_id<LineId>(line.text("line_id", {.required = true, .max = 40}));
      if (!line_id)
        line.fault("line_id", "not_an_id", "must be a line's id such as lin_1");
      else
        change.quantities[line_id->value] = line.integer("quantity", true, 0, 0, 100'000'000);
    }
    const auto version = if_match(request);
    if (!version) return problem_reply(version.error());
    change.expected_version = *version;
    if (const auto refused = body.finish()) return problem_reply(*refused);
    const auto done = usecases::change_order(context_of(services, request), id, change);
    return done ? order_reply(services, request, id, 200) : problem_reply(done.error());
  });
}

}  // namespace

domain::Address read_address(Fields to, bool required) {
  domain::Address out;
  out.name = to.text("name", {.required = required, .max = 200});
  out.company = to.text("company", {.max = 200});
  out.line1 = to.text("line1", {.required = required, .max = 200});
  out.line2 = to.text("line2", {.max = 200});
  out.city = to.text("city", {.required = required, .max = 100});
  out.region = to.text("region", {.max = 100});
  out.postal_code = to.text("postal_code", {.max = 20});
  out.country = to.text("country", {.required = required, .max = 2});
  out.phone = to.text("phone", {.max = 40});
  if (!out.country.empty() &&
      (out.country.size() != 2 || out.country[0] < 'A' || out.country[0] > 'Z' || out.country[1] < 'A' || out.country[1] > 'Z')) {
    to.fault("country", "not_a_country", "must be an ISO 3166 two-letter code such as PT");
  }
  return out;
}

domain::NewOrder read_order_body(Fields& root) {
  domain::NewOrder order;
  order.external_id = root.text("external_id", {.required = true, .max = 200});
  order.placed_at = root.time("placed_at", true).value_or(Instant{});
  order.currency = root.text("currency", {.required = true, .max = 3});
  order.service = root.optional_text("service", {.max = 50}).value_or("standard");
  order.warehouse = root.text("warehouse", {.max = 100});
  order.customer = read_customer(root.object("customer", true));
  order.ship_to = read_address(root.object("ship_to", true), true);
  for (Fields& line : root.objects("lines", 1, kMaxLines)) order.lines.push_back(read_line(line));
  Fields shipping = root.object("shipping");
  order.shipping_amount = shipping.integer("amount", false, 0, 0, kMaxAmount);
  order.shipping_tax = shipping.integer("tax", false, 0, 0, kMaxAmount);
  order.discount = root.integer("discount", false, 0, 0, kMaxAmount);
  for (Fields& payment : root.objects("payments", 0, 20)) {
    order.payments.push_back({payment.text("gateway", {.required = true, .max = 50}), payment.text("reference", {.max = 200}),
                              payment.integer("captured", true, 0, 0, kMaxAmount)});
  }
  return order;
}

void add_order_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"GET", "/v1/orders/{id}", Gate::api, "orders:read", to(get_order)});
  router.add({"GET", "/v1/orders", Gate::api, "orders:read", to(get_orders)});
  router.add({"POST", "/v1/orders", Gate::api, "orders:write", to(create_order), true});
  router.add({"POST", "/v1/orders/batch", Gate::api, "orders:write", to(create_orders), true});
  router.add({"GET", "/v1/orders/{id}/timeline", Gate::api, "orders:read", to(get_timeline)});
  router.add({"POST", "/v1/orders/{id}/cancel", Gate::api, "orders:write", to(cancel_one), true});
  router.add({"POST", "/v1/orders/{id}/hold", Gate::api, "orders:write", to(hold_one), true});
  router.add({"POST", "/v1/orders/{id}/release", Gate::api, "orders:write", to(release_one), true});
  router.add({"PATCH", "/v1/orders/{id}", Gate::api, "orders:write", to(change_one)});
}

}  // namespace roundtrip::http
