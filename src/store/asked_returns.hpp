// What a return was decided on when it was asked for, kept with it so that another policy can be tried on it.
#pragma once
#include <string>
#include <vector>

#include "domain/policy.hpp"
#include "store/refunds.hpp"

namespace roundtrip::store {

// The facts with their lines, and the order's money and payments behind the lines.
struct AskedReturn {
  domain::ReturnFacts facts;
  std::vector<LineMoneyRow> lines;
  std::vector<PaymentRow> payments;
};
// Without who the customer is: mail, id and address stay with the order.
std::string asked_json(const AskedReturn& asked);

struct StoredAsked {
  ReturnId id;
  OrderId order;
  std::string external_id;  // of the order
  AskedReturn asked;        // with the customer's mail, id and address as the order has them now
};
// The newest returns that were asked for, at most `limit`. What cannot be read is a bug and throws.
std::vector<StoredAsked> recent_asked(Queryable& db, MerchantId merchant, int limit);

}  // namespace roundtrip::store
