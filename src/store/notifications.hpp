// Notifications as rows: queued with a semantic key, claimed through jobs, kept as sent.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/notifications.hpp"
#include "store/database.hpp"
#include "store/jobs.hpp"

namespace roundtrip::store {

// Queues one message and its job, due at `send_at`, unless this (order, milestone, about) was told before.
// `about` is what the message is about: public ids, blank-separated ("pcl_1 pcl_2"), or empty for the order.
void queue_notification(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone, const std::string& about,
                        Instant send_at, Instant now);

struct NotificationRow {
  NotificationId id;
  OrderId order;
  domain::Milestone milestone = domain::Milestone::order_received;
  std::string semantic_key;
  std::string about;  // public ids, blank-separated
  domain::NotificationState state = domain::NotificationState::queued;
  Instant created_at;
};
std::optional<NotificationRow> notification_to_send(Queryable& db, MerchantId merchant, NotificationId id);
// Locks the order's messages that are queued or sending, and message `id` itself; by id, at most 500.
std::vector<NotificationRow> lock_waiting_notifications(Transaction& tx, MerchantId merchant, OrderId order, NotificationId id);

// What is known when a message is about to go out.
struct SendingRow {
  NotificationId id;
  domain::Milestone milestone = domain::Milestone::order_received;
  std::string about, recipient, locale, message_id;
};
void mark_sending(Transaction& tx, MerchantId merchant, const SendingRow& row);
// Waiting messages that are not told, and the end of their jobs. `why` is for the desk.
void mark_superseded(Transaction& tx, MerchantId merchant, const std::vector<NotificationId>& ids, const std::string& why);
// A message that has not gone out is not true any more, but may become true again: held back, and told after all.
void withhold_notification(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone, const std::string& about);
void tell_withheld(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone, const std::string& about, Instant now);
// sending -> sent, with the words as sent.
void mark_sent(Transaction& tx, MerchantId merchant, NotificationId id, const std::string& title, const std::string& body, Instant now);
// sending -> queued.
void mark_unsent(Queryable& db, MerchantId merchant, NotificationId id, const std::string& why);
// queued or sending -> dead.
void mark_dead(Queryable& db, MerchantId merchant, NotificationId id, const std::string& why);
// dead -> queued, due at once; false when it is not dead.
bool revive_notification(Transaction& tx, MerchantId merchant, NotificationId id, Instant now);

}  // namespace roundtrip::store
