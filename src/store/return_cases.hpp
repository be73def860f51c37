// What the returns station's screen shows of a case. Reads only.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct CaseLine {
  LineId line;
  std::string sku, description, image_url, reason, note, disposition, acceptance;
  std::int64_t announced = 0, received = 0, accepted = 0, rejected = 0;
  std::string care;           // of the product: JSON {locale: {disposal}}
  std::string special_waste;  // of the product
};
struct CaseHead {
  std::string external_id, customer, country;
  std::string warehouse_country;  // where the goods are judged
};
std::optional<CaseHead> case_head(Queryable& db, MerchantId merchant, ReturnId id, WarehouseId warehouse);
std::vector<CaseLine> case_lines(Queryable& db, MerchantId merchant, ReturnId id);

}  // namespace roundtrip::store
