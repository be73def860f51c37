// A product as storefronts describe it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace roundtrip::domain {

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
};

}  // namespace roundtrip::domain
