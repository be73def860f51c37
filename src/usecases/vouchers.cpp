// Vouchers: made, filled, redeemed, given back and ended; each in one transaction with its entry and its posting.
#include "usecases/vouchers.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/merchants.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"

namespace roundtrip::usecases {
namespace {

constexpr std::string_view kCodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCodeCharacters = 16;  // 80 bits

// 80 bits of a keyed hash, five at a time.
std::string code_of_nonce(store::Queryable& db, MerchantId merchant, const std::string& nonce) {
  const std::string hex = hmac_sha256_hex(store::link_secret(db, random_token(32)), "voucher|" + to_text(merchant) + "|" + nonce);
  std::string bits;
  for (const char c : hex.substr(0, 20)) {
    const int value = c <= '9' ? c - '0' : c - 'a' + 10;
    for (int bit = 3; bit >= 0; --bit) bits += (value >> bit) & 1 ? '1' : '0';
  }
  std::string code;
  for (std::size_t i = 0; i < kCodeCharacters; ++i) {
    std::size_t value = 0;
    for (std::size_t bit = 0; bit < 5; ++bit) value = value * 2 + (bits[i * 5 + bit] == '1' ? 1 : 0);
    code += kCodeAlphabet[value];
  }
  return code;
}

std::string hash_of_code(const std::string& code) { return sha256_hex("voucher|" + code); }

std::string grouped_code(const std::string& code) {
  return code.substr(0, 4) + "-" + code.substr(4, 4) + "-" + code.substr(8, 4) + "-" + code.substr(12, 4);
}

bool has_ended(const store::VoucherRow& row, Instant now) { return row.expires_at && *row.expires_at < now; }

VoucherView voucher_view(const store::VoucherRow& row, Instant now, const std::string& code = "") {
  VoucherView view;
  view.id = row.id;
  view.code = code.empty() ? "****-****-****-" + row.hint : grouped_code(code);
  view.status = has_ended(row, now) ? "expired" : row.balance > 0 ? "active" : "used";
  view.currency = row.currency;
  view.reason = row.reason;
  view.balance = row.balance;
  view.customer_external_id = row.customer_external_id;
  view.customer_email = row.customer_email;
  view.customer_name = row.customer_name;
  view.order = row.order;
  view.return_id = row.return_id;
  view.created_at = row.created_at;
  view.expires_at = row.expires_at;
  return view;
}

Error no_such_voucher() {
  return {ErrorKind::not_found, "voucher_not_found",
          "There is no voucher with this code. Check it: 16 letters and digits, no O, I, L or U."};
}

// Makes an empty voucher with a fresh code, or gives the one of its source, locked.
store::VoucherRow open_voucher(store::Transaction& tx, MerchantId merchant, store::VoucherRow row) {
  row.nonce = random_token();
  const std::string code = code_of_nonce(tx, merchant, row.nonce);
  row.code_hash = hash_of_code(code);
  row.hint = code.substr(12);
  store::insert_voucher(tx, merchant, row);
  return store::lock_voucher_by_source(tx, merchant, row.source).value();
}

std::string lower_ascii(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return c < 0x80 ? static_cast<char>(std::tolower(c)) : c; });
  return text;
}

struct FoundVoucher {
  VoucherId id;
  std::string code;  // as it was given; empty: found by id
};
std::optional<FoundVoucher> voucher_named(store::Queryable& db, MerchantId merchant, const std::string& code_or_id) {
  if (const auto id = parse_id<VoucherId>(code_or_id)) {
    if (store::find_voucher(db, merchant, *id)) return FoundVoucher{*id, ""};
    return std::nullopt;
  }
  const auto code = normalized_voucher_code(code_or_id);
  if (!code) return std::nullopt;
  const auto row = store::voucher_by_hash(db, merchant, hash_of_code(*code));
  if (!row) return std::nullopt;
  return FoundVoucher{row->id, *code};
}

std::vector<VoucherEntryView> entry_views(store::Queryable& db, MerchantId merchant, VoucherId id) {
  std::vector<VoucherEntryView> out;
  for (const auto& entry : store::entries_of_voucher(db, merchant, id))
    out.push_back({entry.kind, entry.reference, entry.actor, entry.amount, entry.at});
  return out;
}

