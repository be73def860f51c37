// What the use cases of returns call for the exchange of a return. Within the room only. The return's order is locked; a replacement's
// order is locked after it (its number is higher), stock last.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "domain/policy.hpp"
#include "store/exchanges.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/exchanges.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {

// What the returned units of one line release.
struct ReleasedLine {
  LineId line;
  std::string sku;
  std::int64_t units = 0;
  domain::Components released;    // shipping and its tax included
  std::int64_t shipping_tax = 0;  // the shipping's part of released.tax
};
struct ExchangePricing {
  std::vector<ReleasedLine> returned;
  std::int64_t credit = 0;                         // what all of it brings, after fees
  bool carries_shipping = true;                    // the policy gives the shipping back
  std::int64_t let_go_up_to = 0;                   // a difference up to this much is let go (setting exchanges.let_go_up_to)
  bool other_product = true;                       // false: another variant only
  std::map<std::string, std::string> models = {};  // of the SKUs that come back or are wanted; asked for when no other product may be
};
struct PricedExchange {
  std::vector<ExchangeLineView> lines;
  std::int64_t shipping = 0, shipping_tax = 0;
  std::int64_t discount = 0;  // a small difference that is let go
  std::int64_t total = 0, credit = 0;
};
std::map<std::string, std::string> models_of(store::Queryable& db, const Context& context, const std::vector<WantedReplacement>& wanted,
                                             const std::vector<ReleasedLine>& returned);
// Faults point into /exchange.
Result<PricedExchange> price_exchange(const std::vector<WantedReplacement>& wanted, const ExchangePricing& pricing);
ExchangeOffer offer_of(store::Queryable& db, const Context& context, WarehouseId warehouse, const PricedExchange& priced,
                       domain::ExchangeTrigger trigger);

// Names of the products that are wanted; a SKU that no product has is a fault.
std::optional<Error> name_products(store::Queryable& db, const Context& context, PricedExchange& priced);

// Writes the exchange of a return that was just made.
void open_exchange(store::Transaction& tx, const Context& context, const store::OrderHead& head, ReturnId return_id,
                   const PricedExchange& priced, domain::ExchangeTrigger trigger);
// Takes every step that the return, its goods and its money now ask for; nothing when the return has no exchange. Gives the SKUs whose
// stock became free: backorders to fill after the commit. The caller saves the head.
std::vector<std::string> settle_exchange(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id);
// The customer wants something else for a return that is not under way: cancels what was set aside, forgets the exchange, and gives the
// SKUs whose stock became free; nothing when there is none. `instead`: the SKUs that are set aside next, locked together with the
// others. Conflict exchange_state when the replacement has left.
Result<std::vector<std::string>> give_up_exchange(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                                  ReturnId return_id, std::vector<std::string> instead);
// The carrier has the return.
void note_exchange_carrier_scan(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id);

// True when the return has an exchange at all. `terms` then says how much of the money goes to the replacement.
bool direct_to_exchange(store::Transaction& tx, const Context& context, ReturnId return_id, RefundTerms& terms);
// The refunds of accepted units that went to the exchange become payments of the replacement. settle_exchange follows.
void pay_into_exchange(store::Transaction& tx, const Context& context, ReturnId return_id, const std::vector<RefundId>& refunds);

ExchangeView exchange_view(const store::StoredExchange& stored);

}  // namespace roundtrip::usecases
