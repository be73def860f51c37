// Vouchers (store credit) and their append-only entries.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct VoucherRow {
  VoucherId id;
  std::string code_hash, nonce, hint, source, currency, reason;
  std::int64_t balance = 0;
  std::string customer_external_id, customer_email, customer_name;
  std::optional<OrderId> order;
  std::optional<ReturnId> return_id;
  std::string issued_by;
  Instant created_at;
  std::optional<Instant> expires_at;
};
struct VoucherEntry {
  std::string kind, reference, actor;
  std::int64_t amount = 0;
  Instant at;
};

// Inserts an empty voucher; nothing when one with its source exists.
std::optional<VoucherId> insert_voucher(Queryable& db, MerchantId merchant, const VoucherRow& row);
std::optional<VoucherRow> find_voucher(Queryable& db, MerchantId merchant, VoucherId id);
// FOR UPDATE, by what identifies one; after an order's lock, where there is one.
std::optional<VoucherRow> lock_voucher(Transaction& tx, MerchantId merchant, VoucherId id);
std::optional<VoucherRow> lock_voucher_by_source(Transaction& tx, MerchantId merchant, const std::string& source);
std::optional<VoucherRow> voucher_by_hash(Queryable& db, MerchantId merchant, const std::string& code_hash);
// Of a customer's id in the shop or of an e-mail (lower case), newest first, at most `limit`.
std::vector<VoucherRow> vouchers_of_customer(Queryable& db, MerchantId merchant, const std::string& external_id, const std::string& email,
                                             int limit);
std::vector<VoucherRow> vouchers_of_order(Queryable& db, MerchantId merchant, OrderId order);
// Queues an entry and the balance's move; the CHECK voucher_not_overdrawn holds the rest.
void add_voucher_entry(Transaction& tx, MerchantId merchant, VoucherId id, const VoucherEntry& entry);
std::optional<VoucherEntry> find_voucher_entry(Queryable& db, MerchantId merchant, VoucherId id, const std::string& kind,
                                               const std::string& reference);
std::vector<VoucherEntry> entries_of_voucher(Queryable& db, MerchantId merchant, VoucherId id);
// Queues a later end, never an earlier one.
void extend_voucher(Transaction& tx, MerchantId merchant, VoucherId id, std::optional<Instant> expires_at);
// With a balance, ended before `now`.
std::vector<VoucherId> expired_vouchers(Queryable& db, MerchantId merchant, Instant now, int limit);
struct VoucherHolder {
  std::string external_id, name, email;
};
VoucherHolder holder_of_order(Queryable& db, MerchantId merchant, OrderId order);

}  // namespace roundtrip::store
