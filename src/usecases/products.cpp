// Products.
#include "usecases/products.hpp"

#include <algorithm>

#include "domain/codes.hpp"
#include "domain/gs1.hpp"
#include "store/products.hpp"
#include "usecases/idempotency.hpp"

namespace roundtrip::usecases {

Result<ProductPut> put_product(const Context& context, domain::Product product, std::optional<std::int64_t> expected_version,
                               const std::string& part) {
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < product.barcodes.size(); ++i) {
    auto& barcode = product.barcodes[i];
    if (barcode.find(' ') != std::string::npos)
      faults.push_back({"/barcodes/" + std::to_string(i), "blank_in_barcode", "a barcode has no blanks"});
    if (domain::parse_own_code(barcode))
      faults.push_back({"/barcodes/" + std::to_string(i), "own_code", "this is one of our own codes, not a product's"});
    if (const auto gtin = domain::to_gtin14(barcode)) barcode = *gtin;
  }
  std::sort(product.barcodes.begin(), product.barcodes.end());
  product.barcodes.erase(std::unique(product.barcodes.begin(), product.barcodes.end()), product.barcodes.end());
  if (!faults.empty()) return Error{ErrorKind::invalid, "invalid_product", "The product cannot be saved; see errors.", faults};
  store::Transaction tx{context.db};
  if (const auto before = done_before(tx, context, part)) return ProductPut{*before == "created"};
  for (const auto& [barcode, owner] : store::taken_barcodes(tx, context.merchant, product.sku, product.barcodes)) {
    faults.push_back({"/barcodes", "barcode_taken", "the barcode " + barcode + " belongs to " + owner});
  }
  if (!faults.empty())
    return Error{ErrorKind::conflict, "barcode_taken", "A barcode belongs to another product; remove it there first.", faults};
  const auto existing = store::find_product(tx, context.merchant, product.sku);
  if (expected_version && (!existing || existing->version != *expected_version)) {
    return Error{ErrorKind::precondition_failed, "product_changed",
                 "The product has changed since you read it. Read it again and repeat your change."};
  }
  store::save_product(tx, context.merchant, product, context.now);
  note_done(tx, context, existing ? "changed" : "created", part);
  tx.commit();
  return ProductPut{!existing};
}

Result<domain::Product> read_product(const Context& context, const std::string& sku) {
  store::Session session{context.db};
  auto product = store::find_product(session, context.merchant, sku);
  if (!product) return Error{ErrorKind::not_found, "no_such_product", "There is no product '" + sku + "'."};
  return std::move(*product);
}

std::vector<domain::Product> list_products(const Context& context, const std::string& after, int limit) {
  store::Session session{context.db};
  return store::list_products(session, context.merchant, after, limit);
}

}  // namespace roundtrip::usecases
