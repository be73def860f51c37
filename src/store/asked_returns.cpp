// The facts of a return as JSON, both ways.
#include "store/asked_returns.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace roundtrip::store {
namespace {

using nlohmann::json;

json components_array(const domain::Components& one) { return {one.price, one.discount, one.tax, one.shipping, one.fees}; }

domain::Components components_from(const json& array) {
  const auto n = array.get<std::vector<std::int64_t>>();
  return {n.at(0), n.at(1), n.at(2), n.at(3), n.at(4)};
}

// What was kept before shares of the shipping had a place is read as of an order without shipping: nothing is a surcharge.
json span_array(const domain::ShippingSpan& one) { return {one.from, one.to, one.all, one.tax_from, one.tax_to, one.tax_all}; }

domain::ShippingSpan span_from(const json& line) {
  if (!line.contains("shipping")) return {0, 0, 0, 0, line.at("shipping_tax").get<std::int64_t>(), 0};
  const auto n = line["shipping"].get<std::vector<std::int64_t>>();
  return {n.at(0), n.at(1), n.at(2), n.at(3), n.at(4), n.at(5)};
}

json place_array(const domain::ShippingPlace& one) { return {one.before, one.all, one.tax_before, one.tax_all}; }

domain::ShippingPlace place_from(const json& row) {
  if (!row.contains("place")) return {};
  const auto n = row["place"].get<std::vector<std::int64_t>>();
  return {n.at(0), n.at(1), n.at(2), n.at(3)};
}

json line_object(const domain::ReturnLineFacts& line) {
  json out = {{"line", line.line.value},
              {"sku", line.sku},
              {"category", line.category},
              {"reason", line.reason},
              {"photo", line.photo},
              {"goods", line.goods},
              {"returnable", line.returnable},
              {"requested", line.requested},
              {"quantity", line.quantity},
              {"canceled", line.canceled},
              {"shipped", line.shipped},
              {"announced", line.announced},
              {"shipping", span_array(line.shipping)},
              {"released", components_array(line.released)}};
  if (line.condition) out["condition"] = domain::to_text(*line.condition);
  if (line.window_days) out["window_days"] = *line.window_days;
  return out;
}

domain::ReturnLineFacts line_from(const json& object) {
  domain::ReturnLineFacts line;
  line.line = LineId{object.at("line").get<std::int64_t>()};
  line.sku = object.at("sku").get<std::string>();
  line.category = object.at("category").get<std::string>();
  line.reason = object.at("reason").get<std::string>();
  line.photo = object.at("photo").get<bool>();
  line.goods = object.at("goods").get<bool>();
  line.returnable = object.at("returnable").get<bool>();
  line.requested = object.at("requested").get<std::int64_t>();
  line.quantity = object.at("quantity").get<std::int64_t>();
  line.canceled = object.at("canceled").get<std::int64_t>();
  line.shipped = object.at("shipped").get<std::int64_t>();
  line.announced = object.at("announced").get<std::int64_t>();
  line.shipping = span_from(object);
  line.released = components_from(object.at("released"));
  if (object.contains("condition")) line.condition = domain::parse_condition(object["condition"].get<std::string>()).value();
  if (object.contains("window_days")) line.window_days = object["window_days"].get<int>();
  return line;
}

AskedReturn asked_from(const std::string& text) {
  const json object = json::parse(text);
  AskedReturn out;
  auto& facts = out.facts;
  facts.kind = domain::parse_return_kind(object.at("kind").get<std::string>()).value();
  facts.outcome = domain::parse_return_outcome(object.at("outcome").get<std::string>()).value();
  facts.now = parse_rfc3339(object.at("now").get<std::string>()).value();
  facts.currency = object.at("currency").get<std::string>();
  facts.customer.tier = object.at("tier").get<std::string>();
  facts.customer.country = object.at("country").get<std::string>();
  facts.kept_before = object.at("kept_before").get<bool>();
  facts.anything_shipped = object.at("anything_shipped").get<bool>();
  facts.all_delivered = object.at("all_delivered").get<bool>();
  if (object.contains("delivered_at")) facts.delivered_at = parse_rfc3339(object["delivered_at"].get<std::string>()).value();
  for (const auto& line : object.at("lines")) facts.lines.push_back(line_from(line));
  for (const auto& row : object.at("money")) {
    domain::LineMoney money{row.at("quantity").get<std::int64_t>(),     row.at("released_units").get<std::int64_t>(),
                            components_from(row.at("frozen")),          components_from(row.at("released")),
                            row.at("shipping_tax").get<std::int64_t>(), place_from(row)};
    out.lines.push_back({LineId{row.at("line").get<std::int64_t>()}, money, 0});
  }
  for (const auto& row : object.at("payments")) {
    out.payments.push_back({PaymentId{row.at(0).get<std::int64_t>()}, row.at(1).get<std::string>(), "", row.at(2).get<std::int64_t>(),
                            row.at(3).get<std::int64_t>(), row.at(4).get<std::int64_t>()});
  }
  return out;
}

}  // namespace

std::string asked_json(const AskedReturn& asked) {
  const auto& facts = asked.facts;
  json out = {{"kind", domain::to_text(facts.kind)},
              {"outcome", domain::to_text(facts.outcome)},
              {"now", format_rfc3339(facts.now)},
              {"currency", facts.currency},
              {"tier", facts.customer.tier},
              {"country", facts.customer.country},
              {"kept_before", facts.kept_before},
              {"anything_shipped", facts.anything_shipped},
              {"all_delivered", facts.all_delivered},
              {"lines", json::array()},
              {"money", json::array()},
              {"payments", json::array()}};
  if (facts.delivered_at) out["delivered_at"] = format_rfc3339(*facts.delivered_at);
  for (const auto& line : facts.lines) out["lines"].push_back(line_object(line));
  for (const auto& [line, money, awaiting] : asked.lines) {
    out["money"].push_back({{"line", line.value},
                            {"quantity", money.quantity},
                            {"released_units", money.released_units},
                            {"frozen", components_array(money.frozen)},
                            {"released", components_array(money.released)},
                            {"shipping_tax", money.shipping_tax},
                            {"place", place_array(money.place)}});
  }
  for (const auto& payment : asked.payments)
    out["payments"].push_back(json::array({payment.id.value, payment.gateway, payment.captured, payment.refunded, payment.charged_back}));
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<StoredAsked> recent_asked(Queryable& db, MerchantId merchant, int limit) {
  std::vector<StoredAsked> out;
  for (auto& [id, order, external, text, email, customer, address] :
       db.rows<ReturnId, OrderId, std::string, std::string, std::string, std::string, std::string>(
           "SELECT r.return_id, r.order_id, o.external_id, r.asked, coalesce(o.customer_email, ''), coalesce(o.customer_external_id, ''), "
           "  concat_ws(', ', o.ship_to->>'country', o.ship_to->>'postal_code', o.ship_to->>'line1') "
           "FROM returns r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "
           "WHERE r.merchant_id = $1 AND r.asked IS NOT NULL ORDER BY r.return_id DESC LIMIT $2::int",
           merchant, limit)) {
    StoredAsked one{id, order, std::move(external), asked_from(text)};
    one.asked.facts.customer.email = std::move(email);
    one.asked.facts.customer.id = std::move(customer);
    one.asked.facts.customer.address = std::move(address);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace roundtrip::store
