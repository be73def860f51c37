// Mapping codes, and working through what came before they were mapped.
#include "usecases/carrier_codes.hpp"

#include <map>

#include "carriers/carrier.hpp"
#include "store/tracking.hpp"
#include "usecases/tracking_carriers.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {
namespace {
constexpr int kCodesShown = 500;
constexpr int kTrackersPerBatch = 200;

Error invalid_word(const char* field, const std::string& what) {
  return {ErrorKind::invalid, "invalid_code_map", what, {{std::string("/") + field, "invalid", what}}};
}

// Works out trackers anew, each by the plan of its account; the usual one where there is none any more. Gives the number of changed ones.
int rederive_by_account(store::Database& db, const CarrierRoom& room, const PollOptions& options, std::vector<store::TrackerRow> trackers,
                        Instant now) {
  std::map<const Account*, std::vector<store::TrackerRow>> by_account;
  for (auto& tracker : trackers) by_account[room.find(tracker.carrier, tracker.account)].push_back(std::move(tracker));
  int changed = 0;
  for (const auto& [account, of_account] : by_account)
    changed += rederive(db, of_account, account == nullptr ? RecordPlan{} : plan_of(account->account, options), now);
  return changed;
}
}  // namespace

CarrierCodes read_carrier_codes(const Context& context) {
  store::Session session(context.db);
  return {store::unmapped_codes(session, context.merchant, kCodesShown), store::mapped_codes(session, context.merchant, kCodesShown)};
}

Result<MappedCode> map_carrier_code(const Context& context, const WantedMeaning& wanted) {
  using domain::TrackingStatus;
  if (carriers::find_carrier(wanted.carrier) == nullptr) return invalid_word("carrier", "There is no carrier of that name.");
  if (wanted.code.empty()) return invalid_word("code", "Name the carrier's code, or its text where it gives no code.");
  const auto status = domain::parse_tracking_status(wanted.status);
  if (!status || *status == TrackingStatus::expired || *status == TrackingStatus::pending || *status == TrackingStatus::unknown)
    return invalid_word("status", "A status that a carrier can say, such as in_transit, delivered or exception.");
  const auto reason = domain::parse_tracking_reason(wanted.reason);
  if (!reason) return invalid_word("reason", "There is no such reason; leave it out when there is none.");
  const MappedCode code{wanted.carrier, wanted.code, {*status, *reason, wanted.physical}, context.actor.name, context.now};
  store::Transaction tx(context.db);
  store::map_code(tx, context.merchant, code);
  tx.commit();
  return code;
}

Result<MappedCode> take_back_carrier_code(const Context& context, const std::string& carrier, const std::string& code) {
  store::Transaction tx(context.db);
  auto was = store::take_back_code(tx, context.merchant, {carrier, code}, context.actor.name, context.now);
  if (!was) return Error{ErrorKind::not_found, "not_found", "This code has no meaning of yours."};
  tx.commit();
  return *was;
}

int rederive_code(store::Database& db, const Carriers& carriers, const PollOptions& options, const Job& job, Instant now) {
  std::optional<store::CodeKey> key;
  {
    store::Session session(db);
    key = store::code_of_map(session, job.merchant, job.subject);
  }
  if (!key) return 0;
  int changed = 0;
  for (TrackerId after{0};;) {
    std::vector<store::TrackerRow> trackers;
    {
      store::Session session(db);
      const auto ids = store::trackers_with_code(session, job.merchant, *key, after, kTrackersPerBatch);
      if (ids.empty()) return changed;
      after = ids.back();
      trackers = store::trackers_by_id(session, job.merchant, ids);
    }
    changed += rederive_by_account(db, carriers.room(), options, std::move(trackers), now);
  }
}

}  // namespace roundtrip::usecases
