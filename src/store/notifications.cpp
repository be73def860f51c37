// The notifications table.
#include "store/notifications.hpp"

namespace roundtrip::store {

void queue_notification(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone,
                        const std::string& about, Instant send_at, Instant now) {
  const std::string key = to_text(order) + "/" + std::string(domain::to_text(milestone)) + "/" + about;
  tx.write(
      "WITH told AS (INSERT INTO notifications (merchant_id, order_id, milestone, semantic_key, subject_ref, state, created_at) "
      "  VALUES ($1, $2, $3, $4, $5, 'queued', $6) ON CONFLICT (merchant_id, semantic_key) DO NOTHING RETURNING merchant_id, notification_id) "
      "INSERT INTO jobs (merchant_id, kind, subject_id, run_at, created_at) "
      "SELECT merchant_id, 'notification', notification_id, $7, $6 FROM told",
      merchant, order, domain::to_text(milestone), key, about, now, send_at);
}

}  // namespace roundtrip::store
