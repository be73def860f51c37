// Exchanges: what a customer gets instead of what comes back, who owes whom, and when the replacement leaves. Pure.
//
// The replacement is an order of its own. What the returned units release of the old order (law 2) goes to it up to what it still costs
// (law 3: the room it takes on the old payment is the room it brings to the new one); the rest goes back as it was paid.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/refunds.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class ExchangeState {
  requested,         // the return waits for a person; nothing is reserved
  awaiting_payment,  // the replacement is reserved, and the customer owes a difference
  awaiting_goods,    // reserved, and waits for its trigger
  released,          // the replacement is on its way through the warehouse; the returned goods may still be under way
  customer_owes,     // the replacement has left and what was to come back did not, or was rejected: a person sees to it
  completed,
  canceled,
};
inline constexpr Word<ExchangeState> kExchangeStates[] = {{ExchangeState::requested, "requested"},
                                                          {ExchangeState::awaiting_payment, "awaiting_payment"},
                                                          {ExchangeState::awaiting_goods, "awaiting_goods"},
                                                          {ExchangeState::released, "released"},
                                                          {ExchangeState::customer_owes, "customer_owes"},
                                                          {ExchangeState::completed, "completed"},
                                                          {ExchangeState::canceled, "canceled"}};
inline std::string_view to_text(ExchangeState state) { return word_of(kExchangeStates, state); }
inline std::optional<ExchangeState> parse_exchange_state(std::string_view text) { return value_of(kExchangeStates, text); }

enum class ExchangeEvent { reserve, want_payment, settle_payment, release, miss, complete, cancel };
inline constexpr Step<ExchangeState, ExchangeEvent> kExchangeSteps[] = {
    {ExchangeState::requested, ExchangeEvent::reserve, ExchangeState::awaiting_goods},
    {ExchangeState::requested, ExchangeEvent::cancel, ExchangeState::canceled},
    {ExchangeState::awaiting_goods, ExchangeEvent::want_payment, ExchangeState::awaiting_payment},
    {ExchangeState::awaiting_goods, ExchangeEvent::release, ExchangeState::released},
    {ExchangeState::awaiting_goods, ExchangeEvent::cancel, ExchangeState::canceled},
    {ExchangeState::awaiting_payment, ExchangeEvent::settle_payment, ExchangeState::awaiting_goods},
    {ExchangeState::awaiting_payment, ExchangeEvent::cancel, ExchangeState::canceled},
    {ExchangeState::released, ExchangeEvent::complete, ExchangeState::completed},
    {ExchangeState::released, ExchangeEvent::miss, ExchangeState::customer_owes},
    {ExchangeState::released, ExchangeEvent::cancel, ExchangeState::canceled},  // nothing of it had left
    {ExchangeState::customer_owes, ExchangeEvent::complete, ExchangeState::completed},
};
static_assert(unambiguous(kExchangeSteps) && all_reachable(kExchangeSteps, ExchangeState::requested));

inline bool is_over(ExchangeState state) { return state == ExchangeState::completed || state == ExchangeState::canceled; }

struct ExchangeFacts {
  ExchangeState state = ExchangeState::requested;
  bool approved = false;          // the return was
  bool triggered = false;         // what lets the replacement leave has happened
  bool goods_open = false;        // units are still awaited, or nobody has decided about them yet
  bool goods_accepted = false;    // at least one unit was
  bool replacement_left = false;  // a unit of the replacement was handed over
  bool replacement_canceled = false;
  std::int64_t total = 0;    // what the replacement costs: its units that are not canceled
  std::int64_t held = 0;     // what its payments hold: captured less refunded
  std::int64_t let_go = 0;   // of the difference, by policy or a person
  std::int64_t credit = 0;   // what everything announced brings when all of it is accepted
  std::int64_t brought = 0;  // what accepted units brought so far
};
// What the customer owes now: what is still to come of the announced goods counts as if it had come.
std::int64_t owed(const ExchangeFacts& facts);
// What the replacement can still take of the money of accepted units; the rest goes back to the customer.
std::int64_t room_of(const ExchangeFacts& facts);
// The next step that the facts ask for; nothing when the exchange rests. Applied until it gives nothing.
std::optional<ExchangeEvent> next_event(const ExchangeFacts& facts);

// Whether one may come evenly instead of the other: the same product, or variants of one model.
struct ProductName {
  std::string_view sku, model;  // model: empty when it has no variants
};
bool same_product(const ProductName& one, const ProductName& other);

// The money of a replacement that costs just what the units it stands for release: the price line by line, everything else the order's.
// With a difference from `components.amount()` of zero.
struct EvenPrice {
  std::int64_t unit_price = 0, discount = 0, tax = 0;
};
// For `units` of a replacement that stand for released goods of the value `goods` (price, discount and the goods' tax; no shipping).
EvenPrice even_price(const Components& goods, std::int64_t units);

}  // namespace roundtrip::domain
