// Statements about vouchers.
#include "store/vouchers.hpp"

namespace roundtrip::store {
namespace {

#define VOUCHER_COLUMNS                                                                                                                    \
  "voucher_id, code_hash, nonce, hint, source, currency, reason, balance, customer_external_id, customer_email, customer_name, order_id, " \
  "return_id, issued_by, created_at, expires_at "

template <class... Args>
std::vector<VoucherRow> read_vouchers(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<VoucherRow> out;
  for (auto& [id, hash, nonce, hint, source, currency, reason, balance, customer, email, name, order, return_id, by, created, expires] :
       db.rows<VoucherId, std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t, std::string,
               std::string, std::string, std::optional<OrderId>, std::optional<ReturnId>, std::string, Instant, std::optional<Instant>>(
           sql, args...)) {
    out.push_back(
        {id, hash, nonce, hint, source, currency, reason, balance, customer, email, name, order, return_id, by, created, expires});
  }
  return out;
}

std::optional<VoucherRow> first_voucher(std::vector<VoucherRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

std::optional<VoucherId> insert_voucher(Queryable& db, MerchantId merchant, const VoucherRow& row) {
  return db.value<VoucherId>(
      "INSERT INTO vouchers (merchant_id, code_hash, nonce, hint, source, currency, reason, customer_external_id, customer_email, "
      "  customer_name, order_id, return_id, issued_by, created_at, expires_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (merchant_id, source) DO NOTHING "
      "RETURNING voucher_id",
      merchant, row.code_hash, row.nonce, row.hint, row.source, row.currency, row.reason, row.customer_external_id, row.customer_email,
      row.customer_name, row.order, row.return_id, row.issued_by, row.created_at, row.expires_at);
}

std::optional<VoucherRow> find_voucher(Queryable& db, MerchantId merchant, VoucherId id) {
  return first_voucher(
      read_vouchers(db, "SELECT " VOUCHER_COLUMNS "FROM vouchers WHERE merchant_id = $1 AND voucher_id = $2", merchant, id));
}

std::optional<VoucherRow> lock_voucher(Transaction& tx, MerchantId merchant, VoucherId id) {
  return first_voucher(
      read_vouchers(tx, "SELECT " VOUCHER_COLUMNS "FROM vouchers WHERE merchant_id = $1 AND voucher_id = $2 FOR UPDATE", merchant, id));
}

std::optional<VoucherRow> lock_voucher_by_source(Transaction& tx, MerchantId merchant, const std::string& source) {
  return first_voucher(
      read_vouchers(tx, "SELECT " VOUCHER_COLUMNS "FROM vouchers WHERE merchant_id = $1 AND source = $2 FOR UPDATE", merchant, source));
}

std::optional<VoucherRow> voucher_by_hash(Queryable& db, MerchantId merchant, const std::string& code_hash) {
  return first_voucher(
      read_vouchers(db, "SELECT " VOUCHER_COLUMNS "FROM vouchers WHERE merchant_id = $1 AND code_hash = $2", merchant, code_hash));
}

std::vector<VoucherRow> vouchers_of_customer(Queryable& db, MerchantId merchant, const std::string& external_id, const std::string& email,
                                             int limit) {
  if (!external_id.empty()) {
    return read_vouchers(db,
                         "SELECT " VOUCHER_COLUMNS
                         "FROM vouchers WHERE merchant_id = $1 AND customer_external_id = $2 AND customer_external_id <> '' "
                         "ORDER BY voucher_id DESC LIMIT $3",
                         merchant, external_id, limit);
  }
  return read_vouchers(db,
                       "SELECT " VOUCHER_COLUMNS
                       "FROM vouchers WHERE merchant_id = $1 AND customer_email = $2 AND customer_email <> '' ORDER BY voucher_id DESC "
                       "LIMIT $3",
                       merchant, email, limit);
}

std::vector<VoucherRow> vouchers_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_vouchers(db, "SELECT " VOUCHER_COLUMNS "FROM vouchers WHERE merchant_id = $1 AND order_id = $2 ORDER BY voucher_id", merchant,
                       order);
}

void add_voucher_entry(Transaction& tx, MerchantId merchant, VoucherId id, const VoucherEntry& entry) {
  tx.write("INSERT INTO voucher_entries (merchant_id, voucher_id, kind, reference, amount, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           merchant, id, entry.kind, entry.reference, entry.amount, entry.actor, entry.at);
  tx.write("UPDATE vouchers SET balance = balance + $3 WHERE merchant_id = $1 AND voucher_id = $2", merchant, id, entry.amount);
}

std::optional<VoucherEntry> find_voucher_entry(Queryable& db, MerchantId merchant, VoucherId id, const std::string& kind,
                                               const std::string& reference) {
  auto row = db.row<std::string, std::string, std::string, std::int64_t, Instant>(
      "SELECT kind, reference, actor, amount, at FROM voucher_entries WHERE merchant_id = $1 AND voucher_id = $2 AND kind = $3 AND "
      "reference "
      "= $4",
      merchant, id, kind, reference);
  if (!row) return std::nullopt;
  auto& [found_kind, found_reference, actor, amount, at] = *row;
  return VoucherEntry{found_kind, found_reference, actor, amount, at};
}

std::vector<VoucherEntry> entries_of_voucher(Queryable& db, MerchantId merchant, VoucherId id) {
  std::vector<VoucherEntry> out;
  for (auto& [kind, reference, actor, amount, at] : db.rows<std::string, std::string, std::string, std::int64_t, Instant>(
           "SELECT kind, reference, actor, amount, at FROM voucher_entries WHERE merchant_id = $1 AND voucher_id = $2 ORDER BY entry_id",
           merchant, id)) {
    out.push_back({kind, reference, actor, amount, at});
  }
  return out;
}

void extend_voucher(Transaction& tx, MerchantId merchant, VoucherId id, std::optional<Instant> expires_at) {
  tx.write(
      "UPDATE vouchers SET expires_at = CASE WHEN expires_at IS NULL OR $3::timestamptz IS NULL THEN NULL ELSE greatest(expires_at, "
      "$3::timestamptz) END WHERE merchant_id = $1 AND voucher_id = $2",
      merchant, id, expires_at);
}

std::vector<VoucherId> expired_vouchers(Queryable& db, MerchantId merchant, Instant now, int limit) {
  std::vector<VoucherId> out;
  for (auto& [id] : db.rows<VoucherId>("SELECT voucher_id FROM vouchers WHERE merchant_id = $1 AND balance > 0 AND expires_at IS NOT NULL "
                                       "AND expires_at < $2 ORDER BY expires_at LIMIT $3::int",
                                       merchant, now, limit)) {
    out.push_back(id);
  }
  return out;
}

VoucherHolder holder_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  auto row = db.row<std::string, std::string, std::string>(
      "SELECT coalesce(customer_external_id, ''), coalesce(customer_name, ''), coalesce(customer_email, '') FROM orders "
      "WHERE merchant_id = $1 AND order_id = $2",
      merchant, order);
  if (!row) return {};
  auto& [external_id, name, email] = *row;
  return {external_id, name, email};
}

}  // namespace roundtrip::store
