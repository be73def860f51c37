// What customers write to us, and how they find their order without its link.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ContactMessage {
  std::int64_t id = 0;
  OrderId order;
  std::string external_id, customer, locale;  // of the order
  std::string kind;                           // message, callback
  std::string body, call_at, answer, answered_by;
  Instant created_at;
  std::optional<Instant> answered_at;
};
void insert_message(Transaction& tx, MerchantId merchant, OrderId order, std::string_view kind, std::string_view body,
                    std::string_view call_at, Instant now);
// Oldest first, at most 100.
std::vector<ContactMessage> messages_of_order(Queryable& db, MerchantId merchant, OrderId order);
// `open`: not answered, oldest first; else the newest first.
std::vector<ContactMessage> desk_messages(Queryable& db, MerchantId merchant, bool open, int limit);
std::optional<ContactMessage> message_by_id(Queryable& db, MerchantId merchant, std::int64_t id);
// How many an order's customer wrote since then.
std::int64_t messages_since(Queryable& db, MerchantId merchant, OrderId order, Instant since);
void answer_message(Transaction& tx, MerchantId merchant, std::int64_t id, std::string_view answer, std::string_view by, Instant now);

struct FoundOrder {
  OrderId id;
  std::string email, postal_code, locale;
  int generation = 1;
};
std::optional<FoundOrder> order_by_number(Queryable& db, MerchantId merchant, std::string_view external_id);
std::optional<FoundOrder> order_to_find(Queryable& db, MerchantId merchant, OrderId order);
// The order whose parcel or return travels under this number; nothing when several do (carriers use numbers again).
std::optional<OrderId> order_of_tracking_number(Queryable& db, MerchantId merchant, std::string_view number);

// What a customer's page says about each parcel's trackers beside the order's view.
struct PublicEvent {
  std::optional<ParcelId> parcel;
  std::optional<ReturnId> under_return;
  std::string status, reason, raw_text, place, time_local, zone_basis;
  std::optional<Instant> at;
};
std::vector<PublicEvent> public_events(Queryable& db, MerchantId merchant, OrderId order, int limit);

}  // namespace roundtrip::store
