// The receipt for a withdrawal from the contract: what was declared, and when, to the second. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/money.hpp"
#include "messages/messages.hpp"

namespace roundtrip::messages {

struct WithdrawalReceipt {
  std::string locale = "en", time_zone = "UTC";  // of the customer
  std::string shop, order_number, customer_name;
  Instant ordered_at, received_at, refund_due_at;
  std::vector<Item> items;
  domain::Money amount;        // that is paid back
  bool goods_to_send = false;  // something of it has left already
};
// Plain text for a durable medium (Directive 2011/83/EU, Article 11a(4)): a file that the customer keeps. The same facts give the same
// bytes.
std::string withdrawal_receipt(const WithdrawalReceipt& facts);

}  // namespace roundtrip::messages
