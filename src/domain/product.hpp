// A product as storefronts describe it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace roundtrip::domain {

// Of one piece, as a line of an order would carry it: `tax` is on top of `amount`.
struct CatalogPrice {
  std::int64_t amount = 0, tax = 0;
  std::string currency;
  friend bool operator==(const CatalogPrice&, const CatalogPrice&) = default;
};

struct Product {
  std::string sku, name;
  std::vector<std::string> barcodes;  // GTINs as GTIN-14, others as given
  std::optional<std::int64_t> weight_g, length_mm, width_mm, height_mm;
  bool lot_tracked = false, serial_tracked = false;
  std::optional<std::string> hs_code, origin, category, image_url;
  bool returnable = true;
  std::optional<std::int64_t> return_window_days;
  std::string care = "{}";  // JSON {locale: {guide, warranty, disposal}}
  std::int64_t version = 0;
  Instant updated_at;
  std::string special_waste = {};  // weee, battery, weee_battery, hazardous; empty: none
  std::optional<CatalogPrice> price = {};
  std::string model = {};  // products of one model are variants of one another; empty: it has no variants
};

}  // namespace roundtrip::domain
