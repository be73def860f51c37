// The notifications table.
#include "store/notifications.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {

using Columns = std::tuple<NotificationId, OrderId, std::string, std::string, std::string, std::string, Instant>;

NotificationRow to_row(Columns&& columns) {
  auto& [id, order, milestone, key, about, state, created_at] = columns;
  return {id, order, domain::parse_milestone(milestone).value(), key, about, domain::parse_notification_state(state).value(), created_at};
}

std::string semantic_key(OrderId order, domain::Milestone milestone, const std::string& about) {
  return to_text(order) + "/" + std::string(domain::to_text(milestone)) + "/" + about;
}

}  // namespace

void queue_notification(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone, const std::string& about,
                        Instant send_at, Instant now) {
  const std::string key = semantic_key(order, milestone, about);
  tx.write(
      "WITH told AS (INSERT INTO notifications (merchant_id, order_id, milestone, semantic_key, subject_ref, state, created_at) "
      "  VALUES ($1, $2, $3, $4, $5, 'queued', $6) ON CONFLICT (merchant_id, semantic_key) DO NOTHING RETURNING merchant_id, "
      "notification_id) "
      "INSERT INTO jobs (merchant_id, kind, subject_id, run_at, created_at) "
      "SELECT merchant_id, 'notification', notification_id, $7, $6 FROM told",
      merchant, order, domain::to_text(milestone), key, about, now, send_at);
}

std::optional<NotificationRow> notification_to_send(Queryable& db, MerchantId merchant, NotificationId id) {
  auto found = db.row<NotificationId, OrderId, std::string, std::string, std::string, std::string, Instant>(
      "SELECT notification_id, order_id, milestone, semantic_key, subject_ref, state, created_at "
      "FROM notifications WHERE merchant_id = $1 AND notification_id = $2",
      merchant, id);
  if (!found) return std::nullopt;
  return to_row(std::move(*found));
}

std::vector<NotificationRow> lock_waiting_notifications(Transaction& tx, MerchantId merchant, OrderId order, NotificationId id) {
  std::vector<NotificationRow> out;
  for (auto& columns : tx.rows<NotificationId, OrderId, std::string, std::string, std::string, std::string, Instant>(
           "SELECT notification_id, order_id, milestone, semantic_key, subject_ref, state, created_at FROM notifications "
           "WHERE merchant_id = $1 AND order_id = $2 AND (state IN ('queued', 'sending') OR notification_id = $3) "
           // "+ 0": the few rows are sorted; an index in this order would read every message of the merchant.
           "ORDER BY notification_id + 0 LIMIT 500 FOR UPDATE",
           merchant, order, id)) {
    out.push_back(to_row(std::move(columns)));
  }
  return out;
}

void mark_sending(Transaction& tx, MerchantId merchant, const SendingRow& row) {
  tx.write(
      "UPDATE notifications SET state = 'sending', milestone = $3, subject_ref = $4, recipient = $5, locale = $6, message_id = $7, "
      "last_error = '' "
      "WHERE merchant_id = $1 AND notification_id = $2 AND state IN ('queued', 'sending')",
      merchant, row.id, domain::to_text(row.milestone), row.about, row.recipient, row.locale, row.message_id);
}

void mark_superseded(Transaction& tx, MerchantId merchant, const std::vector<NotificationId>& ids, const std::string& why) {
  if (ids.empty()) return;
  auto set = nlohmann::json::array();
  for (const auto id : ids) set.push_back({{"id", id.value}});
  tx.write(
      // By keys, not by joins: these are few rows, and a join may read the whole table.
      "WITH over AS (UPDATE notifications n SET state = 'superseded', last_error = $3 "
      "  WHERE n.merchant_id = $1 AND n.notification_id = ANY (ARRAY(SELECT x.id FROM jsonb_to_recordset($2::jsonb) AS x(id bigint))) "
      "  AND n.state IN ('queued', 'sending') RETURNING n.notification_id) "
      "DELETE FROM jobs j WHERE j.merchant_id = $1 AND j.kind = 'notification' AND j.subject_id = ANY (ARRAY(SELECT notification_id FROM "
      "over))",
      merchant, set.dump(), why);
}

void withhold_notification(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone, const std::string& about) {
  tx.write(
      "WITH held AS (UPDATE notifications SET state = 'superseded', last_error = 'withheld' "
      "  WHERE merchant_id = $1 AND semantic_key = $2 AND state = 'queued' RETURNING notification_id) "
      "DELETE FROM jobs WHERE merchant_id = $1 AND kind = 'notification' AND subject_id = ANY (ARRAY(SELECT notification_id FROM held))",
      merchant, semantic_key(order, milestone, about));
}

void tell_withheld(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone, const std::string& about,
                   Instant now) {
  tx.write(
      "WITH told AS (UPDATE notifications SET state = 'queued', last_error = '' "
      "  WHERE merchant_id = $1 AND semantic_key = $2 AND state = 'superseded' AND last_error = 'withheld' RETURNING notification_id) "
      "INSERT INTO jobs (merchant_id, kind, subject_id, run_at, created_at) "
      "SELECT $1::bigint, 'notification', notification_id, $3::timestamptz, $3::timestamptz FROM told",
      merchant, semantic_key(order, milestone, about), now);
}

void mark_sent(Transaction& tx, MerchantId merchant, NotificationId id, const std::string& title, const std::string& body, Instant now) {
  tx.write(
      "UPDATE notifications SET state = 'sent', title = $3, body = $4, sent_at = $5, last_error = '' "
      "WHERE merchant_id = $1 AND notification_id = $2 AND state = 'sending'",
      merchant, id, title, body, now);
}

void mark_unsent(Queryable& db, MerchantId merchant, NotificationId id, const std::string& why) {
  db.run("UPDATE notifications SET state = 'queued', last_error = $3 WHERE merchant_id = $1 AND notification_id = $2 AND state = 'sending'",
         {merchant, id, why});
}

void mark_dead(Queryable& db, MerchantId merchant, NotificationId id, const std::string& why) {
  db.run(
      "UPDATE notifications SET state = 'dead', last_error = $3 WHERE merchant_id = $1 AND notification_id = $2 AND state IN ('queued', "
      "'sending')",
      {merchant, id, why});
}

bool revive_notification(Transaction& tx, MerchantId merchant, NotificationId id, Instant now) {
  const bool revived = tx.value<NotificationId>(
                             "UPDATE notifications SET state = 'queued' WHERE merchant_id = $1 AND notification_id = $2 AND state = 'dead' "
                             "RETURNING notification_id",
                             merchant, id)
                           .has_value();
  if (revived) add_job(tx, merchant, kNotificationJob, id.value, now, now);
  return revived;
}

}  // namespace roundtrip::store
