// The tables merchants, installation, warehouses, bins and (for set-up) stations.
#include "store/merchants.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {
using nlohmann::ordered_json;

std::string place_to_json(const domain::Address& a) {
  return ordered_json{{"name", a.name},     {"company", a.company},         {"line1", a.line1},     {"line2", a.line2}, {"city", a.city},
                      {"region", a.region}, {"postal_code", a.postal_code}, {"country", a.country}, {"phone", a.phone}}
      .dump();
}

domain::Address place_from_json(const std::string& text) {
  const auto json = ordered_json::parse(text);
  const auto field = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return {field("name"),   field("company"),     field("line1"),   field("line2"), field("city"),
          field("region"), field("postal_code"), field("country"), field("phone")};
}

#define RT_MERCHANT_COLUMNS                                                                                            \
  "merchant_id, slug, name, currency, default_locale, time_zone, color, contact_phone, contact_email, contact_hours, " \
  "return_address "

using MerchantTuple = std::tuple<MerchantId, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                                 std::string, std::string, std::string>;

MerchantRow to_merchant(const MerchantTuple& row) {
  const auto& [id, slug, name, currency, locale, zone, color, phone, email, hours, address] = row;
  return {id, slug, name, currency, locale, zone, color, phone, email, hours, place_from_json(address)};
}

template <class... Args>
std::vector<MerchantRow> read_merchants(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<MerchantRow> out;
  for (const auto& row : db.rows<MerchantId, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                                 std::string, std::string, std::string>(sql, args...)) {
    out.push_back(to_merchant(row));
  }
  return out;
}
}  // namespace

MerchantId insert_merchant(Queryable& db, const MerchantRow& m, Instant now) {
  return db
      .value<MerchantId>(
          "INSERT INTO merchants (slug, name, currency, default_locale, time_zone, color, contact_phone, contact_email, contact_hours, "
          "return_address, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11) RETURNING merchant_id",
          m.slug, m.name, m.currency, m.default_locale, m.time_zone, m.color, m.contact_phone, m.contact_email, m.contact_hours,
          place_to_json(m.return_address), now)
      .value();
}

std::optional<MerchantRow> merchant_by_id(Queryable& db, MerchantId merchant) {
  auto found = read_merchants(db, "SELECT " RT_MERCHANT_COLUMNS "FROM merchants WHERE merchant_id = $1", merchant);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::optional<MerchantRow> merchant_by_slug(Queryable& db, std::string_view slug) {
  auto found = read_merchants(db, "SELECT " RT_MERCHANT_COLUMNS "FROM merchants WHERE slug = $1", slug);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<MerchantRow> all_merchants(Queryable& db, int limit) {
  return read_merchants(db, "SELECT " RT_MERCHANT_COLUMNS "FROM merchants ORDER BY slug LIMIT $1::int", limit);
}

std::string link_secret(Queryable& db, const std::string& fresh) {
  if (auto kept = db.value<std::string>("SELECT link_secret FROM installation WHERE only_row")) return *kept;
  db.run("INSERT INTO installation (link_secret) VALUES ($1) ON CONFLICT DO NOTHING", {fresh});
  return db.value<std::string>("SELECT link_secret FROM installation WHERE only_row").value();
}

WarehouseId insert_warehouse(Queryable& db, MerchantId merchant, const WarehouseRow& w) {
  return db
      .value<WarehouseId>(
          "INSERT INTO warehouses (merchant_id, name, time_zone, address, cutoff_hour, handling_days, transit_days) "
          "VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7) RETURNING warehouse_id",
          merchant, w.name, w.time_zone, place_to_json(w.address), w.cutoff_hour, w.handling_days, w.transit_days)
      .value();
}

std::optional<WarehouseId> warehouse_by_name(Queryable& db, MerchantId merchant, std::string_view name) {
  return db.value<WarehouseId>("SELECT warehouse_id FROM warehouses WHERE merchant_id = $1 AND name = $2", merchant, name);
}

BinId insert_bin(Queryable& db, MerchantId merchant, WarehouseId warehouse, std::string_view name, int walk_order) {
  return db
      .value<BinId>("INSERT INTO bins (merchant_id, warehouse_id, name, walk_order) VALUES ($1, $2, $3, $4) RETURNING bin_id", merchant,
                    warehouse, name, walk_order)
      .value();
}

StationId insert_station(Queryable& db, MerchantId merchant, WarehouseId warehouse, std::string_view name, std::string_view kind) {
  return db
      .value<StationId>("INSERT INTO stations (merchant_id, warehouse_id, name, kind) VALUES ($1, $2, $3, $4) RETURNING station_id",
                        merchant, warehouse, name, kind)
      .value();
}

}  // namespace roundtrip::store
