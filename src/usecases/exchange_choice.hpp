// What a customer can choose instead of what goes back, at what the catalogue says it costs.
//
// A variant of the same product is exchanged evenly, unless the catalogue has another price for it than for what comes back. Any other
// product costs its price of the catalogue, and is not offered without one.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/product.hpp"
#include "usecases/exchanges.hpp"

namespace roundtrip::usecases {

struct ExchangeOption {
  std::string sku, name;
  std::int64_t available = 0;                 // in the order's warehouse, now
  std::optional<domain::CatalogPrice> price;  // of one; none: even
};
struct ReturnedLine {
  LineId line;
  std::string sku;
  std::int64_t quantity = 0;
};
struct LineOptions {
  LineId line;
  std::vector<ExchangeOption> variants;
};
struct ExchangeChoice {
  std::vector<LineOptions> lines;      // as they were asked for
  std::vector<ExchangeOption> others;  // found by the words, or chosen before
  bool other_product = true;           // the policy lets them have another product
  bool more = false;                   // the words fit more than are given
  std::string trigger;                 // what lets the replacement leave (domain::ExchangeTrigger)
};
inline constexpr int kMostVariants = 100, kMostOthers = 20;
// `words`: of another product; `chosen`: SKUs that stay offered although the words do not fit them.
ExchangeChoice exchange_choice(const Context& context, OrderId order, const std::string& currency, const std::vector<ReturnedLine>& lines,
                               const std::string& words, const std::vector<std::string>& chosen);

// The replacements with the catalogue's prices. Each stands for the line at its place. Error invalid_exchange names what cannot be had:
// unknown_product, or no_price for another product without one; faults point into /exchange.
Result<std::vector<WantedReplacement>> priced_by_catalogue(const Context& context, const std::string& currency,
                                                           const std::vector<ReturnedLine>& lines, const std::vector<std::string>& wanted);

}  // namespace roundtrip::usecases
