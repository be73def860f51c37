// Pick-ups of the demo carrier: booked in one call, told apart by their reference.
#include "carriers/pickups.hpp"

#include "carriers/demo/demo.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers {
namespace {

HttpRequest demo_request(const CarrierAccount& account, std::string method, const std::string& path) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = account.base_url + path;
  request.headers = {{"Authorization", "Bearer " + account.key}, {"Accept", "application/json"}};
  request.timeout_ms = account.timeout_ms;
  return request;
}

class DemoPickups : public Pickups {
 public:
  HttpRequest pickup_request(const CarrierAccount& account, const PickupOrder& order) const override {
    const auto& at = order.from.address;
    auto request = demo_request(account, "POST", "/v1/pickups");
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("Idempotency-Key", order.reference);
    const Json body = {{"number", order.number},
                       {"day", order.day},
                       {"address",
                        {{"name", at.name.empty() ? at.company : at.name},
                         {"line1", at.line1},
                         {"line2", at.line2},
                         {"postal_code", at.postal_code},
                         {"city", at.city},
                         {"country", at.country},
                         {"phone", at.phone}}}};
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    return request;
  }

  PickupReply parse_pickup(const HttpOutcome& outcome) const override {
    const auto call = trouble_of(outcome);
    const auto json = outcome.response ? Document::of(outcome.response->body).json : std::nullopt;
    if (call.trouble != Trouble::none) {
      const std::string code = json && json->is_object() ? text(*json, "error/code") : "";
      return {call.trouble, code.empty() ? call.detail : code, call.retry_after_us, "", "", ""};
    }
    PickupReply reply;
    if (json && json->is_object()) {
      reply.id = text(*json, "id");
      reply.confirmation = text(*json, "confirmation");
    }
    if (reply.id.empty() || reply.confirmation.empty()) return {Trouble::bad_reply, "no pick-up in the answer", 0, "", "", ""};
    return reply;
  }

  HttpRequest cancel_request(const CarrierAccount& account, std::string_view id) const override {
    return demo_request(account, "DELETE", "/v1/pickups/" + percent_encode(id));
  }
  VoidReply parse_cancel(const HttpOutcome& outcome) const override {
    const auto call = trouble_of(outcome);
    return {call.trouble, call.detail, call.retry_after_us, false};
  }
};
}  // namespace

const Pickups& demo_pickups() {
  static const DemoPickups pickups;
  return pickups;
}

}  // namespace roundtrip::carriers
