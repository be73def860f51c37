// Claims and their lines as rows.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/claims.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ClaimLineRow {
  LineId line;
  std::string sku, description;
  std::int64_t quantity = 0;
  std::int64_t held = 0;  // of them counted as claimed on the order's line
};
struct ClaimRow {
  ClaimId id;
  OrderId order;
  domain::ClaimKind kind = domain::ClaimKind::damaged;
  domain::ClaimState state = domain::ClaimState::opened;
  domain::ClaimOutcome wish = domain::ClaimOutcome::undecided, outcome = domain::ClaimOutcome::undecided;
  std::string note, decision_note, opened_by, decided_by, carrier, tracking_number;
  std::optional<ParcelId> parcel;
  std::optional<ReturnId> return_id;
  std::optional<OrderId> replacement;
  Instant opened_at, updated_at;
  std::optional<Instant> decided_at, repair_by, sent_back_at, closed_at, turned_up_at;
  std::vector<ClaimLineRow> lines;
};

// Inserts the claim and its lines, and takes their units on the order's lines.
ClaimId insert_claim(Transaction& tx, MerchantId merchant, const ClaimRow& row);
// Queues everything but order, kind, wish, note and the lines.
void save_claim(Transaction& tx, MerchantId merchant, const ClaimRow& row);
// Gives units back to the order's lines, or into a return: from `held` to what the lines now say.
void save_held_units(Transaction& tx, MerchantId merchant, ClaimId id, OrderId order, const std::vector<ClaimLineRow>& before,
                     const std::vector<ClaimLineRow>& after);

std::optional<OrderId> order_of_claim(Queryable& db, MerchantId merchant, ClaimId id);
// FOR UPDATE; after the order's lock.
std::optional<ClaimRow> lock_claim(Transaction& tx, MerchantId merchant, OrderId order, ClaimId id);
// The open claim that waits for the goods of this return.
std::optional<ClaimId> claim_of_return(Queryable& db, MerchantId merchant, ReturnId id);
// Claims that say that the parcel is lost and are not rejected or withdrawn.
std::vector<ClaimId> lost_claims_of(Queryable& db, MerchantId merchant, ParcelId parcel);

struct StoredClaim {
  ClaimRow row;
  std::string order_number, customer_name, currency, replacement_number;
  int replacement_generation = 0;  // of its links
  std::vector<RefundId> refunds;
};
std::optional<StoredClaim> find_claim(Queryable& db, MerchantId merchant, ClaimId id);
std::vector<StoredClaim> claims_of_order(Queryable& db, MerchantId merchant, OrderId order);
// In one state (or all that are not over), oldest first, with an id above `after`; without refunds.
std::vector<StoredClaim> list_claims(Queryable& db, MerchantId merchant, std::optional<domain::ClaimState> state, ClaimId after, int limit);

// What a claim is judged by: the order's lines (requested is 0) and its deliveries.
domain::ClaimFacts claim_facts(Queryable& db, MerchantId merchant, OrderId order);
// What is in a parcel that has left; empty when it is not the order's.
std::vector<ClaimLineRow> parcel_contents(Queryable& db, MerchantId merchant, OrderId order, ParcelId parcel);
// Accepted claims whose refunds are all paid or whose replacement has arrived: they can be closed.
std::vector<ClaimId> finished_claims(Queryable& db, MerchantId merchant, int limit);

}  // namespace roundtrip::store
