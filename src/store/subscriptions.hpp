// Which trackers are to be subscribed with their carriers, and until when they are.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/carrier_accounts.hpp"

namespace roundtrip::store {

struct SubscriptionRow {
  MerchantId merchant;
  TrackerId tracker;
  std::string number;
};

// Whether a tracker of one of `names` (accounts of the carrier) is due to be subscribed or renewed.
bool is_subscription_due(Session& db, const std::string& carrier, const std::vector<std::string>& names, Instant now);
// Takes up to `batch` of them, the longest due first. They are due again at `again_at` unless something else is queued: a claim whose
// process died is repeated then.
std::vector<SubscriptionRow> claim_subscriptions(Database& db, const std::string& carrier, const std::vector<std::string>& names, int batch,
                                                 Instant again_at, Instant now);

struct SubscriptionOutcome {
  SubscriptionRow row;
  std::optional<Instant> until;  // accepted; nothing: as it was
  Instant again_at;
};
// A subscription that begins tells nothing of what was before it: then the tracker's next question comes at once.
void record_subscriptions(Database& db, const std::vector<SubscriptionOutcome>& outcomes, Instant now);

// Active trackers of the account that are pushed.
std::int64_t subscribed_trackers(Queryable& db, const AccountKey& key, Instant now);

}  // namespace roundtrip::store
