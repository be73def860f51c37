// Exchanges: goods instead of what a return brings back. Asked for with the return (returns.hpp), worked on here.
//
// The replacement is an order of its own (kind `exchange`, number `<order>-X1`), reserved as soon as the return is approved and held until
// the policy's trigger. It is paid by what the returned units release, up to what it costs, and by what the customer adds; what is left of
// the returned units goes back as it was paid. Money that moves stays where it was captured: the old payment's room is taken by a refund to
// `exchange`, and the replacement gets a payment of the gateway `exchange` over the same amount that names that refund. A later refund of
// the replacement follows it back to the first payment, along any chain: together they never exceed what was captured (law 3).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/exchanges.hpp"
#include "domain/order_view.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using domain::ExchangeLineView;
using domain::ExchangeView;

// One line of what the customer wants instead.
struct WantedReplacement {
  std::optional<LineId> line;  // of the return, which it stands for; it brings that line's share of the shipping along
  std::string sku;
  std::int64_t quantity = 1;
  std::optional<std::int64_t> unit_price;  // none: an even exchange, it costs what the units it stands for bring (needs `line`)
  std::int64_t tax = 0;                    // of the line, on top of its price
};

// What an exchange would be: part of the return's preview.
struct ExchangeOffer {
  std::vector<ExchangeLineView> lines;
  std::int64_t total = 0, credit = 0;
  std::int64_t customer_pays = 0, customer_gets = 0;
  std::string trigger;
  bool in_stock = true;  // everything is there now; what is missing is sent later
};

Result<ExchangeView> read_exchange(const Context& context, ReturnId return_id);

struct ExchangePayment {
  std::string gateway, reference;  // together they make it the same payment
  std::int64_t amount = 0;
};
// The storefront has taken (a part of) what the customer owes. The same payment again changes nothing. Refused: more than is owed, or
// when nothing is waited for.
Result<ExchangeView> record_exchange_payment(const Context& context, ReturnId return_id, const ExchangePayment& payment);
// A person lets go of what the customer still owes.
Result<ExchangeView> let_difference_go(const Context& context, ReturnId return_id, const std::string& reason);
// A person sends the replacement before its trigger.
Result<ExchangeView> send_exchange_now(const Context& context, ReturnId return_id, const std::string& reason);
// The replacement is canceled and its stock freed; what comes back is paid back. Refused once something of it has left.
Result<ExchangeView> cancel_exchange(const Context& context, ReturnId return_id, const std::string& reason);

struct ExchangePage {
  std::vector<ExchangeView> items;
  std::optional<ReturnId> next;  // ask again after this one
};
// Exchanges in one state, or all that are not over; oldest first. `state` is checked.
Result<ExchangePage> list_exchanges(const Context& context, const std::optional<std::string>& state, ReturnId after, int limit);

// Exchanges whose replacement was canceled as an order: they are canceled too, and what comes back is paid back. Gives how many.
int settle_stray_exchanges(const Context& context, int limit);

}  // namespace roundtrip::usecases
