// What our books know under a gateway's references.
#pragma once
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ExportReference {
  std::int64_t row = 0;
  std::string what;  // payment refund dispute
  std::string reference, key;
};
struct KnownMoney {
  std::int64_t row = 0;
  std::string what;
  std::int64_t id = 0;
  std::int64_t amount = 0;
  std::string currency, state;
  OrderId order;
};
// One round trip; in the order of the rows. What is known under none of its references is left out.
std::vector<KnownMoney> known_to_us(Queryable& db, MerchantId merchant, const std::string& gateway,
                                    const std::vector<ExportReference>& asked);

struct SettledRefund {
  std::int64_t id = 0;
  std::string reference, currency;
  std::int64_t amount = 0;
};
// Refunds that succeeded through this gateway in [from, to], at most 10,000.
std::vector<SettledRefund> refunds_settled(Queryable& db, MerchantId merchant, const std::string& gateway, Instant from, Instant to);

}  // namespace roundtrip::store
