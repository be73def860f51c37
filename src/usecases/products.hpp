// Products: put, read, list.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/product.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct ProductPut {
  bool created = false;
};
// Inserts or replaces a product. A barcode with the shape and check digit of a GTIN is kept as GTIN-14; one
// that belongs to another SKU is refused. With `expected_version` only that version is replaced.
Result<ProductPut> put_product(const Context& context, domain::Product product, std::optional<std::int64_t> expected_version,
                               const std::string& part = "");
Result<domain::Product> read_product(const Context& context, const std::string& sku);
std::vector<domain::Product> list_products(const Context& context, const std::string& after, int limit);

}  // namespace roundtrip::usecases
