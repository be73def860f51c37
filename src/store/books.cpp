// Reads for reconciliation.
#include "store/books.hpp"

namespace roundtrip::store {

std::vector<ToldRow> told_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<ToldRow> out;
  for (auto& [id, milestone, channel, about, state, error, created, sent] :
       db.rows<NotificationId, std::string, std::string, std::string, std::string, std::string, Instant, std::optional<Instant>>(
           "SELECT notification_id, milestone, channel, subject_ref, state, last_error, created_at, sent_at FROM notifications "
           "WHERE merchant_id = $1 AND order_id = $2 ORDER BY notification_id LIMIT 500",
           merchant, order)) {
    out.push_back({id, milestone, channel, about, state, error, created, sent});
  }
  return out;
}

}  // namespace roundtrip::store
