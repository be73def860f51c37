// What a carrier can say: pure request builders and reply parsers. Nothing here dials; usecases/tracking
// sends through a Transport and keeps what comes back.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/config.hpp"
#include "base/ids.hpp"
#include "base/transport.hpp"
#include "domain/orders.hpp"
#include "domain/tracking.hpp"

namespace roundtrip::carriers {

// How we reach a carrier and how it wants to be asked: a value made from the configuration.
struct CarrierAccount {
  std::string carrier;  // the registry's name
  std::string account;  // several accounts of one carrier; empty: the only one
  std::string base_url;
  std::string key, secret;  // API key, or OAuth client id and secret
  std::string token;        // bearer token, where the carrier needs one
  std::string push_secret;  // what its push URL must carry; empty: no pushes taken
  int timeout_ms = 10'000;
  std::int64_t poll_us = 2 * kHour;
  std::int64_t day_us = kDay;  // a day of the carrier; the demo carrier's is seconds
};

struct Capabilities {
  int numbers_per_call = 1;
  bool own_numbers = false;  // number_for: its numbers come from a range of ours
  bool announces = false;    // wants to hear of parcels before it gets them
  bool pushes = false;       // parse_push
  bool needs_token = false;  // token_request before anything else
  int calls_per_minute = 0;  // 0: no stated limit
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
  std::string reference;  // ours, as announced; tells a recycled number's lives apart
  std::string postal_code, country;
  std::optional<Instant> shipped_at;
  std::string locale = "en";
};

// Why there is no usable answer: about one number, or about the whole call.
enum class Trouble {
  none,
  not_found,     // not known (yet): normal shortly after the label was made
  rate_limited,  // see retry_after_us
  auth,          // our credentials are refused: nothing will work until a person acts
  service,       // the carrier's fault or no connection: try again
  bad_reply,     // an answer that cannot be read
};
std::string_view to_text(Trouble trouble);

// What a carrier said about one number.
struct TrackedNumber {
  std::string number;
  Trouble trouble = Trouble::none;
  std::string detail;
  std::string reference;  // as the carrier gave it back; empty: it does not
  std::vector<domain::TrackingEvent> events;
  std::optional<domain::Headline> headline;
  std::optional<Instant> estimated_at;
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

class Carrier {
 public:
  virtual ~Carrier() = default;
  virtual std::string_view name() const = 0;  // in URLs and in the database
  virtual const Capabilities& capabilities() const = 0;
  // A valid number of our range, the same for the same id, of another id never the same; only with own_numbers.
  virtual std::optional<std::string> number_for(ParcelId) const { return std::nullopt; }
  virtual std::optional<std::string> number_for(ReturnId) const { return std::nullopt; }
  // A number of this carrier by shape and check digit.
  virtual bool is_number(std::string_view text) const = 0;

  // Only with announces.
  virtual HttpRequest announce_request(const CarrierAccount& account, const ParcelToAnnounce& parcel) const = 0;
  virtual AnnounceReply parse_announce(const HttpOutcome& outcome) const = 0;

  // At most numbers_per_call queries.
  virtual HttpRequest track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) const = 0;
  virtual TrackReply parse_track(const HttpOutcome& outcome, std::span<const TrackQuery> queries) const = 0;
  // Only with pushes. Items are whatever the body speaks of.
  virtual TrackReply parse_push(std::string_view) const { return {Trouble::bad_reply, "this carrier does not push", 0, {}}; }
};

// Every carrier there is, and one by name (nullptr: no such carrier).
std::span<const Carrier* const> all_carriers();
const Carrier* find_carrier(std::string_view name);
// The carrier whose numbers look like this one (nullptr: none).
const Carrier* carrier_of_number(std::string_view number);
// The account of a carrier from the settings carriers.<name>.*; nothing for an unknown carrier.
std::optional<CarrierAccount> account_from(const Config& config, std::string_view carrier);

// Shared by the parsers: what a failed call or a non-2xx status means. none for a 2xx.
struct CallTrouble {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
};
CallTrouble trouble_of(const HttpOutcome& outcome);

}  // namespace roundtrip::carriers
