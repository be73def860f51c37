// USPS Subscriptions - Tracking 3.2: one number a call, pushed to the listener that the call names.
#include "carriers/subscriptions.hpp"

#include "carriers/usps/parts.hpp"

namespace roundtrip::carriers::usps {
namespace {
// A subscription that hears nothing for 30 days is deleted, one that hears something goes on: it is asked for again after that time, and
// USPS answers that of a live one with 400 and its id. Every USPS API has a quota of its own, and access to this one is granted apart.
class TrackingSubscriptions : public Subscriptions {
 public:
  std::int64_t lives_us() const override { return 30 * kDay; }
  bool renews_early() const override { return false; }
  bool has_own_quota() const override { return true; }

  // The pushes are signed with the secret: 32 characters.
  HttpRequest subscribe_request(const CarrierAccount& account, std::span<const std::string> numbers,
                                const std::string& push_url) const override {
    const Json body = {
        {"listenerURL", push_url},
        {"secret", account.push_secret},
        {"filterProperties", {{"trackingNumber", plain_number(numbers.front())}, {"trackingEventTypes", Json::array({"ALL_UPDATES"})}}}};
    return json_request(account, "POST", "/subscriptions-tracking/v3/subscriptions",
                        body.dump(-1, ' ', false, Json::error_handler_t::replace));
  }

  SubscribeReply parse_subscribe(const HttpOutcome& outcome, std::span<const std::string> numbers) const override {
    auto call = trouble_of(outcome);
    if (!outcome.response) return failed_subscribe(call);
    const Document document = Document::of(outcome.response->body);
    const Json& body = document.json ? *document.json : Json();
    if (call.trouble == Trouble::none)
      return has(body, "subscriptionId") ? single_subscribe({}, numbers)
                                         : failed_subscribe({Trouble::bad_reply, "an answer without a subscription", 0});
    const bool is_there = outcome.response->status == 400 && outcome.response->body.find("subscriptionId") != std::string::npos;
    if (is_there) return single_subscribe({}, numbers);
    if (document.json && is_error_body(body)) {
      const auto said = error_of(outcome.response->status, body);
      call.trouble = said.trouble;
      call.detail = said.detail;
    }
    return single_subscribe(call, numbers);
  }
};
}  // namespace

const Subscriptions& subscriptions() {
  static const TrackingSubscriptions kTrackingSubscriptions;
  return kTrackingSubscriptions;
}

}  // namespace roundtrip::carriers::usps
