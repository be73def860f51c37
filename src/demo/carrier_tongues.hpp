// The languages of real carriers that the demo carrier also speaks. It tracks as UPS Track v1, FedEx Track v1, USPS Tracking 3.2, DHL
// Shipment Tracking - Unified and EasyPost trackers, and sells, voids and manifests labels as UPS Shipping v2409, FedEx Ship v1, USPS
// Domestic Labels 3.9 with Payments 3 and SCAN Forms 3, DHL Parcel DE Shipping v2 and Returns v1, and EasyPost shipments. It pushes what
// happens as UPS Track Alert v2, USPS Subscriptions - Tracking and EasyPost events. Their paths, credentials, bodies, errors and limits,
// after their public documentation; the parcels are those of the demo carrier's world, whatever their number looks like.
#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/transport.hpp"
#include "demo/carrier_world.hpp"
#include "demo/world_book.hpp"

namespace roundtrip::demo {

// What the world tells of one number that was asked for.
struct Told {
  std::string number;
  std::optional<WorldParcel> parcel;  // nothing: never announced
  WorldReport report;
};

struct TongueRequest {
  std::string method, path;  // without the query
  Headers headers;           // names lower-cased
  std::vector<std::pair<std::string, std::string>> query;
  std::string body;
};

struct TongueReply {
  int status = 200;
  nlohmann::ordered_json body;
  std::string content_type;  // of `bytes`; empty: the body is the answer
  std::string bytes;
};

class TongueDesk;
class PickupBook;
class PushBook;

// What a language sells from, and whom it pushes to.
struct Counter {
  WorldBook& book;
  TongueDesk& desk;
  Instant now;
  std::int64_t day_us = kDay;
  int good_percent = 100;
  std::string url;  // of the carrier itself, for documents that are linked to
  std::string key;  // the secret that a second credential of a call is held against
  PushBook* pushes = nullptr;
  PickupBook* pickups = nullptr;
};

// How often a key may call: `calls` within `share` of a day.
struct Quota {
  int calls = 0;
  double share = 1;
};

// One API of a carrier: for tracking it has `numbers` and `tell`, else `serve`.
struct Tongue {
  std::string_view name;        // "ups"
  std::string_view token_path;  // where it gives tokens; empty: it is asked with the key itself
  std::vector<Quota> quotas;
  // Is this a call of this API?
  bool (*asks)(const TongueRequest&);
  // The token or key that the call carries.
  std::string (*credential)(const TongueRequest&);
  // Client id and secret of a call for a token; both empty when it is malformed.
  std::pair<std::string, std::string> (*client)(const TongueRequest&);
  nlohmann::ordered_json (*token)(const std::string& token, std::int64_t lives_s);
  // The numbers asked for; nothing when the call is malformed or asks for too many.
  std::optional<std::vector<std::string>> (*numbers)(const TongueRequest&);
  TongueReply (*tell)(const std::vector<Told>& all);
  // An error's body: 400, 401, 429, 500, 503.
  nlohmann::ordered_json (*error)(int status);
  std::string_view api = "track";  // APIs of a carrier share tokens, not quotas
  // A call that buys, voids, manifests or subscribes.
  TongueReply (*serve)(const TongueRequest&, const Counter&) = nullptr;
  bool open = false;  // needs no credentials
};

std::span<const Tongue> tongues();

}  // namespace roundtrip::demo
