// Statements about pick-ups.
#include "store/pickups.hpp"

#include <stdexcept>

namespace roundtrip::store {
namespace {

#define PICKUPS                                                                                                              \
  "SELECT pickup_id, return_id, order_id, carrier, account, day::text, state, carrier_id, confirmation, error FROM pickups " \
  "WHERE merchant_id = $1 AND "

std::vector<PickupRow> read_pickups(Queryable& db, std::string_view sql, MerchantId merchant, std::int64_t key) {
  std::vector<PickupRow> out;
  for (auto& [id, return_id, order, carrier, account, day, state, carrier_id, confirmation, error] :
       db.rows<PickupId, ReturnId, OrderId, std::string, std::string, std::string, std::string, std::string, std::string, std::string>(
           sql, merchant, key)) {
    const auto known = domain::parse_pickup_state(state);
    if (!known) throw std::logic_error("an unknown state of a pick-up: " + state);
    out.push_back({id, return_id, order, std::move(carrier), std::move(account), std::move(day), *known, std::move(carrier_id),
                   std::move(confirmation), std::move(error)});
  }
  return out;
}

std::optional<PickupRow> first_of(std::vector<PickupRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

void add_pickup(Transaction& tx, MerchantId merchant, const PickupRow& row, Instant now) {
  tx.write(
      "INSERT INTO pickups (merchant_id, return_id, order_id, carrier, account, day, state, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6::date, $7, $8, $8)",
      merchant, row.return_id, row.order, row.carrier, row.account, row.day, domain::to_text(row.state), now);
}

void save_pickup(Transaction& tx, MerchantId merchant, const PickupRow& row, Instant now) {
  tx.write(
      "UPDATE pickups SET state = $3, carrier_id = $4, confirmation = $5, error = $6, updated_at = $7 "
      "WHERE merchant_id = $1 AND pickup_id = $2",
      merchant, row.id, domain::to_text(row.state), row.carrier_id, row.confirmation, row.error, now);
}

std::optional<PickupRow> find_pickup(Queryable& db, MerchantId merchant, PickupId id) {
  return first_of(read_pickups(db, PICKUPS "pickup_id = $2", merchant, id.value));
}

std::optional<PickupRow> pickup_of_return(Queryable& db, MerchantId merchant, ReturnId return_id) {
  return first_of(read_pickups(db, PICKUPS "return_id = $2 ORDER BY pickup_id DESC LIMIT 1", merchant, return_id.value));
}

std::vector<PickupRow> pickups_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_pickups(db, PICKUPS "order_id = $2 ORDER BY pickup_id", merchant, order.value);
}

}  // namespace roundtrip::store
