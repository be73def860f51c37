// A milestone and its facts -> the words of one mail: subject, plain text and HTML. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/money.hpp"
#include "domain/notifications.hpp"

namespace roundtrip::messages {

// The shop as its customers see it.
struct Brand {
  std::string name;
  std::string color = "#1f6f54";  // "#rrggbb"; another text falls back to this one
  std::string phone, email, hours;
};

struct Item {
  std::string description, sku;
  std::int64_t quantity = 0;
  std::string image_url;  // shown when it is https
};

struct ParcelFacts {
  std::string carrier, tracking_number;
  std::optional<Instant> expected_at;
  std::vector<Item> items;
};

struct Place {
  std::string name, street, city, region, postal_code, country;
};

// What a mail tells. Fields that do not belong to the milestone are ignored.
struct Facts {
  domain::Milestone milestone = domain::Milestone::order_received;
  std::string locale = "en", time_zone = "UTC";  // of the reader
  Brand brand;
  std::string customer_name;  // may be empty
  std::string order_number;
  std::string link;                     // where the button leads; http(s), else there is no button
  std::vector<Item> items;              // of the order, the return, or what was canceled
  std::vector<ParcelFacts> parcels;     // that the message is about
  std::vector<Item> still_to_come;      // partly_shipped
  bool all_canceled = true;             // order_canceled: false when the rest still comes
  std::optional<Instant> expected_at;   // delivery: promised, or the new date of a delayed parcel
  std::optional<Instant> happened_at;   // delivered, received, paid
  std::string parcel_status;            // tracking status, for delivery_failed
  std::string reason;                   // the carrier's reason code of delivery_failed and delayed
  std::optional<domain::Money> total;   // order_received
  std::optional<domain::Money> amount;  // refund_paid, return_received: the refund
  std::string return_code;
  std::string voucher_code;  // refund_paid as store credit; empty: the money went back
  std::optional<Instant> label_expires_at;
  std::optional<Instant> voucher_expires_at;
  bool label_attached = false;
  std::string receipt;                                  // withdrawal_received: shown as it is
  std::string withdraw_link;                            // where the contract is withdrawn from, while the period runs; empty: nowhere
  std::string question, answer;                         // message_answered: what the customer wrote, and what the desk says
  std::string claim_number, claim_kind, claim_outcome;  // claims: kind and outcome as codes; `answer` is what the shop says
  std::string replacement_number;                       // of the order that is sent instead
  Place ship_to;
};

struct Message {
  std::string subject, text, html;
};

Message compose(const Facts& facts);

// "#ffffff" or "#1b1b1b", whichever reads better on the color (WCAG contrast).
std::string readable_on(const std::string& color);

}  // namespace roundtrip::messages
