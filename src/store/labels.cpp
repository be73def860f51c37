// Labels read across returns, parcels, orders, merchants and warehouses.
#include "store/labels.hpp"

#include <nlohmann/json.hpp>
#include <tuple>

#include "domain/gs1.hpp"
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

std::map<ReturnId, ReturnLabelFacts> return_label_facts(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& returns) {
  std::map<ReturnId, ReturnLabelFacts> out;
  const std::string ids = ids_json(returns);
  for (const auto& [id, status, order, locale, shop, carrier, number, expires_at, from, own, warehouse, kind, freight, phone, email, hours,
                    customer, currency] :
       db.rows<ReturnId, std::string, std::string, std::string, std::string, std::string, std::string, std::optional<Instant>, std::string,
               std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string>(
           "SELECT r.return_id, r.status, o.external_id, o.customer_locale, m.name, coalesce(r.carrier, ''), "
           "coalesce(r.tracking_number, ''), r.label_expires_at, o.ship_to::text, m.return_address::text, w.address::text, r.kind, "
           "coalesce(r.decision::jsonb ->> 'freight_paid_by', ''), m.contact_phone, m.contact_email, m.contact_hours, "
           "coalesce(o.customer_email, ''), o.currency FROM returns r "
           "JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "
           "JOIN warehouses w ON w.merchant_id = r.merchant_id AND w.warehouse_id = o.warehouse_id "
           "JOIN merchants m ON m.merchant_id = r.merchant_id "
           "WHERE r.merchant_id = $1 AND r.return_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint))",
           merchant, ids)) {
    out[id] = {status, order,   locale, shop,  carrier, number,   expires_at, labeled_place(from), shop_place(shop, own, warehouse), {},
               kind,   freight, phone,  email, hours,   customer, currency};
  }
  for (auto& [id, quantity, sku, description, unit_price, weight_g, hs_code, origin] :
       db.rows<ReturnId, std::int64_t, std::string, std::string, std::int64_t, int, std::string, std::string>(
           "SELECT rl.return_id, rl.announced, rl.sku, l.description, l.unit_price, coalesce(p.weight_g, 0), coalesce(p.hs_code, ''), "
           "coalesce(p.origin, '') FROM return_lines rl "
           "JOIN order_lines l ON l.merchant_id = rl.merchant_id AND l.order_id = rl.order_id AND l.line_id = rl.line_id "
           "LEFT JOIN products p ON p.merchant_id = rl.merchant_id AND p.sku = rl.sku "
           "WHERE rl.merchant_id = $1 AND rl.return_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint)) "
           "ORDER BY rl.return_id, l.position",
           merchant, ids)) {
    if (const auto at = out.find(id); at != out.end())
      at->second.items.push_back({quantity, sku, description, unit_price, weight_g, hs_code, origin});
  }
  return out;
}

std::optional<ReturnLabelFacts> return_label_facts(Queryable& db, MerchantId merchant, ReturnId return_id) {
  auto found = return_label_facts(db, merchant, std::vector{return_id});
  if (found.empty()) return std::nullopt;
  return std::move(found.begin()->second);
}

std::map<ParcelId, ParcelLabelFacts> parcel_label_facts(Queryable& db, MerchantId merchant, const std::vector<ParcelId>& parcels) {
  std::map<ParcelId, ParcelLabelFacts> out;
  std::map<ShipmentId, std::vector<ParcelId>> open;
  for (const auto& [id, state, order, order_service, shop, carrier, service, number, closed_at, weight_g, position, count, to, warehouse,
                    shipment, wants_sscc, sscc] :
       db.rows<ParcelId, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::optional<Instant>,
               int, int, int, std::string, std::string, ShipmentId, bool, std::string>(
           "SELECT p.parcel_id, p.state, o.external_id, o.service, m.name, coalesce(p.carrier, ''), coalesce(p.service, ''), "
           "coalesce(p.tracking_number, ''), p.closed_at, coalesce(p.weight_g, 0), "
           "(SELECT count(*) FROM parcels c WHERE c.merchant_id = $1 AND c.order_id = p.order_id AND c.state <> 'canceled' "
           "AND c.parcel_id <= p.parcel_id), "
           "(SELECT count(*) FROM parcels c WHERE c.merchant_id = $1 AND c.order_id = p.order_id AND c.state <> 'canceled'), "
           "o.ship_to::text, w.address::text, p.shipment_id, w.gs1_labels AND g.merchant_id IS NOT NULL, coalesce(n.sscc, '') "
           "FROM parcels p "
           "JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id "
           "JOIN shipments s ON s.merchant_id = p.merchant_id AND s.shipment_id = p.shipment_id "
           "JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id "
           "JOIN merchants m ON m.merchant_id = p.merchant_id "
           "LEFT JOIN gs1_settings g ON g.merchant_id = p.merchant_id "
           "LEFT JOIN parcel_ssccs n ON n.merchant_id = p.merchant_id AND n.parcel_id = p.parcel_id "
           "WHERE p.merchant_id = $1 AND p.parcel_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint))",
           merchant, ids_json(parcels))) {
    out[id] = {state,
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
               {},
               wants_sscc,
               sscc};
    if (state == "open") open[shipment].push_back(id);
  }
  if (open.empty()) return out;
  std::vector<ShipmentId> shipments;
  for (const auto& [shipment, ignored] : open) shipments.push_back(shipment);
  for (auto& [shipment, quantity, sku] : db.rows<ShipmentId, std::int64_t, std::string>(
           "SELECT sl.shipment_id, sl.quantity - sl.packed, sl.sku FROM shipment_lines sl "
           "WHERE sl.merchant_id = $1 AND sl.shipment_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint)) "
           "AND sl.quantity > sl.packed ORDER BY sl.shipment_id, sl.line_id",
           merchant, ids_json(shipments))) {
    for (const ParcelId parcel : open[shipment]) out[parcel].missing.push_back({quantity, sku, ""});
  }
  return out;
}

