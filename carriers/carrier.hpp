// What a carrier can say: pure request builders and reply parsers. Nothing here dials; usecases/tracking
// sends through a Transport and keeps what comes back.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/config.hpp"
#include "base/ids.hpp"
#include "base/transport.hpp"
#include "domain/carrier_quota.hpp"
#include "domain/orders.hpp"
#include "domain/tracking.hpp"

namespace roundtrip::carriers {

struct Reply;  // carriers/reply.hpp

// How we reach a carrier and how it wants to be asked: a value made from the configuration.
struct CarrierAccount {
  std::string carrier;      // the registry's name
  std::string account;      // several accounts of one carrier; empty: the only one
  std::string api;          // which of the carrier's APIs is asked; empty: its first
  std::string base_url;     // empty: the carrier's own
  std::string key, secret;  // API key, or OAuth client id and secret, or user and password
  std::string customer;     // the carrier's number for the shop, where requests carry one
  std::string token;        // bearer token, filled in by who sends, where the carrier needs one
  std::string push_secret;  // what its pushes must carry or are signed with; empty: no pushes taken
  int timeout_ms = 10'000;
  int parallel = 4;  // calls under way at once
  domain::Quota quota;
  domain::PollPlan poll;
  std::int64_t day_us = kDay;  // a day of the carrier; the demo carrier's is seconds
  // A second authorization beside the token, filled in by who buys labels (Shipping::payment_request).
  std::string payment_token;
};

struct Capabilities {
  int numbers_per_call = 1;
  bool own_numbers = false;  // number_for: its numbers come from a range of ours
  bool announces = false;    // wants to hear of parcels before it gets them
  bool pushes = false;       // parse_push
  bool needs_token = false;  // token_request before anything else
  int calls_per_minute = 0;  // 0: no stated limit
  int calls_per_day = 0;     // what an account has without an agreement; 0: no stated limit
};

enum class Direction { outbound, back };

struct ParcelToAnnounce {
  std::string number;
  std::string reference;  // the same announcement again carries the same one
  std::string service;
  Direction direction = Direction::outbound;
  domain::Address destination;
  int weight_g = 0;
};

// One number to ask about, with what some carriers want to see before they answer.
struct TrackQuery {
  std::string number;
  std::string reference;  // ours, as announced, or the carrier's own; tells a recycled number's lives apart
  std::string postal_code, country;
  std::optional<Instant> shipped_at;
  std::string locale = "en";
};

// Why there is no usable answer: about one number, or about the whole call.
enum class Trouble {
  none,
  not_found,     // not known (yet): normal shortly after the label was made
  bad_request,   // the carrier says that the number or the request is not valid
  rate_limited,  // see retry_after_us
  auth,          // our credentials are refused: nothing will work until a person acts
  service,       // the carrier's fault or no connection: try again
  bad_reply,     // an answer that cannot be read
};
std::string_view to_text(Trouble trouble);

// What a carrier said about one number.
struct TrackedNumber {
  std::string number;  // as the carrier wrote it; empty: it does not repeat it
  Trouble trouble = Trouble::none;
  std::string detail;      // of the trouble: the carrier's code and words
  std::string reference;   // as the carrier gave it back; empty: it does not
  std::string status_raw;  // the carrier's own status, codes first: "DL Delivered"
  std::string sub_code;    // of the headline, as TrackingEvent::sub_code
  std::vector<domain::TrackingEvent> events;
  std::optional<domain::Headline> headline;
  std::optional<Instant> estimated_at;
  std::string estimated_raw;  // as the carrier wrote it
  std::string signed_by;
  std::optional<int> weight_g;
};

// The answer to one call. With `trouble` the whole call failed and `items` is empty; otherwise every
// number asked for has exactly one item, and what cannot be read about one number harms no other.
struct TrackReply {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
  std::vector<TrackedNumber> items;
};

struct AnnounceReply {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
  std::string number;  // what the carrier calls it; usually ours
  std::optional<Instant> estimated_at;
};

// A bearer token and how long it lives.
struct TokenReply {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
  std::string token;
  std::int64_t lives_us = 0;
};

// One of a carrier's APIs whose replies are read. The functions are pure; `read` may throw for what it did not expect (its caller
// turns that into bad_reply) and gives the items the document speaks of, in any order, with repeats.
struct Api {
  std::string name;   // "track_v1": what `roundtrip carriers read --api` and the setting `carriers.<name>.api` say
  std::string title;  // "Track API v1"
  int numbers_per_call = 1;
  // By shape alone: is this a reply of this API (good or an error)?
  std::function<bool(const Reply&)> recognizes;
  std::function<TrackReply(const Reply&)> read;                                            // empty: a retired API, refused by name
  std::function<HttpRequest(const CarrierAccount&, std::span<const TrackQuery>)> request;  // empty: only read (a push, a retired API)
};

class Pickups;
class Shipping;
class Subscriptions;

class Carrier {
 public:
  virtual ~Carrier() = default;
  virtual std::string_view name() const = 0;   // in URLs, settings and in the database
  virtual std::string_view title() const = 0;  // as people write it: "Royal Mail"
  virtual const Capabilities& capabilities() const = 0;
  // The first is the one in use unless the account names another.
  virtual std::span<const Api> apis() const { return {}; }
  // A valid number of our range, the same for the same id, of another id never the same; only with own_numbers.
  virtual std::optional<std::string> number_for(ParcelId) const { return std::nullopt; }
  virtual std::optional<std::string> number_for(ReturnId) const { return std::nullopt; }
  // A number of this carrier by shape and check digit.
  virtual bool is_number(std::string_view text) const = 0;

