// What goes on labels, read for one return or one parcel.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/orders.hpp"

namespace roundtrip::store {

class Queryable;

// A warehouse's address (JSON) with the shop's name where it has none.
domain::Address place_of_shop(const std::string& shop, const std::string& place);

struct LabeledItem {
  std::int64_t quantity = 0;
  std::string sku, description;
};

struct ReturnLabelFacts {
  std::string status, order_external_id, locale, shop;
  std::string carrier, tracking_number;  // empty: none
  std::optional<Instant> expires_at;
  domain::Address from;
  domain::Address to;  // the merchant's return address, else its warehouse's
  std::vector<LabeledItem> items;
  std::string kind;
};
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
};
// Nothing when the merchant has no such parcel.
std::optional<ParcelLabelFacts> parcel_label_facts(Queryable& db, MerchantId merchant, ParcelId parcel);

}  // namespace roundtrip::store
