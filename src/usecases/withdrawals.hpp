// Withdrawing from the contract (Directive 2011/83/EU, Article 11a): the whole order or a part, shipped or not, without a reason.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/policy.hpp"
#include "domain/refunds.hpp"
#include "domain/withdrawals.hpp"
#include "store/withdrawals.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using WithdrawalView = store::WithdrawalRow;

struct WithdrawnUnits {
  LineId line;
  std::int64_t quantity = 0;
};
struct WithdrawalRequest {
  OrderId order;
  std::vector<WithdrawnUnits> lines;  // empty: everything that is left
  std::string name;                   // as the customer gives it
  std::string locale, time_zone;      // of the receipt
  int label_valid_days = 28;          // as of a return
  std::string label_carrier;
};

// What can be withdrawn now. Lines without goods (postage, fees) follow when the last goods are withdrawn.
struct WithdrawalChoice {
  domain::WithdrawalPeriod period;
  std::vector<WithdrawnUnits> lines;  // goods with what is left of them
};
WithdrawalChoice withdrawal_choice(const Context& context, OrderId order);

// What it would be: units that have not left are canceled and paid back at once, the others come back first.
struct WithdrawalPreview {
  domain::Components money;
  std::string currency;
  bool goods_to_send = false;
  domain::FreightPayer freight = domain::FreightPayer::merchant;
};
Result<WithdrawalPreview> preview_withdrawal(const Context& context, const WithdrawalRequest& request);

// Takes the declaration. In one transaction: what has not left is canceled, what has becomes a return of kind `withdrawal` with its
// label, the receipt is kept with its hash in the order's timeline, and the mail with the receipt is queued.
// Refused: conflict withdrawal_period_over (with the dates), nothing_to_withdraw; invalid for units that are not there.
Result<WithdrawalView> withdraw(const Context& context, const WithdrawalRequest& request);

// Notes those of which nothing is owed any more.
void settle_withdrawals(const Context& context);
std::vector<WithdrawalView> withdrawals_of_order(const Context& context, OrderId order);

}  // namespace roundtrip::usecases
