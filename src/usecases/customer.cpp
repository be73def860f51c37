// Links, messages, finding an order.
#include "usecases/customer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "carriers/identify.hpp"
#include "domain/codes.hpp"
#include "store/database.hpp"
#include "store/desk.hpp"
#include "store/merchants.hpp"
#include "store/notifications.hpp"
#include "store/timeline.hpp"
#include "store/users.hpp"

namespace roundtrip::usecases {
namespace {
constexpr int kLinkRequestsPerWindow = 10;
constexpr std::int64_t kLinkRequestWindow = 15 * kMinute;

Error no_such_link() {
  return {.kind = ErrorKind::not_found,
          .code = "link_not_found",
          .message = "This link does not work any more. Ask for a new one with your order number."};
}

Error no_such_message() { return {.kind = ErrorKind::not_found, .code = "message_not_found", .message = "There is no such message."}; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}
// Notes the try.
bool asks_too_often(store::Queryable& db, MerchantId merchant, std::string_view address, Instant now) {
  const std::string subject = "find:" + std::string(address.substr(0, 64));
  return store::note_attempt(db, merchant, subject, now - kLinkRequestWindow, now) > kLinkRequestsPerWindow;
}

// What somebody gives as the number of an order: itself, or what a label of it bears.
std::optional<store::FoundOrder> order_of_any_number(store::Queryable& db, MerchantId merchant, const std::string& number) {
  if (auto found = store::order_by_number(db, merchant, number)) return found;
  std::optional<OrderId> order;
  if (const auto own = domain::parse_own_code(number)) {
    using enum domain::CodeKind;
    const char* kind = own->kind == parcel ? "parcel" : own->kind == return_ ? "return" : own->kind == shipment ? "shipment" : "";
    if (const auto hit = store::search_number(db, merchant, kind, own->number)) order = hit->order;
  } else if (!number.empty()) {
    order = store::order_of_tracking_number(db, merchant, carriers::number_to_keep(number));
  }
  return order ? store::order_to_find(db, merchant, *order) : std::nullopt;
}

Error too_many_requests() {
  return {.kind = ErrorKind::rate_limited,
          .code = "too_many_requests",
          .message = "Too many tries. Please wait 15 minutes.",
          .retry_after_s = static_cast<int>(kLinkRequestWindow / kSecond)};
}
}  // namespace

std::string normalized_postcode(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ' ' || c == '-') continue;
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

Result<CustomerOrder> open_link(store::Database& db, const Links& links, LinkKind kind, std::string_view token, Instant now) {
  const auto target = links.read(kind, token, now);
  if (!target) return no_such_link();
  const auto merchant = read_merchant(db, target->merchant);
  if (!merchant) return no_such_link();
  auto order = read_order({db, target->merchant, {"customer", "customer"}, now}, target->order);
  if (!order || order->link_generation != target->generation) return no_such_link();
  return CustomerOrder{*merchant, std::move(*order), *target};
}

std::vector<PublicEvent> read_public_events(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::public_events(session, context.merchant, order, 300);
}

std::vector<ContactMessage> messages_of_order(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::messages_of_order(session, context.merchant, order);
}

Done write_message(const Context& context, OrderId order, const std::string& kind, const std::string& body, const std::string& call_at) {
  if (body.empty() || body.size() > kLongestMessage) {
    return Error{.kind = ErrorKind::invalid,
                 .code = "message_length",
                 .message = "A message has 1 to 4000 characters.",
                 .faults = {{"/message", "length", "A message has 1 to 4000 characters."}}};
  }
  store::Transaction tx(context.db);
  auto head = store::lock_order(tx, context.merchant, order);
  if (!head) return no_such_link();
  if (store::messages_since(tx, context.merchant, order, context.now - kHour) >= kMessagesPerHour) {
    return Error{.kind = ErrorKind::rate_limited,
                 .code = "too_many_messages",
                 .message = "You have written many messages. We answer soon; please wait an hour.",
                 .retry_after_s = 3600};
  }
  store::insert_message(tx, context.merchant, order, kind, body, call_at.substr(0, 200), context.now);
  const bool callback = kind == "callback";
  store::append_timeline(tx, context.merchant, *head,
                         {callback ? "callback.requested" : "message.received", context.actor.channel, context.actor.name, to_text(order),
                          callback ? nlohmann::ordered_json{{"call_at", call_at}}.dump() : "{}"},
                         context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  tx.commit();
  return done();
}

std::vector<ContactMessage> list_messages(const Context& context, bool open, int limit) {
  store::Session session(context.db);
  return store::desk_messages(session, context.merchant, open, limit);
}

Result<OrderId> answer_message(const Context& context, std::int64_t message, const std::string& answer) {
  if (answer.empty() || answer.size() > kLongestMessage) {
    return Error{.kind = ErrorKind::invalid, .code = "message_length", .message = "An answer has 1 to 4000 characters."};
  }
  store::Transaction tx(context.db);
  const auto asked = store::message_by_id(tx, context.merchant, message);
  if (!asked) return no_such_message();
  auto head = store::lock_order(tx, context.merchant, asked->order);
  const auto found = store::message_by_id(tx, context.merchant, message);
  if (!head || !found) return no_such_message();
  if (found->answered_at) {
    return Error{
        .kind = ErrorKind::conflict, .code = "answered_already", .message = found->answered_by + " has answered this message already."};
  }
  store::answer_message(tx, context.merchant, message, answer, context.actor.name, context.now);
  store::append_timeline(tx, context.merchant, *head,
                         {"message.answered", context.actor.channel, context.actor.name, to_text(found->order), "{}"}, context.now);
  store::queue_notification(tx, context.merchant, found->order, domain::Milestone::message_answered, "message " + std::to_string(message),
                            context.now, context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  tx.commit();
  return found->order;
}

Done request_link(store::Database& db, MerchantId merchant, const std::string& order_number, const std::string& email_or_postcode,
                  std::string_view address, Instant now) {
  store::Transaction tx(db);
  if (asks_too_often(tx, merchant, address, now)) return too_many_requests();
  const auto found = order_of_any_number(tx, merchant, order_number);
  const bool fits = found && !found->email.empty() &&
                    (lower_case(found->email) == lower_case(email_or_postcode) ||
                     (!found->postal_code.empty() && normalized_postcode(found->postal_code) == normalized_postcode(email_or_postcode)));
  if (fits) {
    // Once an hour at most, so that nobody's mailbox is filled by a stranger.
    store::queue_notification(tx, merchant, found->id, domain::Milestone::link_requested, std::to_string(now.us / kHour), now, now);
  }
  tx.commit();
  return done();
}

Result<std::optional<LinkTarget>> find_order_to_withdraw(store::Database& db, MerchantId merchant, const std::string& order_number,
                                                         const std::string& email, std::string_view address, Instant now) {
  store::Session session(db);
  if (asks_too_often(session, merchant, address, now)) return too_many_requests();
  const auto found = order_of_any_number(session, merchant, order_number);
  if (!found || found->email.empty() || lower_case(found->email) != lower_case(email)) return std::optional<LinkTarget>{};
  return std::optional(LinkTarget{merchant, found->id, found->generation});
}

}  // namespace roundtrip::usecases