std::optional<Error> check_new(const NewVoucher& wanted) {
  std::vector<Fault> faults;
  if (wanted.reference.empty()) faults.push_back({"/reference", "required", "A reference makes a repeated request harmless."});
  if (wanted.amount < 1) faults.push_back({"/amount", "out_of_range", "An amount is 1 minor unit or more."});
  if (!domain::is_currency(wanted.currency)) faults.push_back({"/currency", "unknown", "A currency is an ISO 4217 code."});
  if (wanted.reason != "goodwill" && wanted.reason != "sold") faults.push_back({"/reason", "unknown", "A reason is goodwill or sold."});
  if (faults.empty()) return std::nullopt;
  return Error{ErrorKind::invalid, "invalid_voucher", "The voucher cannot be issued as it is written; see errors.", std::move(faults)};
}

Error reference_taken(const std::string& reference, const std::string& how) {
  Error error{ErrorKind::conflict, "voucher_reference_taken", "The reference '" + reference + "' was used before, " + how + "."};
  error.explain = Explain{"voucher_reference", {{"reference", reference}}, "Send the same values again, or take another reference."};
  return error;
}

std::optional<Error> refuse_redemption(const store::VoucherRow& row, std::int64_t amount, const std::string& currency, Instant now) {
  const std::string balance = std::to_string(row.balance) + " " + row.currency;
  Error error{ErrorKind::conflict, "", ""};
  if (row.currency != currency) {
    error.code = "voucher_currency";
    error.message = "The voucher is in " + row.currency + ", not in " + currency + ".";
    error.explain = Explain{"voucher_currency", {{"voucher", row.currency}, {"asked", currency}}, "Redeem it in its own currency."};
  } else if (has_ended(row, now)) {
    error.code = "voucher_expired";
    error.message = "The voucher was valid until " + format_rfc3339(*row.expires_at) + ".";
    error.explain = Explain{"voucher_expired", {{"expired_at", format_rfc3339(*row.expires_at)}}, "Ask the customer for another payment."};
  } else if (amount > row.balance) {
    error.code = "voucher_balance";
    error.message = "The voucher holds less than that: " + balance + " in minor units.";
    error.explain = Explain{"voucher_balance", {{"balance", balance}, {"asked", std::to_string(amount)}}, "Redeem at most its balance."};
  } else {
    return std::nullopt;
  }
  return error;
}

store::VoucherEntry entry_of(const Context& context, const char* kind, const std::string& reference, std::int64_t amount) {
  return {kind, reference, context.actor.name, amount, context.now};
}

}  // namespace

std::optional<std::string> normalized_voucher_code(std::string_view text) {
  std::string code;
  for (char c : text) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kCodeAlphabet.find(c) == std::string_view::npos || code.size() == kCodeCharacters) return std::nullopt;
    code += c;
  }
  if (code.size() != kCodeCharacters) return std::nullopt;
  return code;
}

Result<IssuedVoucher> issue_voucher(const Context& context, const NewVoucher& wanted) {
  if (auto refused = check_new(wanted)) return *refused;
  store::Transaction tx(context.db);
  if (wanted.order && !store::lock_order(tx, context.merchant, *wanted.order))
    return Error{ErrorKind::not_found, "order_not_found", "There is no such order. Check the id (ord_...)."};
  store::VoucherRow row;
  row.source = "api:" + wanted.reference;
  row.currency = wanted.currency;
  row.reason = wanted.reason;
  row.customer_external_id = wanted.customer_external_id;
  row.customer_email = lower_ascii(wanted.customer_email);
  row.customer_name = wanted.customer_name;
  row.order = wanted.order;
  row.issued_by = context.actor.name;
  row.created_at = context.now;
  row.expires_at = wanted.expires_at;
  row = open_voucher(tx, context.merchant, std::move(row));
  const auto before = store::find_voucher_entry(tx, context.merchant, row.id, "issue", wanted.reference);
  if (before && (before->amount != wanted.amount || row.currency != wanted.currency || row.reason != wanted.reason))
    return reference_taken(wanted.reference, "for another voucher");
  if (!before) {
    store::add_voucher_entry(tx, context.merchant, row.id, entry_of(context, "issue", wanted.reference, wanted.amount));
    // What was sold is in the sales already, as a line of the order that paid it; from now on it is owed.
    store::post_to_ledger(tx, context.merchant, wanted.order, "voucher_issued:" + to_text(row.id),
                          {{wanted.reason == "sold" ? "sales" : "goodwill", wanted.amount}, {"store_credit", -wanted.amount}},
                          wanted.currency, context.now);
    row.balance += wanted.amount;
  }
  const std::string code = code_of_nonce(tx, context.merchant, row.nonce);
  tx.commit();
  return IssuedVoucher{voucher_view(row, context.now, code), !before};
}

