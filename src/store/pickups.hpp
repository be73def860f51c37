// Pick-ups of returns as rows.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/pickups.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

inline constexpr std::string_view kBookPickupJob = "book_pickup";  // subject: pickup_id
inline constexpr std::string_view kDropPickupJob = "drop_pickup";

struct PickupRow {
  PickupId id;
  ReturnId return_id;
  OrderId order;
  std::string carrier, account;
  std::string day;  // "2026-11-23"
  domain::PickupState state = domain::PickupState::wanted;
  std::string carrier_id, confirmation, error;
};

void add_pickup(Transaction& tx, MerchantId merchant, const PickupRow& row, Instant now);
// Queues state, carrier_id, confirmation and error.
void save_pickup(Transaction& tx, MerchantId merchant, const PickupRow& row, Instant now);
std::optional<PickupRow> find_pickup(Queryable& db, MerchantId merchant, PickupId id);
// The newest; nothing: it never had one.
std::optional<PickupRow> pickup_of_return(Queryable& db, MerchantId merchant, ReturnId return_id);
// Oldest first.
std::vector<PickupRow> pickups_of_order(Queryable& db, MerchantId merchant, OrderId order);

}  // namespace roundtrip::store
