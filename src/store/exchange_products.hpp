// What can be sent instead of what comes back: products with their stock in one warehouse and what they cost.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/product.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct WantedProduct {
  std::string sku, name;
  std::int64_t available = 0;  // in the warehouse
  std::optional<domain::CatalogPrice> price;
  std::string model;
};
// Unknown SKUs are left out.
std::vector<WantedProduct> wanted_products(Queryable& db, MerchantId merchant, WarehouseId warehouse, const std::vector<std::string>& skus);
// Of the same products as these SKUs (domain::same_product), themselves too; by name.
std::vector<WantedProduct> variants_of(Queryable& db, MerchantId merchant, WarehouseId warehouse, const std::vector<std::string>& skus,
                                       int limit);
// With a price in this currency, whose name or SKU has every word, or a word that begins with it; by name. Nothing without a word.
std::vector<WantedProduct> products_with_words(Queryable& db, MerchantId merchant, WarehouseId warehouse, const std::string& currency,
                                               const std::string& words, int limit);

// Where an order's goods come from.
std::optional<WarehouseId> warehouse_of_order(Queryable& db, MerchantId merchant, OrderId order);

}  // namespace roundtrip::store
