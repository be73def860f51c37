// eCommerce US (GlobalMail), the old tracking XML: <track><shipment><event>.
#include "carriers/dhl/codes.hpp"
#include "carriers/dhl/parts.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers::dhl {
namespace {
// "1/17/2017" and "12:26 PM ET": the zone is the last word.
domain::EventTime time_of(const std::string& date, const std::string& clock) {
  const auto blank = clock.rfind(' ');
  const std::string zone = blank == std::string::npos ? "" : clock.substr(blank + 1);
  const auto read = read_pattern(date + " " + clock.substr(0, blank), "%m/%d/%Y %I:%M %p");
  return time_with_abbreviation(joined({date, clock}, " "), read, zone);
}

TrackedNumber us_item_of(pugi::xml_node shipment) {
  TrackedNumber item;
  item.number = text(shipment, "trackingnumber");
  item.signed_by = text(shipment, "signedby");
  for (const auto node : list(shipment, "event")) {
    auto& event = item.events.emplace_back();
    event.raw_code = text(node, "code");
    event.raw_text = text(node, "description");
    event.place = joined({text(node, "city"), text(node, "state"), text(node, "postalcode"), text(node, "country")});
    event.time = time_of(text(node, "date"), text(node, "time"));
    apply_code(event, find_code(kEcommerceUs, event.raw_code));
  }
  // Newest first.
  if (!item.events.empty()) item.status_raw = joined({item.events.front().raw_code, item.events.front().raw_text}, " ");
  return item;
}
}  // namespace

bool is_ecommerce_us(const Reply& reply) { return local_name(reply.xml()) == "track" && at(reply.xml(), "shipment"); }

TrackReply read_ecommerce_us(const Reply& reply) {
  if (!is_ecommerce_us(reply)) return failed(Trouble::bad_reply, "no shipment");
  TrackReply out;
  for (const auto shipment : list(reply.xml(), "shipment")) out.items.push_back(us_item_of(shipment));
  return out;
}

}  // namespace roundtrip::carriers::dhl
