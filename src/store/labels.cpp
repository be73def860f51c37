// Labels read across returns, parcels, orders, merchants and warehouses.
#include "store/labels.hpp"

#include <nlohmann/json.hpp>

#include "store/database.hpp"

namespace roundtrip::store {
namespace {

domain::Address labeled_place(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  const auto field = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return {field("name"),   field("company"),     field("line1"),   field("line2"), field("city"),
          field("region"), field("postal_code"), field("country"), field("phone")};
}

// The merchant's own address if it has one, else the warehouse's; with the shop's name when it has none.
domain::Address shop_place(const std::string& shop, const std::string& own, const std::string& warehouse) {
  domain::Address place = labeled_place(own);
  if (place == domain::Address{}) place = labeled_place(warehouse);
  if (place.name.empty() && place.company.empty()) place.name = shop;
  return place;
}

}  // namespace

domain::Address place_of_shop(const std::string& shop, const std::string& place) { return shop_place(shop, "{}", place); }

std::optional<ReturnLabelFacts> return_label_facts(Queryable& db, MerchantId merchant, ReturnId return_id) {
  const auto row = db.row<std::string, std::string, std::string, std::string, std::string, std::string, std::optional<Instant>, std::string,
                          std::string, std::string, std::string>(
      "SELECT r.status, o.external_id, o.customer_locale, m.name, coalesce(r.carrier, ''), coalesce(r.tracking_number, ''), "
      "r.label_expires_at, o.ship_to::text, m.return_address::text, w.address::text, r.kind "
      "FROM returns r "
      "JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "
      "JOIN warehouses w ON w.merchant_id = r.merchant_id AND w.warehouse_id = o.warehouse_id "
      "JOIN merchants m ON m.merchant_id = r.merchant_id "
      "WHERE r.merchant_id = $1 AND r.return_id = $2",
      merchant, return_id);
  if (!row) return std::nullopt;
  const auto& [status, order, locale, shop, carrier, number, expires_at, from, own, warehouse, kind] = *row;
  ReturnLabelFacts facts{status, order, locale, shop, carrier, number, expires_at, labeled_place(from), shop_place(shop, own, warehouse),
                         {},     kind};
  for (auto& [quantity, sku, description] : db.rows<std::int64_t, std::string, std::string>(
           "SELECT rl.announced, rl.sku, l.description FROM return_lines rl "
           "JOIN order_lines l ON l.merchant_id = rl.merchant_id AND l.order_id = rl.order_id AND l.line_id = rl.line_id "
           "WHERE rl.merchant_id = $1 AND rl.return_id = $2 ORDER BY l.position",
           merchant, return_id)) {
    facts.items.push_back({quantity, sku, description});
  }
  return facts;
}

std::optional<ParcelLabelFacts> parcel_label_facts(Queryable& db, MerchantId merchant, ParcelId parcel) {
  const auto row = db.row<std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::optional<Instant>,
                          int, int, int, std::string, std::string, ShipmentId>(
      "SELECT p.state, o.external_id, o.service, m.name, coalesce(p.carrier, ''), coalesce(p.service, ''), coalesce(p.tracking_number, "
      "''), "
      "p.closed_at, coalesce(p.weight_g, 0), "
      "(SELECT count(*) FROM parcels c WHERE c.merchant_id = $1 AND c.order_id = p.order_id AND c.state <> 'canceled' "
      "AND c.parcel_id <= p.parcel_id), "
      "(SELECT count(*) FROM parcels c WHERE c.merchant_id = $1 AND c.order_id = p.order_id AND c.state <> 'canceled'), "
      "o.ship_to::text, w.address::text, p.shipment_id "
      "FROM parcels p "
      "JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id "
      "JOIN shipments s ON s.merchant_id = p.merchant_id AND s.shipment_id = p.shipment_id "
      "JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id "
      "JOIN merchants m ON m.merchant_id = p.merchant_id "
      "WHERE p.merchant_id = $1 AND p.parcel_id = $2",
      merchant, parcel);
  if (!row) return std::nullopt;
  const auto& [state, order, order_service, shop, carrier, service, number, closed_at, weight_g, position, count, to, warehouse, shipment] =
      *row;
  ParcelLabelFacts facts{state,
                         order,
                         order_service,
                         shop,
                         carrier,
                         service,
                         number,
                         closed_at,
                         weight_g,
                         position,
                         count,
                         shop_place(shop, "{}", warehouse),
                         labeled_place(to),
                         {}};
  if (state != "open") return facts;
  for (auto& [quantity, sku] : db.rows<std::int64_t, std::string>(
           "SELECT sl.quantity - sl.packed, sl.sku FROM shipment_lines sl "
           "WHERE sl.merchant_id = $1 AND sl.shipment_id = $2 AND sl.quantity > sl.packed ORDER BY sl.line_id",
           merchant, shipment)) {
    facts.missing.push_back({quantity, sku, ""});
  }
  return facts;
}

}  // namespace roundtrip::store
