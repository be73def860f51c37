// The table contact_messages, and reads for customers' pages.
#include "store/customer.hpp"

namespace roundtrip::store {
namespace {
#define RT_MESSAGE_SELECT                                                                                                     \
  "SELECT m.message_id, m.order_id, o.external_id, o.customer_name, o.customer_locale, m.kind, m.body, m.call_at, m.answer, " \
  "m.answered_by, m.created_at, m.answered_at FROM contact_messages m "                                                       \
  "JOIN orders o ON o.merchant_id = m.merchant_id AND o.order_id = m.order_id WHERE m.merchant_id = $1 "
template <class... Args>
std::vector<ContactMessage> read_messages(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<ContactMessage> out;
  for (const auto& [id, order, external_id, customer, locale, kind, body, call_at, answer, by, created, answered] :
       db.rows<std::int64_t, OrderId, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
               std::string, Instant, std::optional<Instant>>(sql, args...)) {
    out.push_back({id, order, external_id, customer, locale, kind, body, call_at, answer, by, created, answered});
  }
  return out;
}
}  // namespace

void insert_message(Transaction& tx, MerchantId merchant, OrderId order, std::string_view kind, std::string_view body,
                    std::string_view call_at, Instant now) {
  tx.write("INSERT INTO contact_messages (merchant_id, order_id, kind, body, call_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
           merchant, order, kind, body, call_at, now);
}

std::vector<ContactMessage> messages_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_messages(db, RT_MESSAGE_SELECT "AND m.order_id = $2 ORDER BY m.message_id LIMIT 100", merchant, order);
}

std::vector<ContactMessage> desk_messages(Queryable& db, MerchantId merchant, bool open, int limit) {
  if (open) return read_messages(db, RT_MESSAGE_SELECT "AND m.answered_at IS NULL ORDER BY m.message_id LIMIT $2::int", merchant, limit);
  return read_messages(db, RT_MESSAGE_SELECT "ORDER BY m.message_id DESC LIMIT $2::int", merchant, limit);
}

std::optional<ContactMessage> message_by_id(Queryable& db, MerchantId merchant, std::int64_t id) {
  auto found = read_messages(db, RT_MESSAGE_SELECT "AND m.message_id = $2", merchant, id);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::int64_t messages_since(Queryable& db, MerchantId merchant, OrderId order, Instant since) {
  return db
      .value<std::int64_t>(
          "SELECT count(*) FROM contact_messages WHERE merchant_id = $1 AND order_id = $2 AND created_at > $3::timestamptz", merchant,
          order, since)
      .value();
}

void answer_message(Transaction& tx, MerchantId merchant, std::int64_t id, std::string_view answer, std::string_view by, Instant now) {
  tx.write("UPDATE contact_messages SET answer = $3, answered_by = $4, answered_at = $5 WHERE merchant_id = $1 AND message_id = $2",
           merchant, id, answer, by, now);
}

namespace {
#define RT_FOUND_ORDER \
  "SELECT order_id, coalesce(customer_email, ''), postal_code, customer_locale, link_generation FROM orders WHERE merchant_id = $1 AND "

template <class Key>
std::optional<FoundOrder> found_order(Queryable& db, std::string_view sql, MerchantId merchant, const Key& key) {
  const auto row = db.row<OrderId, std::string, std::string, std::string, int>(sql, merchant, key);
  if (!row) return std::nullopt;
  const auto& [id, email, postal_code, locale, generation] = *row;
  return FoundOrder{id, email, postal_code, locale, generation};
}
}  // namespace

std::optional<FoundOrder> order_by_number(Queryable& db, MerchantId merchant, std::string_view external_id) {
  return found_order(db, RT_FOUND_ORDER "external_id = $2", merchant, external_id);
}

std::optional<FoundOrder> order_to_find(Queryable& db, MerchantId merchant, OrderId order) {
  return found_order(db, RT_FOUND_ORDER "order_id = $2", merchant, order);
}
#undef RT_FOUND_ORDER

std::optional<OrderId> order_of_tracking_number(Queryable& db, MerchantId merchant, std::string_view number) {
  const auto rows = db.rows<OrderId>(
      "SELECT order_id FROM parcels WHERE merchant_id = $1 AND tracking_number = $2 "
      "UNION SELECT order_id FROM returns WHERE merchant_id = $1 AND tracking_number = $2 LIMIT 2",
      merchant, number);
  if (rows.size() != 1) return std::nullopt;
  return std::get<0>(rows.front());
}

std::vector<PublicEvent> public_events(Queryable& db, MerchantId merchant, OrderId order, int limit) {
  std::vector<PublicEvent> out;
  for (const auto& [parcel, under_return, status, reason, text, place, local, basis, at] :
       db.rows<std::optional<ParcelId>, std::optional<ReturnId>, std::string, std::string, std::string, std::string, std::string,
               std::string, std::optional<Instant>>(
           "SELECT t.parcel_id, t.return_id, e.status, e.reason, e.raw_text, e.place, e.time_local, e.zone_basis, e.time_utc "
           "FROM trackers t JOIN tracking_events e ON e.merchant_id = t.merchant_id AND e.tracker_id = t.tracker_id "
           "WHERE t.merchant_id = $1 AND t.order_id = $2 ORDER BY coalesce(e.time_utc, e.received_at) DESC, e.event_key LIMIT $3::int",
           merchant, order, limit)) {
    out.push_back({parcel, under_return, status, reason, text, place, local, basis, at});
  }
  return out;
}

}  // namespace roundtrip::store
