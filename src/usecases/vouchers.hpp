// Store credit: vouchers that refunds fill, the storefront redeems, and every entry of which is in the ledger.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/timeline.hpp"
#include "store/vouchers.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// How long the credit of a return is valid: three years, the limit of claims in most of the EU. Each new credit starts it again.
inline constexpr std::int64_t kReturnCreditValid = 1095 * kDay;

struct VoucherEntryView {
  std::string kind;  // issue credit bonus redeem release expire
  std::string reference, actor;
  std::int64_t amount = 0;  // redeem and expire below zero
  Instant at;
};
struct VoucherView {
  VoucherId id;
  std::string code;    // "ABCD-EFGH-JKMN-PQRS" where the asker may know it, else "****-****-****-PQRS"
  std::string status;  // active, used, expired
  std::string currency, reason;
  std::int64_t balance = 0;
  std::string customer_external_id, customer_email, customer_name;
  std::optional<OrderId> order;
  std::optional<ReturnId> return_id;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::vector<VoucherEntryView> entries;
};

struct NewVoucher {
  std::string reference;  // makes it the same voucher when it is sent again
  std::int64_t amount = 0;
  std::string currency;
  std::string reason = "goodwill";  // goodwill: an expense; sold: paid for as a line of an order
  std::string customer_external_id = {}, customer_email = {}, customer_name = {};
  std::optional<OrderId> order = {};
  std::optional<Instant> expires_at = {};
};
struct IssuedVoucher {
  VoucherView voucher;  // with its code
  bool fresh = false;   // false: it was issued before with this reference
};
Result<IssuedVoucher> issue_voucher(const Context& context, const NewVoucher& wanted);

// Credits what a refund of this order gives as store credit, with its bonus, inside the caller's transaction: onto the voucher of its
// return (one per return, one per order for other refunds), made when there is none. The ledger is the caller's.
VoucherId credit_refund(store::Transaction& tx, const Context& context, OrderId order, std::optional<ReturnId> return_id, RefundId refund,
                        std::int64_t amount, std::int64_t bonus, const std::string& currency);
// Gives back onto the voucher that a payment of gateway `store_credit` names (its code, or its id vch_...). Nothing when there is none
// in this currency.
std::optional<VoucherId> credit_payment(store::Transaction& tx, const Context& context, const std::string& payment_reference,
                                        RefundId refund, std::int64_t amount, const std::string& currency);

// By code or by id (vch_...), with its entries. The code is shown only when it was given.
Result<VoucherView> find_voucher(const Context& context, const std::string& code_or_id);

struct Redemption {
  VoucherView voucher;
  std::int64_t amount = 0;  // what was redeemed, or given back
  bool fresh = false;       // false: the reference had done this before
};
// Takes `amount` off; the same reference takes it once, and is refused with another amount. Never below zero; refused when expired or
// in another currency.
Result<Redemption> redeem_voucher(const Context& context, const std::string& code_or_id, std::int64_t amount, const std::string& currency,
                                  const std::string& reference);
// Gives a redemption back whole, once; the storefront's order was not placed after all.
Result<Redemption> release_redemption(const Context& context, const std::string& code_or_id, const std::string& reference);

// Of a customer's id in the shop, or of an e-mail; codes are hidden.
std::vector<VoucherView> vouchers_of_customer(const Context& context, const std::string& external_id, const std::string& email, int limit);
// Of an order, with their codes: for the customer who holds the order's link, and for the mail.
std::vector<VoucherView> vouchers_of_order(const Context& context, OrderId order);
// The voucher that a succeeded store-credit refund filled, with its code.
std::optional<VoucherView> voucher_of_refund(const Context& context, OrderId order, std::optional<ReturnId> return_id);

// Writes off what is left of vouchers that ended; gives how many.
int expire_vouchers(const Context& context, int limit);

// "abcd efgh-jkmnpqrs" -> "ABCDEFGHJKMNPQRS"; nothing for what cannot be a code.
std::optional<std::string> normalized_voucher_code(std::string_view text);

}  // namespace roundtrip::usecases
