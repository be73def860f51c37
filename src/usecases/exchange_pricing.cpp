// What a replacement costs: even where it stands for returned units, else as the storefront says.
#include <algorithm>
#include <map>

#include "domain/money.hpp"
#include "store/exchange_products.hpp"
#include "usecases/exchange_steps.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Components;

constexpr std::int64_t kMostReplacements = 1'000'000;

const ReleasedLine* returned_line(const ExchangePricing& pricing, LineId line) {
  for (const auto& one : pricing.returned) {
    if (one.line == line) return &one;
  }
  return nullptr;
}

std::optional<Fault> fault_of(const WantedReplacement& wanted, const ExchangePricing& pricing, const std::string& at) {
  const ReleasedLine* line = wanted.line ? returned_line(pricing, *wanted.line) : nullptr;
  if (wanted.sku.empty()) return Fault{at + "/sku", "required", "Name the product that is wanted instead."};
  if (wanted.quantity < 1 || wanted.quantity > kMostReplacements)
    return Fault{at + "/quantity", "out_of_range", "A quantity is 1 or more."};
  if (wanted.line && line == nullptr) return Fault{at + "/line_id", "not_returned", "This line is not part of the return."};
  if (!wanted.unit_price && line == nullptr) {
    return Fault{at + "/unit_price", "required", "Without the line it stands for, a replacement needs its price."};
  }
  if (wanted.unit_price && (*wanted.unit_price < 0 || wanted.tax < 0)) return Fault{at + "/unit_price", "out_of_range", "is 0 or more"};
  const auto name = [&](const std::string& sku) {
    const auto model = pricing.models.find(sku);
    return domain::ProductName{sku, model == pricing.models.end() ? std::string_view() : std::string_view(model->second)};
  };
  const bool variant = std::any_of(pricing.returned.begin(), pricing.returned.end(),
                                   [&](const ReleasedLine& one) { return domain::same_product(name(one.sku), name(wanted.sku)); });
  if (!pricing.other_product && !variant) {
    return Fault{at + "/sku", "other_product", "This shop exchanges for another variant of the same product only."};
  }
  return std::nullopt;
}

// The share of what `line` releases that `units` of it stand for, after `before` others.
Components share_of(const ReleasedLine& line, std::int64_t before, std::int64_t units, std::int64_t& shipping_tax) {
  const auto share = [&](std::int64_t amount) { return domain::share_between(amount, before, before + units, line.units); };
  shipping_tax = share(line.shipping_tax);
  const auto& all = line.released;
  return {share(all.price), share(all.discount), share(all.tax - line.shipping_tax), share(all.shipping), 0};
}

class Pricer {
 public:
  explicit Pricer(const ExchangePricing& pricing) : pricing_(pricing) {}

  std::optional<Fault> add(const WantedReplacement& wanted, const std::string& at) {
    if (auto fault = fault_of(wanted, pricing_, at)) return fault;
    ExchangeLineView line{wanted.line, wanted.sku, "", wanted.quantity, wanted.unit_price.value_or(0), 0, wanted.tax};
    if (wanted.line) {
      const ReleasedLine& from = *returned_line(pricing_, *wanted.line);
      std::int64_t& used = used_[from.line];
      const std::int64_t units = std::min(wanted.quantity, from.units - used);
      if (!wanted.unit_price && units < wanted.quantity) {
        return Fault{at + "/quantity", "more_than_returned",
                     "Only " + std::to_string(from.units - used) + " come back for it; give a price for more."};
      }
      std::int64_t shipping_tax = 0;
      const Components goods = share_of(from, used, units, shipping_tax);
      used += units;
      if (pricing_.carries_shipping) {
        out_.shipping += goods.shipping;
        out_.shipping_tax += shipping_tax;
      }
      if (!wanted.unit_price) {
        const auto even = domain::even_price(goods, wanted.quantity);
        std::tie(line.unit_price, line.discount, line.tax) = std::tuple(even.unit_price, even.discount, even.tax);
      }
    }
    out_.total = domain::add_exactly(out_.total, domain::multiply_exactly(line.unit_price, line.quantity) - line.discount + line.tax);
    out_.lines.push_back(std::move(line));
    return std::nullopt;
  }

  PricedExchange take() {
    out_.total += out_.shipping + out_.shipping_tax;
    out_.credit = pricing_.credit;
    const std::int64_t difference = out_.total - out_.credit;
    std::int64_t goods = 0;
    for (const auto& line : out_.lines) goods += line.unit_price * line.quantity - line.discount;
    if (difference > 0 && difference <= pricing_.let_go_up_to && difference <= goods) {
      out_.discount = difference;
      out_.total -= difference;
    }
    return std::move(out_);
  }

 private:
  const ExchangePricing& pricing_;
  std::map<LineId, std::int64_t> used_;
  PricedExchange out_;
};

}  // namespace

std::optional<Error> name_products(store::Queryable& db, const Context& context, PricedExchange& priced) {
  std::vector<std::string> skus;
  for (const auto& line : priced.lines) skus.push_back(line.sku);
  const auto products = store::wanted_products(db, context.merchant, WarehouseId{}, skus);
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < priced.lines.size(); ++i) {
    const auto known =
        std::find_if(products.begin(), products.end(), [&](const auto& product) { return product.sku == priced.lines[i].sku; });
    if (known == products.end())
      faults.push_back({"/exchange/" + std::to_string(i) + "/sku", "unknown_product", "There is no such product."});
    else
      priced.lines[i].description = known->name;
  }
  if (faults.empty()) return std::nullopt;
  return Error{ErrorKind::invalid, "invalid_exchange", "The exchange cannot be made as it is written; see errors.", std::move(faults)};
}

std::map<std::string, std::string> models_of(store::Queryable& db, const Context& context, const std::vector<WantedReplacement>& wanted,
                                             const std::vector<ReleasedLine>& returned) {
  std::vector<std::string> skus;
  for (const auto& one : wanted) skus.push_back(one.sku);
  for (const auto& line : returned) skus.push_back(line.sku);
  std::map<std::string, std::string> models;
  for (auto& product : store::wanted_products(db, context.merchant, WarehouseId{}, skus)) models[product.sku] = std::move(product.model);
  return models;
}

Result<PricedExchange> price_exchange(const std::vector<WantedReplacement>& wanted, const ExchangePricing& pricing) {
  Pricer pricer(pricing);
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (auto fault = pricer.add(wanted[i], "/exchange/" + std::to_string(i))) faults.push_back(std::move(*fault));
  }
  if (wanted.empty()) faults.push_back({"/exchange", "required", "Say what is wanted instead."});
  if (!faults.empty())
    return Error{ErrorKind::invalid, "invalid_exchange", "The exchange cannot be made as it is written; see errors.", faults};
  return pricer.take();
}

}  // namespace roundtrip::usecases
