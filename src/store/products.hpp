// Products and their barcodes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/product.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

bool product_exists(Queryable& db, MerchantId merchant, const std::string& sku);
std::optional<domain::Product> find_product(Queryable& db, MerchantId merchant, const std::string& sku);
// Barcodes that belong to another SKU already: (barcode, sku).
std::vector<std::pair<std::string, std::string>> taken_barcodes(Queryable& db, MerchantId merchant, const std::string& sku,
                                                                const std::vector<std::string>& barcodes);
// Inserts or replaces, barcodes too.
void save_product(Transaction& tx, MerchantId merchant, const domain::Product& product, Instant now);
// By SKU, after `after`, at most `limit`.
std::vector<domain::Product> list_products(Queryable& db, MerchantId merchant, const std::string& after, int limit);

}  // namespace roundtrip::store