VoucherId credit_refund(store::Transaction& tx, const Context& context, OrderId order, std::optional<ReturnId> return_id, RefundId refund,
                        std::int64_t amount, std::int64_t bonus, const std::string& currency) {
  store::VoucherRow row;
  row.source = return_id ? "return:" + to_text(*return_id) : "order:" + to_text(order);
  row.currency = currency;
  row.reason = return_id ? "return" : "refund";
  const auto customer = store::holder_of_order(tx, context.merchant, order);
  row.customer_external_id = customer.external_id;
  row.customer_email = lower_ascii(customer.email);
  row.customer_name = customer.name;
  row.order = order;
  row.return_id = return_id;
  row.issued_by = context.actor.name;
  row.created_at = context.now;
  row.expires_at = context.now + kReturnCreditValid;
  const auto end = row.expires_at;
  row = open_voucher(tx, context.merchant, std::move(row));
  store::extend_voucher(tx, context.merchant, row.id, end);
  store::add_voucher_entry(tx, context.merchant, row.id, entry_of(context, "credit", to_text(refund), amount));
  if (bonus > 0) store::add_voucher_entry(tx, context.merchant, row.id, entry_of(context, "bonus", to_text(refund), bonus));
  return row.id;
}

std::optional<VoucherId> credit_payment(store::Transaction& tx, const Context& context, const std::string& payment_reference,
                                        RefundId refund, std::int64_t amount, const std::string& currency) {
  const auto named = voucher_named(tx, context.merchant, payment_reference);
  if (!named) return std::nullopt;
  const auto row = store::lock_voucher(tx, context.merchant, named->id);
  if (!row || row->currency != currency) return std::nullopt;
  // Credit that ended comes back as new credit: the customer must be able to use it.
  if (row->expires_at) store::extend_voucher(tx, context.merchant, row->id, context.now + kReturnCreditValid);
  store::add_voucher_entry(tx, context.merchant, row->id, entry_of(context, "credit", to_text(refund), amount));
  return row->id;
}

Result<VoucherView> find_voucher(const Context& context, const std::string& code_or_id) {
  store::Session session(context.db);
  const auto named = voucher_named(session, context.merchant, code_or_id);
  if (!named) return no_such_voucher();
  auto view = voucher_view(store::find_voucher(session, context.merchant, named->id).value(), context.now, named->code);
  view.entries = entry_views(session, context.merchant, named->id);
  return view;
}

