// Orders as rows for tests that begin where the goods have left: made by SQL, with frozen money and captures in the ledger.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/orders.hpp"
#include "store/database.hpp"

namespace roundtrip::test {

struct MadeOrder {
  OrderId id;
  std::string external_id;
  std::vector<LineId> lines;
  std::vector<PaymentId> payments;
};

domain::NewLine line_of(const std::string& sku, std::int64_t quantity, std::int64_t unit_price, std::int64_t discount = 0,
                        std::int64_t tax = 0, bool goods = true);
domain::NewOrder order_of(std::vector<domain::NewLine> lines, std::vector<domain::NewPayment> payments,
                          const std::string& currency = "EUR");

// Products for the SKUs of goods lines, the order, its lines (all goods shipped), payments and capture postings.
// With `delivered_at` one parcel with everything was handed over and delivered then; without, none was delivered.
MadeOrder make_shipped_order(store::Database& db, MerchantId merchant, domain::NewOrder order,
                             std::optional<Instant> delivered_at = std::nullopt);

// All of the order's goods leave the house (as a dispatch does for stock and lines), and arrive.
void leave_the_house(store::Database& db, OrderId order);

}  // namespace roundtrip::test
