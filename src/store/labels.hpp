// What goes on labels, read for one return or one parcel.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/orders.hpp"

namespace roundtrip::store {

class Queryable;
class Transaction;

// A warehouse's address (JSON) with the shop's name where it has none.
domain::Address place_of_shop(const std::string& shop, const std::string& place);

struct LabeledItem {
  std::int64_t quantity = 0;
  std::string sku, description;
  std::int64_t unit_price = 0;  // minor units
  int weight_g = 0;             // of one; 0: not known
  std::string hs_code, origin;  // empty: not known
};

struct ReturnLabelFacts {
  std::string status, order_external_id, locale, shop;
  std::string carrier, tracking_number;  // empty: none
  std::optional<Instant> expires_at;
  domain::Address from;
  domain::Address to;  // the merchant's return address, else its warehouse's
  std::vector<LabeledItem> items;
  std::string kind;
  std::string freight;  // who pays it: "merchant", "customer"; empty: not decided
  std::string contact_phone, contact_email, contact_hours;
  std::string customer_email, currency;
};
// Those that the merchant has, by id.
std::map<ReturnId, ReturnLabelFacts> return_label_facts(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& returns);
// Nothing when the merchant has no such return.
std::optional<ReturnLabelFacts> return_label_facts(Queryable& db, MerchantId merchant, ReturnId return_id);

struct ParcelLabelFacts {
  std::string state, order_external_id, order_service, shop;
  std::string carrier, service, tracking_number;  // empty: none
  std::optional<Instant> closed_at;
  int weight_g = 0;  // 0: not weighed
  int number = 1;    // among the order's parcels
  int count = 1;
  domain::Address from, to;
  std::vector<LabeledItem> missing;  // units of its shipment that are not packed yet
  bool wants_sscc = false;           // its warehouse wants one and the merchant has a company prefix
  std::string sscc;                  // empty: none yet
};
// Those that the merchant has, by id.
std::map<ParcelId, ParcelLabelFacts> parcel_label_facts(Queryable& db, MerchantId merchant, const std::vector<ParcelId>& parcels);
// Nothing when the merchant has no such parcel.
std::optional<ParcelLabelFacts> parcel_label_facts(Queryable& db, MerchantId merchant, ParcelId parcel);

// The parcels' SSCCs; the merchant's next serials for those that have none yet. Locks the merchant's counter. Nothing for a new one without
// a company prefix, or when its serials are used up.
std::map<ParcelId, std::string> take_ssccs(Transaction& tx, MerchantId merchant, const std::vector<ParcelId>& parcels, Instant now);
std::optional<ParcelId> parcel_of_sscc(Queryable& db, MerchantId merchant, const std::string& sscc);

struct Gs1Settings {
  std::string company_prefix;  // empty: none; no SSCCs are printed
  int extension = 0;
  std::vector<std::string> warehouses;  // that want GS1 labels, by name
};
Gs1Settings gs1_settings(Queryable& db, MerchantId merchant);
// False when a warehouse is unknown. An empty prefix takes it away; serials go on where they were.
bool save_gs1_settings(Transaction& tx, MerchantId merchant, const Gs1Settings& settings, Instant now);

}  // namespace roundtrip::store
