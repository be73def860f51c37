// EasyPost pick-ups (docs.easypost.com/docs/pickups): created, which gives rates; bought at the cheapest; canceled.
#include "carriers/pickups.hpp"

#include <optional>

#include "carriers/easypost/parts.hpp"
#include "carriers/shipping_parts.hpp"

namespace roundtrip::carriers::easypost {
namespace {
constexpr std::string_view kPickups = "/v2/pickups";

Json door_json(const Party& party) {
  const auto& address = party.address;
  Json json = {{"street1", address.line1}, {"city", address.city}, {"zip", address.postal_code}, {"country", address.country}};
  const auto put_text = [&](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
  };
  put_text("name", address.name);
  put_text("company", address.company);
  put_text("street2", address.line2);
  put_text("state", address.region);
  put_text("phone", address.phone);
  put_text("email", party.email);
  return json;
}

std::string words_of(const Json& pickup) {
  std::string said;
  for (const Json* one : list(pickup, "messages"))
    said = joined({said, joined({text(*one, "carrier"), text(*one, "type"), text(*one, "message")}, " ")}, "; ");
  return clean_text(said);
}

// "USPS NextDay", the cheapest rate; empty: none.
std::string cheapest_rate(const Json& pickup) {
  std::optional<std::int64_t> least;
  std::string offer;
  for (const Json* rate : list(pickup, "pickup_rates")) {
    const auto price = minor_units(text(*rate, "rate"), text(*rate, "currency"));
    const std::string carrier = text(*rate, "carrier"), service = text(*rate, "service");
    if (!price || carrier.empty() || service.empty() || (least && *least <= *price)) continue;
    least = price;
    offer = carrier + " " + service;
  }
  return offer;
}

PickupReply no_pickup(Trouble trouble, std::string detail, std::int64_t retry_after_us = 0) {
  return {trouble, std::move(detail), retry_after_us, "", "", ""};
}

class EasypostPickups : public Pickups {
 public:
  // Times are of the door; EasyPost takes them without a zone as such.
  HttpRequest pickup_request(const CarrierAccount& account, const PickupOrder& order) const override {
    const Json pickup = {
        {"reference", order.reference}, {"min_datetime", order.day + " 08:00:00"}, {"max_datetime", order.day + " 18:00:00"},
        {"is_account_address", false},  {"shipment", {{"id", order.label}}},       {"address", door_json(order.from)}};
    return request_to(account, "POST", std::string(kPickups), {{"pickup", pickup}});
  }

  PickupReply parse_pickup(const HttpOutcome& outcome) const override {
    auto call = carriers::trouble_of(outcome);
    const auto document = outcome.response ? Document::of(outcome.response->body) : Document{};
    if (outcome.response && document.json) {
      const Reply reply{outcome.response->status, outcome.response->headers, outcome.response->body, document};
      if (is_error(reply)) call = trouble_of_error(reply);
    }
    if (call.trouble != Trouble::none) return no_pickup(call.trouble, call.detail, call.retry_after_us);
    if (!document.json || text(*document.json, "object") != "Pickup") return no_pickup(Trouble::bad_reply, "no pickup");
    const Json& pickup = *document.json;
    PickupReply reply;
    reply.id = text(pickup, "id");
    reply.confirmation = text(pickup, "status") == "scheduled" ? text(pickup, "confirmation") : "";
    if (reply.id.empty()) return no_pickup(Trouble::bad_reply, "a pickup without id");
    if (!reply.confirmation.empty()) return reply;
    reply.offer = cheapest_rate(pickup);
    if (reply.offer.empty()) return no_pickup(Trouble::bad_request, joined({"no carrier comes", words_of(pickup)}, ": "));
    return reply;
  }

  HttpRequest confirm_request(const CarrierAccount& account, std::string_view id, std::string_view offer) const override {
    const auto blank = offer.find(' ');
    return request_to(account, "POST", std::string(kPickups) + "/" + percent_encode(id) + "/buy",
                      {{"carrier", offer.substr(0, blank)}, {"service", blank == offer.npos ? "" : offer.substr(blank + 1)}});
  }
  HttpRequest state_request(const CarrierAccount& account, std::string_view id) const override {
    return request_to(account, "GET", std::string(kPickups) + "/" + percent_encode(id));
  }

  HttpRequest cancel_request(const CarrierAccount& account, std::string_view id) const override {
    return request_to(account, "POST", std::string(kPickups) + "/" + percent_encode(id) + "/cancel");
  }
  VoidReply parse_cancel(const HttpOutcome& outcome) const override {
    auto call = carriers::trouble_of(outcome);
    const auto document = outcome.response ? Document::of(outcome.response->body) : Document{};
    if (outcome.response && document.json) {
      const Reply reply{outcome.response->status, outcome.response->headers, outcome.response->body, document};
      if (is_error(reply)) call = trouble_of_error(reply);
    }
    if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us};
    if (document.json && text(*document.json, "status") == "canceled") return {};
    return {Trouble::bad_reply, "a pickup that was not canceled", 0};
  }
};
}  // namespace

const Pickups& easypost_pickups() {
  static const EasypostPickups pickups;
  return pickups;
}

}  // namespace roundtrip::carriers::easypost
