// Product statements.
#include "store/products.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {
std::string json_list(const std::vector<std::string>& texts) {
  return nlohmann::json(texts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

constexpr std::string_view kProductColumns =
    "SELECT p.sku, p.name, p.weight_g, p.length_mm, p.width_mm, p.height_mm, p.lot_tracked, p.serial_tracked, p.hs_code, p.origin, "
    "p.category, p.image_url, "
    "p.returnable, p.return_window_days, p.care, p.version, p.updated_at, p.special_waste, "
    "p.price_amount, p.price_tax, p.price_currency, p.model, "
    "(SELECT string_agg(b.barcode, ' ' ORDER BY b.barcode) FROM product_barcodes b WHERE b.merchant_id = p.merchant_id AND b.sku = p.sku) "
    "FROM products p "
    "WHERE p.merchant_id = $1 ";

std::vector<domain::Product> products_from(std::vector<TextRow> rows) {
  std::vector<domain::Product> out;
  for (TextRow& row : rows) {
    domain::Product product;
    auto [sku, name, weight, length, width, height, lot, serial, hs, origin, category, image, returnable, window, care, version, updated,
          waste, amount, tax, currency, model, barcodes] =
        to_tuple<std::string, std::string, std::optional<std::int64_t>, std::optional<std::int64_t>, std::optional<std::int64_t>,
                 std::optional<std::int64_t>, bool, bool, std::optional<std::string>, std::optional<std::string>,
                 std::optional<std::string>, std::optional<std::string>, bool, std::optional<std::int64_t>, std::string, std::int64_t,
                 Instant, std::string, std::optional<std::int64_t>, std::int64_t, std::optional<std::string>, std::string,
                 std::optional<std::string>>(row);
    product = {sku,    name,     {},    weight,     length, width, height,  lot,     serial, hs,
               origin, category, image, returnable, window, care,  version, updated, waste};
    if (amount) product.price = domain::CatalogPrice{*amount, tax, currency.value_or("")};
    product.model = model;
    const std::string list = barcodes.value_or("");
    for (std::size_t at = 0; at < list.size();) {
      const auto end = std::min(list.find(' ', at), list.size());
      product.barcodes.push_back(list.substr(at, end - at));
      at = end + 1;
    }
    out.push_back(std::move(product));
  }
  return out;
}
}  // namespace

bool product_exists(Queryable& db, MerchantId merchant, const std::string& sku) {
  return db.value<int>("SELECT 1 FROM products WHERE merchant_id = $1 AND sku = $2", merchant, sku).has_value();
}

std::optional<domain::Product> find_product(Queryable& db, MerchantId merchant, const std::string& sku) {
  auto found = products_from(db.run(std::string(kProductColumns) + "AND p.sku = $2", {merchant, sku}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<std::pair<std::string, std::string>> taken_barcodes(Queryable& db, MerchantId merchant, const std::string& sku,
                                                                const std::vector<std::string>& barcodes) {
  std::vector<std::pair<std::string, std::string>> out;
  for (auto& [barcode, owner] : db.rows<std::string, std::string>("SELECT barcode, sku FROM product_barcodes WHERE merchant_id = $1 AND "
                                                                  "barcode IN (SELECT jsonb_array_elements_text($2::jsonb)) AND sku <> $3",
                                                                  merchant, json_list(barcodes), sku)) {
    out.emplace_back(barcode, owner);
  }
  return out;
}

void save_product(Transaction& tx, MerchantId merchant, const domain::Product& product, Instant now) {
  tx.write(
      "INSERT INTO products (merchant_id, sku, name, weight_g, length_mm, width_mm, height_mm, lot_tracked, serial_tracked, hs_code, "
      "origin, category, image_url, "
      "returnable, return_window_days, care, updated_at, special_waste, price_amount, price_tax, price_currency, model) VALUES ($1, $2, "
      "$3, $4, "
      "$5, $6, $7, $8, $9, $10, $11, $12, $13, "
      "$14, "
      "$15, $16, $17, $18, $19, $20, $21, $22) "
      "ON CONFLICT (merchant_id, sku) DO UPDATE SET name = EXCLUDED.name, weight_g = EXCLUDED.weight_g, length_mm = EXCLUDED.length_mm, "
      "width_mm = EXCLUDED.width_mm, "
      "height_mm = EXCLUDED.height_mm, lot_tracked = EXCLUDED.lot_tracked, serial_tracked = EXCLUDED.serial_tracked, hs_code = "
      "EXCLUDED.hs_code, "
      "origin = EXCLUDED.origin, category = EXCLUDED.category, image_url = EXCLUDED.image_url, returnable = EXCLUDED.returnable, "
      "return_window_days = EXCLUDED.return_window_days, care = EXCLUDED.care, special_waste = EXCLUDED.special_waste, price_amount = "
      "EXCLUDED.price_amount, "
      "price_tax = EXCLUDED.price_tax, price_currency = EXCLUDED.price_currency, model = EXCLUDED.model, updated_at = "
      "EXCLUDED.updated_at, version = "
      "products.version + 1",
      merchant, product.sku, product.name, product.weight_g, product.length_mm, product.width_mm, product.height_mm, product.lot_tracked,
      product.serial_tracked, product.hs_code, product.origin, product.category, product.image_url, product.returnable,
      product.return_window_days, product.care, now, product.special_waste,
      product.price ? std::optional(product.price->amount) : std::nullopt, product.price ? product.price->tax : 0,
      product.price ? std::optional(product.price->currency) : std::nullopt, product.model);
  tx.write(
      "DELETE FROM product_barcodes WHERE merchant_id = $1 AND sku = $2 AND barcode NOT IN (SELECT jsonb_array_elements_text($3::jsonb))",
      merchant, product.sku, json_list(product.barcodes));
  tx.write(
      "INSERT INTO product_barcodes (merchant_id, barcode, sku) SELECT $1::bigint, b, $2::text FROM jsonb_array_elements_text($3::jsonb) b "
      "ON CONFLICT DO NOTHING",
      merchant, product.sku, json_list(product.barcodes));
}

std::vector<domain::Product> list_products(Queryable& db, MerchantId merchant, const std::string& after, int limit) {
  return products_from(db.run(std::string(kProductColumns) + "AND p.sku > $2 ORDER BY p.sku LIMIT $3", {merchant, after, limit}));
}

}  // namespace roundtrip::store
