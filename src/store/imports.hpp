// What was taken in from files, and the sets that an import writes beside its orders.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

// Until the transaction ends nobody else imports from this source for this merchant.
void lock_import(Transaction& tx, MerchantId merchant, const std::string& source);

struct KnownDocument {
  std::string number, content_hash;
};
// Those of the numbers that were imported before.
std::vector<KnownDocument> known_documents(Transaction& tx, MerchantId merchant, const std::string& source,
                                           const std::vector<std::string>& numbers);
// Those of the numbers that are external ids of orders, wherever these came from.
std::vector<std::string> taken_order_numbers(Transaction& tx, MerchantId merchant, const std::vector<std::string>& numbers);

struct ImportedDocument {
  std::string number, kind;
  std::optional<OrderId> order;
  std::string customer;
  Instant at;
  int rows = 0;
  std::int64_t quantity = 0;
  std::string value;        // an exact decimal
  std::string body = "[]";  // JSON
  std::string content_hash;
};
void insert_documents(Transaction& tx, MerchantId merchant, const std::string& source, const std::vector<ImportedDocument>& documents,
                      Instant now);

// Products that are missing: (SKU, name).
void insert_missing_products(Transaction& tx, MerchantId merchant, const std::vector<std::pair<std::string, std::string>>& products,
                             Instant now);
// Those of the SKUs that are products.
std::vector<std::string> known_skus(Transaction& tx, MerchantId merchant, const std::vector<std::string>& skus);

// One movement and its effect on hand. The stock of the SKUs is locked, and nothing is taken that is not free.
struct StockChange {
  std::string sku;
  BinId bin;
  std::string lot;
  std::int64_t quantity = 0;  // signed
  std::string reason, reference;
};
void write_stock_changes(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::vector<StockChange>& changes,
                         const std::string& actor, Instant now);

// Tells the planner how full the tables are that an import fills, when its figures are older than `written` orders: a table that was
// never looked at is read whole for every batch, and no autovacuum may have come by yet.
void refresh_statistics(Session& session, std::int64_t written);

}  // namespace roundtrip::store
