// Refunds: the state machine, the money that units release (law 2) and its split over payments (law 3).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class RefundState { requested, submitted, succeeded, failed, in_doubt, denied };
inline constexpr Word<RefundState> kRefundStates[] = {{RefundState::requested, "requested"}, {RefundState::submitted, "submitted"},
                                                      {RefundState::succeeded, "succeeded"}, {RefundState::failed, "failed"},
                                                      {RefundState::in_doubt, "in_doubt"},   {RefundState::denied, "denied"}};
inline std::string_view to_text(RefundState state) { return word_of(kRefundStates, state); }
inline std::optional<RefundState> parse_refund_state(std::string_view text) { return value_of(kRefundStates, text); }

// lose_answer: the gateway may have paid, we do not know. in_doubt is left only by asking with the same key.
enum class RefundEvent { submit, succeed, fail, lose_answer, deny };
inline constexpr Step<RefundState, RefundEvent> kRefundSteps[] = {
    {RefundState::requested, RefundEvent::submit, RefundState::submitted},
    {RefundState::requested, RefundEvent::deny, RefundState::denied},
    {RefundState::submitted, RefundEvent::succeed, RefundState::succeeded},
    {RefundState::submitted, RefundEvent::fail, RefundState::failed},
    {RefundState::submitted, RefundEvent::lose_answer, RefundState::in_doubt},
    {RefundState::in_doubt, RefundEvent::succeed, RefundState::succeeded},
    {RefundState::in_doubt, RefundEvent::fail, RefundState::failed},
    {RefundState::failed, RefundEvent::submit, RefundState::submitted},  // with the same key
};
static_assert(unambiguous(kRefundSteps) && all_reachable(kRefundSteps, RefundState::requested));

// What is given back, by component. amount() is what the customer gets.
struct Components {
  std::int64_t price = 0, discount = 0, tax = 0, shipping = 0, fees = 0;
  std::int64_t amount() const { return price - discount + tax + shipping - fees; }
  bool operator==(const Components&) const = default;
};
Components operator+(const Components& a, const Components& b);

// An order line's frozen money and what was released of it so far.
struct LineMoney {
  std::int64_t quantity = 0;
  std::int64_t released_units = 0;
  Components frozen;              // fees is 0
  Components released;            // fees is 0
  std::int64_t shipping_tax = 0;  // the part of frozen.tax that belongs to the shipping
};

// What releasing `units` more releases: the share of the first released_units + units, less what was
// released. So batches of any sizes, and batches that were taken back, sum to the frozen amounts exactly.
Components release(const LineMoney& line, std::int64_t units);

// What a policy keeps of a release. Cancellations keep nothing.
struct Deductions {
  int restocking_basis_points = 0;  // of price - discount + tax, rounded half to even
  std::int64_t fixed_fee = 0;       // minor units, at most what is due
  bool refund_shipping = true;
};
// What is due to the customer of `released`: withheld shipping leaves shipping and tax, fees are set;
// never below zero. `shipping_tax` is the shipping's part of released.tax.
Components due_of(const Components& released, std::int64_t shipping_tax, const Deductions& deductions);

struct PaymentRoom {
  PaymentId payment;
  std::int64_t room = 0;  // captured - refunded
};
struct RefundPart {
  PaymentId payment;
  Components components;
};
// Splits what is due over the payments in order, each up to its room. When less was captured than is
// due, the parts stop at what was captured and each component shrinks in proportion (price balances),
// so that every part says truthfully what it pays back.
std::vector<RefundPart> split(const Components& due, const std::vector<PaymentRoom>& payments);

}  // namespace roundtrip::domain
