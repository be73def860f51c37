// What customers can do besides returns: follow their link, write to the shop, find their order again.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/customer.hpp"
#include "usecases/access.hpp"
#include "usecases/context.hpp"
#include "usecases/links.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {

using store::ContactMessage;
using store::PublicEvent;

// What a valid link opens: the shop, the order, and what was said about it.
struct CustomerOrder {
  MerchantView merchant;
  OrderView order;
  LinkTarget target;
};
// Nothing for a forged, expired or revoked link (one answer for all of them: not_found).
Result<CustomerOrder> open_link(store::Database& db, const Links& links, LinkKind kind, std::string_view token, Instant now);
// What carriers said, newest first, at most 300.
std::vector<PublicEvent> read_public_events(const Context& context, OrderId order);
std::vector<ContactMessage> messages_of_order(const Context& context, OrderId order);

inline constexpr int kMessagesPerHour = 10;
inline constexpr std::size_t kLongestMessage = 4000;
// Kind: message or callback; `call_at` is the customer's words for when. Refused (rate_limited) after
// kMessagesPerHour in an hour.
Done write_message(const Context& context, OrderId order, const std::string& kind, const std::string& body, const std::string& call_at);
// For the desk. `open`: unanswered, oldest first; else newest first.
std::vector<ContactMessage> list_messages(const Context& context, bool open, int limit);
// Answers once (conflict after that); the customer reads it on the contact page and is told by mail. Gives the order.
Result<OrderId> answer_message(const Context& context, std::int64_t message, const std::string& answer);

// In the two below the number is the order's, or what stands on one of its labels: our code of a parcel or return, a tracking number.
// Mails the order's link when the order number fits with the e-mail or the postcode; says nothing about
// whether it did. Refused (rate_limited) when an address asks too often.
Done request_link(store::Database& db, MerchantId merchant, const std::string& order_number, const std::string& email_or_postcode,
                  std::string_view address, Instant now);
// The order that a number and the e-mail address it was placed with name, and nothing when they do not fit: a declaration of withdrawal
// must be within reach without an account. Refused (rate_limited) as request_link.
Result<std::optional<LinkTarget>> find_order_to_withdraw(store::Database& db, MerchantId merchant, const std::string& order_number,
                                                         const std::string& email, std::string_view address, Instant now);
// Upper case, no blanks and dashes: "1000-001" and "1000 001" are the same.
std::string normalized_postcode(std::string_view text);

}  // namespace roundtrip::usecases