std::optional<ParcelLabelFacts> parcel_label_facts(Queryable& db, MerchantId merchant, ParcelId parcel) {
  auto found = parcel_label_facts(db, merchant, std::vector{parcel});
  if (found.empty()) return std::nullopt;
  return std::move(found.begin()->second);
}

std::map<ParcelId, std::string> take_ssccs(Transaction& tx, MerchantId merchant, const std::vector<ParcelId>& parcels, Instant now) {
  std::map<ParcelId, std::string> out;
  const auto counter = tx.row<std::string, int, std::int64_t>(
      "SELECT company_prefix, extension, next_serial FROM gs1_settings WHERE merchant_id = $1 FOR UPDATE", merchant);
  for (auto& [parcel, sscc] :
       tx.rows<ParcelId, std::string>("SELECT parcel_id, sscc FROM parcel_ssccs WHERE merchant_id = $1 "
                                      "AND parcel_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint))",
                                      merchant, ids_json(parcels))) {
    out[parcel] = sscc;
  }
  if (!counter) return out;
  const auto& [prefix, extension, first_serial] = *counter;
  std::int64_t serial = first_serial;
  nlohmann::json fresh = nlohmann::json::array();
  for (const ParcelId parcel : parcels) {
    const auto sscc = out.contains(parcel) ? std::nullopt : domain::sscc_of(prefix, extension, serial);
    if (!sscc) continue;
    ++serial;
    out[parcel] = *sscc;
    fresh.push_back({{"parcel", parcel.value}, {"sscc", *sscc}});
  }
  if (fresh.empty()) return out;
  tx.write("UPDATE gs1_settings SET next_serial = $2 WHERE merchant_id = $1", merchant, serial);
  tx.write(
      "INSERT INTO parcel_ssccs (merchant_id, parcel_id, sscc, given_at) SELECT $1, n.parcel, n.sscc, $3 "
      "FROM jsonb_to_recordset($2::jsonb) AS n (parcel bigint, sscc text)",
      merchant, fresh.dump(), now);
  return out;
}

std::optional<ParcelId> parcel_of_sscc(Queryable& db, MerchantId merchant, const std::string& sscc) {
  return db.value<ParcelId>("SELECT parcel_id FROM parcel_ssccs WHERE merchant_id = $1 AND sscc = $2", merchant, sscc);
}

Gs1Settings gs1_settings(Queryable& db, MerchantId merchant) {
  Gs1Settings out;
  if (const auto row = db.row<std::string, int>("SELECT company_prefix, extension FROM gs1_settings WHERE merchant_id = $1", merchant)) {
    std::tie(out.company_prefix, out.extension) = *row;
  }
  for (auto& [name] : db.rows<std::string>("SELECT name FROM warehouses WHERE merchant_id = $1 AND gs1_labels ORDER BY name", merchant)) {
    out.warehouses.push_back(std::move(name));
  }
  return out;
}

bool save_gs1_settings(Transaction& tx, MerchantId merchant, const Gs1Settings& settings, Instant now) {
  if (settings.company_prefix.empty()) {
    tx.write("UPDATE warehouses SET gs1_labels = false WHERE merchant_id = $1 AND gs1_labels", merchant);
    return settings.warehouses.empty();
  }
  tx.write(
      "INSERT INTO gs1_settings (merchant_id, company_prefix, extension, updated_at) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (merchant_id) DO UPDATE SET company_prefix = $2, extension = $3, updated_at = $4",
      merchant, settings.company_prefix, settings.extension, now);
  const std::string names = nlohmann::json(settings.warehouses).dump();
  tx.write("UPDATE warehouses SET gs1_labels = $2::jsonb ? name WHERE merchant_id = $1", merchant, names);
  const auto known = tx.value<std::int64_t>("SELECT count(*) FROM warehouses WHERE merchant_id = $1 AND $2::jsonb ? name", merchant, names);
  return known == static_cast<std::int64_t>(settings.warehouses.size());
}

}  // namespace roundtrip::store
