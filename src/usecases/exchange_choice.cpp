// Variants, other products, and their prices for an exchange.
#include "usecases/exchange_choice.hpp"

#include <algorithm>

#include "store/exchange_products.hpp"
#include "store/policies.hpp"

namespace roundtrip::usecases {
namespace {

using store::WantedProduct;

const WantedProduct* product_of(const std::vector<WantedProduct>& products, const std::string& sku) {
  const auto found = std::find_if(products.begin(), products.end(), [&](const auto& one) { return one.sku == sku; });
  return found == products.end() ? nullptr : &*found;
}

// What a variant costs instead of `returned`: nothing where the exchange is even.
std::optional<domain::CatalogPrice> variant_price(const WantedProduct& variant, const WantedProduct* returned,
                                                  const std::string& currency) {
  if (!variant.price || variant.price->currency != currency) return std::nullopt;
  if (returned != nullptr && returned->price == variant.price) return std::nullopt;
  return variant.price;
}

domain::ProductName name_of(const WantedProduct& product) { return {product.sku, product.model}; }
// Of what comes back, which the catalogue may not have any more.
domain::ProductName name_of(const std::string& sku, const WantedProduct* known) {
  return known == nullptr ? domain::ProductName{sku, {}} : name_of(*known);
}

ExchangeOption option_of(const WantedProduct& product, std::optional<domain::CatalogPrice> price) {
  return {product.sku, product.name, product.available, std::move(price)};
}

}  // namespace

ExchangeChoice exchange_choice(const Context& context, OrderId order, const std::string& currency, const std::vector<ReturnedLine>& lines,
                               const std::string& words, const std::vector<std::string>& chosen) {
  store::Session session(context.db);
  const auto policy = store::current_policy(session, context.merchant);
  const auto warehouse = store::warehouse_of_order(session, context.merchant, order).value_or(WarehouseId{});
  ExchangeChoice out;
  out.other_product = policy.exchange_other_product;
  out.trigger = domain::to_text(policy.exchange_trigger);
  std::vector<std::string> skus;
  for (const auto& line : lines) skus.push_back(line.sku);
  const auto variants = store::variants_of(session, context.merchant, warehouse, skus, kMostVariants);
  for (const auto& line : lines) {
    LineOptions options{line.line, {}};
    const auto* returned = product_of(variants, line.sku);
    for (const auto& one : variants) {
      if (domain::same_product(name_of(one), name_of(line.sku, returned)))
        options.variants.push_back(option_of(one, variant_price(one, returned, currency)));
    }
    out.lines.push_back(std::move(options));
  }
  if (!out.other_product) return out;
  auto others = store::products_with_words(session, context.merchant, warehouse, currency, words, kMostOthers + 1);
  out.more = others.size() > kMostOthers;
  if (out.more) others.pop_back();
  for (auto& one : store::wanted_products(session, context.merchant, warehouse, chosen)) {
    if (product_of(others, one.sku) == nullptr) others.push_back(std::move(one));
  }
  for (const auto& one : others) {
    const bool priced = one.price && one.price->currency == currency;
    if (priced && product_of(variants, one.sku) == nullptr) out.others.push_back(option_of(one, one.price));
  }
  return out;
}

Result<std::vector<WantedReplacement>> priced_by_catalogue(const Context& context, const std::string& currency,
                                                           const std::vector<ReturnedLine>& lines, const std::vector<std::string>& wanted) {
  std::vector<std::string> skus = wanted;
  for (const auto& line : lines) skus.push_back(line.sku);
  store::Session session(context.db);
  const auto products = store::wanted_products(session, context.merchant, WarehouseId{}, skus);
  std::vector<WantedReplacement> out;
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < lines.size() && i < wanted.size(); ++i) {
    const auto fault = [&](const char* code, const char* words) {
      faults.push_back({"/exchange/" + std::to_string(i) + "/sku", code, words});
    };
    const auto* product = product_of(products, wanted[i]);
    WantedReplacement one{lines[i].line, wanted[i], lines[i].quantity, std::nullopt, 0};
    if (product == nullptr) {
      fault("unknown_product", "There is no such product.");
      continue;
    }
    const auto* returned = product_of(products, lines[i].sku);
    const bool variant = domain::same_product(name_of(*product), name_of(lines[i].sku, returned));
    const auto price = variant ? variant_price(*product, returned, currency) : product->price;
    if (!variant && (!price || price->currency != currency)) fault("no_price", "The catalogue has no price for it.");
    if (price) {
      one.unit_price = price->amount;
      one.tax = price->tax * one.quantity;
    }
    out.push_back(std::move(one));
  }
  if (!faults.empty())
    return Error{ErrorKind::invalid, "invalid_exchange", "The exchange cannot be made as it is written; see errors.", std::move(faults)};
  return out;
}

}  // namespace roundtrip::usecases
