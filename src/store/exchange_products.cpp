// Statements about the products of exchanges.
#include "store/exchange_products.hpp"

#include <cctype>
#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {

#define WANTED_PRODUCTS                                                                                                                   \
  "SELECT p.sku, p.name, coalesce((SELECT sum(s.on_hand - s.reserved - s.damaged) FROM stock s WHERE s.merchant_id = $1 "                 \
  "AND s.warehouse_id = $2 AND s.sku = p.sku), 0)::bigint, p.price_amount, p.price_tax, p.price_currency, p.model FROM products p WHERE " \
  "p.merchant_id = $1 "

template <class... Args>
std::vector<WantedProduct> read_wanted(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<WantedProduct> out;
  for (auto& [sku, name, available, amount, tax, currency, model] :
       db.rows<std::string, std::string, std::int64_t, std::optional<std::int64_t>, std::int64_t, std::optional<std::string>, std::string>(
           sql, args...)) {
    WantedProduct product{std::move(sku), std::move(name), available, std::nullopt, std::move(model)};
    if (amount) product.price = domain::CatalogPrice{*amount, tax, currency.value_or("")};
    out.push_back(std::move(product));
  }
  return out;
}

std::string wanted_skus(const std::vector<std::string>& skus) {
  return nlohmann::json(skus).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// "red mu" as 'red':* & 'mu':* for to_tsquery. What is no letter or digit of any script parts words.
std::string prefix_query(const std::string& words) {
  std::string query, word;
  const auto end_word = [&] {
    if (!word.empty()) query += (query.empty() ? "'" : " & '") + word + "':*";
    word.clear();
  };
  for (const char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80)
      word.push_back(c);
    else
      end_word();
  }
  end_word();
  return query;
}

}  // namespace

std::vector<WantedProduct> wanted_products(Queryable& db, MerchantId merchant, WarehouseId warehouse,
                                           const std::vector<std::string>& skus) {
  return read_wanted(db, WANTED_PRODUCTS "AND p.sku IN (SELECT jsonb_array_elements_text($3::jsonb))", merchant, warehouse,
                     wanted_skus(skus));
}

std::vector<WantedProduct> variants_of(Queryable& db, MerchantId merchant, WarehouseId warehouse, const std::vector<std::string>& skus,
                                       int limit) {
  return read_wanted(
      db,
      WANTED_PRODUCTS
      "AND p.sku IN (SELECT x FROM jsonb_array_elements_text($3::jsonb) x UNION SELECT v.sku FROM products q JOIN products v "
      "ON v.merchant_id = q.merchant_id AND v.model = q.model AND v.model <> '' WHERE q.merchant_id = $1 AND q.model <> '' "
      "AND q.sku IN (SELECT jsonb_array_elements_text($3::jsonb))) ORDER BY p.name, p.sku LIMIT $4",
      merchant, warehouse, wanted_skus(skus), limit);
}

std::vector<WantedProduct> products_with_words(Queryable& db, MerchantId merchant, WarehouseId warehouse, const std::string& currency,
                                               const std::string& words, int limit) {
  const std::string query = prefix_query(words);
  if (query.empty()) return {};
  return read_wanted(db,
                     WANTED_PRODUCTS
                     "AND p.price_amount IS NOT NULL AND p.price_currency = $3 AND to_tsvector('simple', p.name || ' ' || p.sku) @@ "
                     "to_tsquery('simple', $4) ORDER BY p.name, p.sku LIMIT $5",
                     merchant, warehouse, currency, query, limit);
}

std::optional<WarehouseId> warehouse_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return db.value<WarehouseId>("SELECT warehouse_id FROM orders WHERE merchant_id = $1 AND order_id = $2", merchant, order);
}

}  // namespace roundtrip::store
