// Changing an order that is locked: counters of its lines, hold, contacts.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/orders.hpp"
#include "store/shipments.hpp"

namespace roundtrip::store {

struct LineCounters {
  LineId id;
  std::string sku;
  bool goods = true;
  std::int64_t quantity = 0, canceled = 0, shipped = 0;
};
std::vector<LineCounters> line_counters(Queryable& db, MerchantId merchant, OrderId order);
std::vector<domain::LineProgress> line_progress(Queryable& db, MerchantId merchant, OrderId order);
// Queued writes. `rows`: [{line_id, units}].
void add_canceled(Transaction& tx, MerchantId merchant, OrderId order, const std::string& rows);
void set_hold(Transaction& tx, MerchantId merchant, OrderId order, bool held, std::optional<Instant> until);
void change_contacts(Transaction& tx, MerchantId merchant, OrderId order, const std::optional<domain::Address>& ship_to,
                     const std::optional<std::string>& email, const std::optional<std::string>& phone);
void cancel_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel);

}  // namespace roundtrip::store
