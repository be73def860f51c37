// Housekeeping: bounded steps; a merchant whose step fails does not hold up the others.
#include "usecases/housekeeping.hpp"

#include <exception>

#include "base/log.hpp"
#include "store/idempotency.hpp"
#include "usecases/access.hpp"
#include "usecases/claims.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/exchanges.hpp"
#include "usecases/returns.hpp"
#include "usecases/stock.hpp"
#include "usecases/vouchers.hpp"
#include "usecases/withdrawals.hpp"

namespace roundtrip::usecases {
namespace {

constexpr int kKeysPerStep = 1000;
constexpr int kReturnsPerStep = 100;
constexpr int kCasesPerStep = 100;
constexpr int kVouchersPerStep = 100;
constexpr int kSkusPerStep = 100;

// True when the step was full: there may be more.
bool keep_house_of(store::Database& db, MerchantId merchant, Instant now) {
  const Context context{db, merchant, {"worker", "housekeeper"}, now};
  sweep_access(db, merchant, now);
  const auto keys = [&] {
    store::Session session(db);
    return store::sweep_keys(session, merchant, now - kIdempotencyKeysKept, kKeysPerStep);
  }();
  fill_forgotten_backorders(context, kSkusPerStep);
  settle_withdrawals(context);
  remind_of_labels(context, kReturnsPerStep);
  const auto due = due_to_expire(context, kReturnsPerStep);
  int expired = 0;
  for (const ReturnId id : due) expired += expire_return(context, id) ? 1 : 0;
  settle_stray_exchanges(context, kCasesPerStep);
  close_finished_claims(context, kCasesPerStep);
  const int ended = expire_vouchers(context, kVouchersPerStep);
  return keys == kKeysPerStep || ended == kVouchersPerStep || (expired > 0 && due.size() == kReturnsPerStep);
}

}  // namespace

int keep_house(store::Database& db, Instant now) {
  int more = 0;
  for (const MerchantView& merchant : list_merchants(db)) {
    try {
      more += keep_house_of(db, merchant.id, now) ? 1 : 0;
    } catch (const std::exception& fault) {
      log::error("housekeeping failed", {{"merchant", to_text(merchant.id)}, {"why", fault.what()}});
    }
  }
  return more;
}

}  // namespace roundtrip::usecases
