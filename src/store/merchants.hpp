// Merchants (tenants), the places of their floor, and the installation's secret.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/orders.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct MerchantRow {
  MerchantId id;
  std::string slug, name;
  std::string currency = "EUR";
  std::string default_locale = "en";
  std::string time_zone = "UTC";
  std::string color = "#1f6f54";
  std::string contact_phone, contact_email, contact_hours;
  domain::Address return_address;
};

// Throws DatabaseError 23505 when the slug is taken.
MerchantId insert_merchant(Queryable& db, const MerchantRow& merchant, Instant now);
std::optional<MerchantRow> merchant_by_id(Queryable& db, MerchantId merchant);
std::optional<MerchantRow> merchant_by_slug(Queryable& db, std::string_view slug);
// By slug, at most `limit`.
std::vector<MerchantRow> all_merchants(Queryable& db, int limit);

// The secret that signs customers' links. Keeps `fresh` when there is none yet; gives the one that is kept.
std::string link_secret(Queryable& db, const std::string& fresh);

struct WarehouseRow {
  WarehouseId id;
  std::string name;
  std::string time_zone = "UTC";
  domain::Address address;
  int cutoff_hour = 14;
  int handling_days = 1;
  int transit_days = 3;
};
WarehouseId insert_warehouse(Queryable& db, MerchantId merchant, const WarehouseRow& warehouse);
std::optional<WarehouseId> warehouse_by_name(Queryable& db, MerchantId merchant, std::string_view name);
BinId insert_bin(Queryable& db, MerchantId merchant, WarehouseId warehouse, std::string_view name, int walk_order);
StationId insert_station(Queryable& db, MerchantId merchant, WarehouseId warehouse, std::string_view name, std::string_view kind);

}  // namespace roundtrip::store