  // Only with announces.
  virtual HttpRequest announce_request(const CarrierAccount&, const ParcelToAnnounce&) const { return {}; }
  virtual AnnounceReply parse_announce(const HttpOutcome& outcome) const;

  // Only with needs_token. The default reads OAuth 2 (RFC 6749, 5.1): access_token and expires_in, a number or a text of one.
  virtual HttpRequest token_request(const CarrierAccount&) const { return {}; }
  virtual TokenReply parse_token(const HttpOutcome& outcome) const;

  // At most numbers_per_call queries (of the API in use). The defaults go through apis().
  virtual HttpRequest track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) const;
  virtual TrackReply parse_track(const CarrierAccount& account, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const;

  // Only with pushes. Is the push from the carrier: its signature or secret over the raw body? The default compares the secret that the
  // push URL carries; `url_secret` is what stood there.
  virtual bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                               std::string_view body) const;
  // Items are whatever the body speaks of.
  virtual TrackReply parse_push(std::string_view) const { return {Trouble::bad_reply, "this carrier does not push", 0, {}}; }

  // Labels and manifests through the carrier (carriers/shipping.hpp); nullptr: our own label.
  virtual const Shipping* shipping() const { return nullptr; }
  // Parcels fetched at a door (carriers/pickups.hpp); nullptr: customers hand them over.
  virtual const Pickups* pickups() const { return nullptr; }
  // Pushes are asked for number by number (carriers/subscriptions.hpp); nullptr: there are none, or they are set up at the carrier once
  // for all.
  virtual const Subscriptions* subscriptions() const { return nullptr; }
};

// Every carrier there is, and one by name (nullptr: no such carrier).
std::span<const Carrier* const> all_carriers();
const Carrier* find_carrier(std::string_view name);
// Adds one; only at the start of the program, before anybody asks. Its name must be new.
void add_carrier(std::unique_ptr<const Carrier> carrier);
// The carrier whose numbers look like this one (nullptr: none).
const Carrier* carrier_of_number(std::string_view number);
// The API in use for the account: the one it names, else the first; nullptr without any.
const Api* api_in_use(const Carrier& carrier, const CarrierAccount& account);
// How many numbers one call of the account takes: of the API in use, at least one.
int numbers_per_call(const Carrier& carrier, const CarrierAccount& account);
// The first account of a carrier (carriers/accounts.hpp reads all of them); nothing when it has none. Faults are thrown.
std::optional<CarrierAccount> account_from(const Config& config, std::string_view carrier);

// A value out of the account's `customer` where a carrier wants several: "name=value;name=value", a ';' or '%' in a value percent-encoded.
std::string part_of(const CarrierAccount& account, std::string_view name);

// Shared by the parsers: what a failed call or a non-2xx status means. none for a 2xx.
struct CallTrouble {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
};
CallTrouble trouble_of(const HttpOutcome& outcome);

// Reads one reply with an API: whatever it throws, a document that is none, and the bounds (events, repeats, texts) are handled here.
// Items are what the document speaks of; the events of each are free of repeats and sorted newest first.
TrackReply read_reply(const Api& api, const HttpOutcome& outcome);
// One item for every query, in their order: found by number (letters and digits compared) and then by reference; of several lives of one
// number the one with the newest event. A single query takes a single item that names no number. What is missing is not_found.
TrackReply matched(TrackReply reply, std::span<const TrackQuery> queries);

// A failed answer with the trouble, for the whole call and for one number.
TrackReply failed(Trouble trouble, std::string detail, std::int64_t retry_after_us = 0);
TrackedNumber failed_item(std::string number, Trouble trouble, std::string detail);

}  // namespace roundtrip::carriers