Result<Redemption> redeem_voucher(const Context& context, const std::string& code_or_id, std::int64_t amount, const std::string& currency,
                                  const std::string& reference) {
  if (amount < 1 || reference.empty()) {
    return Error{ErrorKind::invalid,
                 "invalid_redemption",
                 "A redemption has an amount of 1 minor unit or more, and a reference.",
                 {{amount < 1 ? "/amount" : "/reference", "out_of_range", "missing or too small"}}};
  }
  store::Transaction tx(context.db);
  const auto named = voucher_named(tx, context.merchant, code_or_id);
  if (!named) return no_such_voucher();
  auto row = store::lock_voucher(tx, context.merchant, named->id).value();
  if (const auto before = store::find_voucher_entry(tx, context.merchant, row.id, "redeem", reference)) {
    if (before->amount != -amount || row.currency != currency) return reference_taken(reference, "for another amount");
    if (store::find_voucher_entry(tx, context.merchant, row.id, "release", reference)) return reference_taken(reference, "and given back");
    return Redemption{voucher_view(row, context.now, named->code), amount, false};
  }
  if (auto refused = refuse_redemption(row, amount, currency, context.now)) return *refused;
  store::add_voucher_entry(tx, context.merchant, row.id, entry_of(context, "redeem", reference, -amount));
  store::post_to_ledger(tx, context.merchant, std::nullopt, "voucher_redeemed:" + to_text(row.id) + ":" + reference,
                        {{"store_credit", amount}, {"voucher_clearing", -amount}}, currency, context.now);
  row.balance -= amount;
  tx.commit();
  return Redemption{voucher_view(row, context.now, named->code), amount, true};
}

Result<Redemption> release_redemption(const Context& context, const std::string& code_or_id, const std::string& reference) {
  store::Transaction tx(context.db);
  const auto named = voucher_named(tx, context.merchant, code_or_id);
  if (!named) return no_such_voucher();
  auto row = store::lock_voucher(tx, context.merchant, named->id).value();
  const auto taken = store::find_voucher_entry(tx, context.merchant, row.id, "redeem", reference);
  if (!taken) return Error{ErrorKind::not_found, "redemption_not_found", "This voucher has no redemption with that reference."};
  const std::int64_t amount = -taken->amount;
  if (store::find_voucher_entry(tx, context.merchant, row.id, "release", reference))
    return Redemption{voucher_view(row, context.now, named->code), amount, false};
  store::add_voucher_entry(tx, context.merchant, row.id, entry_of(context, "release", reference, amount));
  store::post_to_ledger(tx, context.merchant, std::nullopt, "voucher_released:" + to_text(row.id) + ":" + reference,
                        {{"voucher_clearing", amount}, {"store_credit", -amount}}, row.currency, context.now);
  row.balance += amount;
  tx.commit();
  return Redemption{voucher_view(row, context.now, named->code), amount, true};
}

std::vector<VoucherView> vouchers_of_customer(const Context& context, const std::string& external_id, const std::string& email, int limit) {
  store::Session session(context.db);
  std::vector<VoucherView> out;
  for (const auto& row : store::vouchers_of_customer(session, context.merchant, external_id, lower_ascii(email), limit))
    out.push_back(voucher_view(row, context.now));
  return out;
}

std::vector<VoucherView> vouchers_of_order(const Context& context, OrderId order) {
  store::Session session(context.db);
  std::vector<VoucherView> out;
  for (const auto& row : store::vouchers_of_order(session, context.merchant, order))
    out.push_back(voucher_view(row, context.now, code_of_nonce(session, context.merchant, row.nonce)));
  return out;
}

std::optional<VoucherView> voucher_of_refund(const Context& context, OrderId order, std::optional<ReturnId> return_id) {
  for (auto& voucher : vouchers_of_order(context, order)) {
    if (voucher.return_id == return_id && (voucher.reason == "return" || voucher.reason == "refund")) return std::move(voucher);
  }
  return std::nullopt;
}

int expire_vouchers(const Context& context, int limit) {
  std::vector<VoucherId> ended;
  {
    store::Session session(context.db);
    ended = store::expired_vouchers(session, context.merchant, context.now, limit);
  }
  int count = 0;
  for (const auto id : ended) {
    store::Transaction tx(context.db);
    const auto row = store::lock_voucher(tx, context.merchant, id);
    if (!row || row->balance == 0 || !has_ended(*row, context.now)) continue;
    const std::string reference = format_rfc3339(context.now);
    store::add_voucher_entry(tx, context.merchant, id, entry_of(context, "expire", reference, -row->balance));
    store::post_to_ledger(tx, context.merchant, row->order, "voucher_expired:" + to_text(id) + ":" + reference,
                          {{"store_credit", row->balance}, {"write_offs", -row->balance}}, row->currency, context.now);
    tx.commit();
    ++count;
  }
  return count;
}

}  // namespace roundtrip::usecases
