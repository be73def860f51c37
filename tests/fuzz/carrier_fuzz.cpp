// One carrier's parsers under libFuzzer: whatever a reply holds, nothing throws, reads out of bounds or breaks a promise of carriers/.
//
// The first byte of an input chooses the API and the HTTP status, the rest is the body.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "carriers/carrier.hpp"
#include "carriers/described.hpp"
#include "carriers/records.hpp"
#include "carriers/reply.hpp"
#include "carriers/shipping.hpp"
#include "carriers/subscriptions.hpp"

extern const char* const kFuzzedCarrier;  // each target defines its own

namespace roundtrip::carriers::fuzz {
namespace {
constexpr int kStatuses[] = {200, 207, 400, 401, 404, 429, 500, 503};

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void check_text(const std::string& text) {
  promise(is_utf8(text), "texts are UTF-8");
  promise(text.size() <= 4 * kMostText, "texts are bounded");
}

void check_item(const TrackedNumber& item) {
  promise(item.events.size() <= kMostEvents, "events are bounded");
  std::set<std::string> keys;
  Instant previous{INT64_MAX};
  for (const auto& event : item.events) {
    promise(keys.insert(domain::event_key(event)).second, "an event is given once");
    promise(domain::order_time(event) <= previous, "events are sorted, newest first");
    previous = domain::order_time(event);
    for (const auto* text : {&event.raw_code, &event.raw_text, &event.place, &event.time.raw, &event.time.local}) check_text(*text);
  }
  for (const auto* text : {&item.number, &item.detail, &item.reference, &item.status_raw, &item.signed_by, &item.estimated_raw})
    check_text(*text);
  auto backwards = item.events;
  std::reverse(backwards.begin(), backwards.end());
  promise(domain::derive_status(item.events, item.headline) == domain::derive_status(backwards, item.headline),
          "the status does not depend on the order of events");
}

void check_reply(const TrackReply& reply) {
  promise(reply.trouble == Trouble::none || reply.items.empty(), "a failed call has no items");
  for (const auto& item : reply.items) check_item(item);
  promise(!records_json(reply).dump().empty(), "every reply can be printed");
}

void check_asked(const TrackReply& asked) {
  promise(asked.trouble != Trouble::none || asked.items.size() == 1, "every number asked for has one item");
}

void ship(const Shipping& shipping, const HttpOutcome& outcome) {
  const auto label = shipping.parse_label(outcome);
  promise(label.trouble != Trouble::none || !label.label.number.empty() || !label.label.documents.empty(), "a bought label is something");
  shipping.parse_void(outcome);
  if (shipping.manifests()) shipping.parse_manifest(outcome);
}

void subscribe(const Subscriptions& subscriptions, const HttpOutcome& outcome) {
  const std::vector<std::string> numbers = {"1Z999AA10123456784", "2"};
  const auto reply = read_subscribe(subscriptions, outcome, numbers);
  promise(reply.trouble == Trouble::none || reply.accepted.empty(), "a failed call subscribes nothing");
  promise(reply.trouble != Trouble::none || reply.accepted.size() + reply.refused.size() == numbers.size(),
          "every number is accepted or refused");
}

void read(const Carrier& carrier, std::uint8_t choice, std::string body) {
  const auto apis = carrier.apis();
  const HttpOutcome outcome{HttpResponse{kStatuses[choice % 8], {{"content-type", "application/json"}}, std::move(body)}, {}};
  CarrierAccount account;
  account.push_secret = "secret";
  TrackQuery query;
  query.number = "1";
  if (!apis.empty()) {
    const Api& api = apis[(choice / 8) % apis.size()];
    account.api = api.name;
    const auto reply = read_reply(api, outcome);
    check_reply(reply);
    check_asked(matched(reply, {&query, 1}));
    apis_like(carrier, *outcome.response);
  } else {
    check_asked(carrier.parse_track(account, outcome, {&query, 1}));
  }
  const auto& text = outcome.response->body;
  const auto pushed = carrier.parse_push(text);
  promise(pushed.trouble == Trouble::none || pushed.items.empty(), "a refused push has no items");
  promise(!records_json(pushed).dump().empty(), "every push can be printed");
  promise(!carrier.push_is_genuine(account, {{"x-hmac-signature", text}}, text == "secret" ? "" : text, text),
          "no push is genuine by chance");
  if (carrier.capabilities().needs_token) carrier.parse_token(outcome);
  if (carrier.capabilities().announces) carrier.parse_announce(outcome);
  carrier.is_number(text);
  if (const auto* shipping = carrier.shipping()) ship(*shipping, outcome);
  if (const auto* subscriptions = carrier.subscriptions()) subscribe(*subscriptions, outcome);
}
}  // namespace
}  // namespace roundtrip::carriers::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto* const carrier = [] {
    const auto described = roundtrip::carriers::add_described_carriers(ROUNDTRIP_SOURCE_DIR "/config/carriers");
    roundtrip::carriers::fuzz::promise(static_cast<bool>(described), "the carriers' files are fine");
    return roundtrip::carriers::find_carrier(kFuzzedCarrier);
  }();
  roundtrip::carriers::fuzz::promise(carrier != nullptr, "the carrier exists");
  if (size > 0) roundtrip::carriers::fuzz::read(*carrier, data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
