// The subscription columns of the trackers table.
#include "store/subscriptions.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {

bool is_subscription_due(Session& db, const std::string& carrier, const std::vector<std::string>& names, Instant now) {
  std::vector<Statement> reads;
  for (const auto& name : names) {
    reads.push_back(
        {"SELECT 1 FROM trackers WHERE carrier = $1 AND account = $2 AND subscribe_at <= $3 AND ended_at IS NULL ORDER BY subscribe_at "
         "LIMIT 1",
         {carrier, name, now}});
  }
  for (const auto& rows : db.read_all(reads)) {
    if (!rows.empty()) return true;
  }
  return false;
}

std::vector<SubscriptionRow> claim_subscriptions(Database& db, const std::string& carrier, const std::vector<std::string>& names, int batch,
                                                 Instant again_at, Instant now) {
  std::vector<SubscriptionRow> claimed;
  Transaction tx(db);
  for (const auto& name : names) {
    const int room = batch - static_cast<int>(claimed.size());
    if (room <= 0) break;
    for (auto& [merchant, tracker, number] : tx.rows<MerchantId, TrackerId, std::string>(
             "WITH due AS MATERIALIZED (SELECT ctid FROM trackers WHERE carrier = $1 AND account = $2 AND subscribe_at <= $3 "
             "  AND ended_at IS NULL ORDER BY subscribe_at LIMIT $4::bigint FOR UPDATE SKIP LOCKED) "
             "UPDATE trackers t SET subscribe_at = $5 WHERE t.ctid = ANY(ARRAY(SELECT ctid FROM due)) "
             "RETURNING t.merchant_id, t.tracker_id, t.number",
             carrier, name, now, room, again_at)) {
      claimed.push_back({merchant, tracker, number});
    }
  }
  tx.commit();
  return claimed;
}

void record_subscriptions(Database& db, const std::vector<SubscriptionOutcome>& outcomes, Instant now) {
  if (outcomes.empty()) return;
  auto list = nlohmann::json::array();
  for (const auto& outcome : outcomes) {
    list.push_back({{"m", outcome.row.merchant.value},
                    {"t", outcome.row.tracker.value},
                    {"u", outcome.until ? nlohmann::json(format_rfc3339(*outcome.until)) : nlohmann::json()},
                    {"a", format_rfc3339(outcome.again_at)}});
  }
  Session session(db);
  session.run(
      "UPDATE trackers t SET subscribed_until = COALESCE(x.u, t.subscribed_until), subscribe_at = x.a, "
      "  next_check_at = CASE WHEN x.u IS NOT NULL AND COALESCE(t.subscribed_until, '-infinity') < $2::timestamptz "
      "    AND t.next_check_at > $2::timestamptz THEN $2::timestamptz ELSE t.next_check_at END "
      "FROM jsonb_to_recordset($1::jsonb) AS x(m bigint, t bigint, u timestamptz, a timestamptz) "
      "WHERE t.merchant_id = x.m AND t.tracker_id = x.t AND t.ended_at IS NULL",
      {list.dump(), now});
}

std::int64_t subscribed_trackers(Queryable& db, const AccountKey& key, Instant now) {
  return db
      .value<std::int64_t>(
          "SELECT count(*) FROM trackers WHERE carrier = $1 AND account = $2 AND subscribe_at IS NOT NULL AND ended_at IS NULL "
          "AND subscribed_until > $3",
          key.carrier, key.account, now)
      .value_or(0);
}

}  // namespace roundtrip::store
