// Files of refunds that a person pays out.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct PayoutRow {
  std::int64_t id = 0;
  int refunds = 0;
  std::string content, checksum, made_by;
  Instant made_at;
};
struct RefundToPay {
  RefundId refund;
  std::string order, customer, email, currency, reason;
  std::int64_t amount = 0;
  Instant requested_at;
};
// Refunds that wait for a person and are in no file, oldest first; locked, so that two files at once share none.
std::vector<RefundToPay> refunds_for_payout(Transaction& tx, MerchantId merchant, int limit);
std::int64_t next_payout_id(Queryable& db);
// Queues the file and puts the refunds into it.
void insert_payout(Transaction& tx, MerchantId merchant, const PayoutRow& row, const std::vector<RefundId>& refunds);
// Newest first, without their content.
std::vector<PayoutRow> payouts_of(Queryable& db, MerchantId merchant, int limit);
// Without its content.
std::optional<PayoutRow> find_payout(Queryable& db, MerchantId merchant, std::int64_t payout);
std::optional<std::string> payout_content(Queryable& db, MerchantId merchant, std::int64_t payout);
// Takes a waiting refund out of its file; false when it is in none or waits no more.
bool leave_payout(Queryable& db, MerchantId merchant, RefundId refund);

}  // namespace roundtrip::store
