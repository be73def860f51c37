// Refunds: the state machine, the money that units release (law 2) and its split over payments (law 3).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class RefundState { requested, submitted, succeeded, failed, in_doubt, denied, reversed };
inline constexpr Word<RefundState> kRefundStates[] = {{RefundState::requested, "requested"}, {RefundState::submitted, "submitted"},
                                                      {RefundState::succeeded, "succeeded"}, {RefundState::failed, "failed"},
                                                      {RefundState::in_doubt, "in_doubt"},   {RefundState::denied, "denied"},
                                                      {RefundState::reversed, "reversed"}};
inline std::string_view to_text(RefundState state) { return word_of(kRefundStates, state); }
inline std::optional<RefundState> parse_refund_state(std::string_view text) { return value_of(kRefundStates, text); }

// lose_answer: the gateway may have paid, we do not know. in_doubt is left only by asking with the same key.
// reverse: the money came back after it was paid, or a person replaces a refund that failed for good by a new one.
enum class RefundEvent { submit, succeed, fail, lose_answer, deny, reverse };
inline constexpr Step<RefundState, RefundEvent> kRefundSteps[] = {
    {RefundState::requested, RefundEvent::submit, RefundState::submitted},
    {RefundState::requested, RefundEvent::deny, RefundState::denied},
    {RefundState::submitted, RefundEvent::succeed, RefundState::succeeded},
    {RefundState::submitted, RefundEvent::fail, RefundState::failed},
    {RefundState::submitted, RefundEvent::lose_answer, RefundState::in_doubt},
    {RefundState::in_doubt, RefundEvent::succeed, RefundState::succeeded},
    {RefundState::in_doubt, RefundEvent::fail, RefundState::failed},
    {RefundState::failed, RefundEvent::submit, RefundState::submitted},  // with the same key
    {RefundState::failed, RefundEvent::reverse, RefundState::reversed},
    {RefundState::succeeded, RefundEvent::reverse, RefundState::reversed},
};
static_assert(unambiguous(kRefundSteps) && all_reachable(kRefundSteps, RefundState::requested));

// What is given back, by component. amount() is what the customer gets.
struct Components {
  std::int64_t price = 0, discount = 0, tax = 0, shipping = 0, fees = 0;
  std::int64_t amount() const { return price - discount + tax + shipping - fees; }
  bool operator==(const Components&) const = default;
};
Components operator+(const Components& a, const Components& b);

// Where a line's share of the outbound shipping lies in the order's: what the lines before it carry, and all of them.
struct ShippingPlace {
  std::int64_t before = 0, all = 0;          // without tax
  std::int64_t tax_before = 0, tax_all = 0;  // its tax
};

// An order line's frozen money and what was released of it so far.
struct LineMoney {
  std::int64_t quantity = 0;
  std::int64_t released_units = 0;
  Components frozen;              // fees is 0
  Components released;            // fees is 0
  std::int64_t shipping_tax = 0;  // the part of frozen.tax that belongs to the shipping
  ShippingPlace place = {};
};

// What releasing `units` more releases: the share of the first released_units + units, less what was
// released. So batches of any sizes, and batches that were taken back, sum to the frozen amounts exactly.
Components release(const LineMoney& line, std::int64_t units);

// Where the shipping that units release lies within the order's.
struct ShippingSpan {
  std::int64_t from = 0, to = 0, all = 0;
  std::int64_t tax_from = 0, tax_to = 0, tax_all = 0;
};
// Of releasing `units` more.
ShippingSpan shipping_span(const LineMoney& line, std::int64_t units);
struct ShippingShare {
  std::int64_t amount = 0, tax = 0;
};
// The part of a span that is more than the standard delivery of the order cost, `standard` with tax. What is left of all spans of an
// order sums to the smaller of both exactly, in whatever batches units come back, and no batch pays back more than it released.
ShippingShare surcharge_of(const ShippingSpan& span, std::int64_t standard);

// What a policy keeps of a release. Cancellations keep nothing.
struct Deductions {
  int restocking_basis_points = 0;  // of price - discount + tax, rounded half to even
  std::int64_t fixed_fee = 0;       // minor units, at most what is due
  bool refund_shipping = true;
  // With tax. What a faster delivery that the customer chose cost above it is not paid back (Directive 2011/83/EU, article 13(2)).
  std::optional<std::int64_t> standard_shipping = {};
};
// Units of several lines that are released together.
struct Released {
  Components components;
  std::int64_t shipping_tax = 0;       // the shipping's part of components.tax
  std::vector<ShippingSpan> shipping;  // of each line
  void add(const Components& share, const ShippingSpan& span);
};
// What is due to the customer of it: withheld shipping leaves shipping and tax, fees are set; never below zero.
Components due_of(const Released& released, const Deductions& deductions);

// Where the money of a refund goes: back the way it came, onto a voucher, or into the order that replaces goods.
enum class RefundDestination { original, store_credit, exchange };
inline constexpr Word<RefundDestination> kRefundDestinations[] = {{RefundDestination::original, "original"},
                                                                  {RefundDestination::store_credit, "store_credit"},
                                                                  {RefundDestination::exchange, "exchange"}};
inline std::string_view to_text(RefundDestination destination) { return word_of(kRefundDestinations, destination); }
inline std::optional<RefundDestination> parse_refund_destination(std::string_view text) { return value_of(kRefundDestinations, text); }

// Which payment gives back first when an order was paid with several. money_first is the field's habit and the default: what was paid
// with money comes back as money before vouchers are filled up again (Directive 2011/83/EU, article 13: the same means of payment), and
// a gateway's time for refunds runs out, a voucher's does not.
enum class RefundOrder { money_first, credit_first, proportional };
inline constexpr Word<RefundOrder> kRefundOrders[] = {
    {RefundOrder::money_first, "money_first"}, {RefundOrder::credit_first, "credit_first"}, {RefundOrder::proportional, "proportional"}};
inline std::string_view to_text(RefundOrder order) { return word_of(kRefundOrders, order); }
inline std::optional<RefundOrder> parse_refund_order(std::string_view text) { return value_of(kRefundOrders, text); }

struct PaymentRoom {
  PaymentId payment;
  std::int64_t room = 0;  // what can still be given back; the weight when payments share in proportion
  bool credit = false;    // a voucher or an exchange, not money
};
struct DestinationShare {
  RefundDestination to = RefundDestination::original;
  std::int64_t at_most = 0;  // minor units
};
struct SplitTerms {
  std::vector<DestinationShare> destinations;  // in order; what they leave goes back the way it came
  int bonus_basis_points = 0;                  // on top of what goes to store credit
  std::int64_t credited_before = 0;            // of the same cause: the bonus of batches telescopes
  RefundOrder order = RefundOrder::money_first;
};
struct RefundPart {
  PaymentId payment;
  Components components;
  RefundDestination to = RefundDestination::original;
  std::int64_t bonus = 0;
};
// Splits what is due over the payments, each up to its room, and over the destinations; a part is what one payment gives to one
// destination. When less was captured than is due, the parts stop at what was captured and each component shrinks in proportion (price
// balances), so that every part says truthfully what it pays back.
std::vector<RefundPart> split(const Components& due, const std::vector<PaymentRoom>& payments, const SplitTerms& terms = {});

}  // namespace roundtrip::domain
