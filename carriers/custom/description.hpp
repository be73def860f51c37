// A carrier as its file describes it (carriers/README.md says how such a file is written).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "carriers/carrier.hpp"
#include "carriers/custom/paths.hpp"

namespace roundtrip::carriers::custom {

// A text with placeholders: pieces alternate between what stands there and the name of a placeholder.
struct Template {
  struct Piece {
    std::string text;
    bool placeholder = false;
  };
  std::vector<Piece> pieces;
  bool uses(std::string_view placeholder) const;
};

enum class BodyKind { text, json, xml, form };

struct RequestRule {
  std::string method = "GET";
  Template path, body;
  std::vector<std::pair<std::string, Template>> query, headers;
  BodyKind body_is = BodyKind::text;
  std::string join = ",";  // between the numbers of {numbers}
};

struct AuthRule {
  enum class Kind { none, basic, header, bearer, oauth2 };
  Kind kind = Kind::none;
  std::string header, prefix;        // header: its name, and what stands before the key
  std::string token_url;             // oauth2: absolute, or a path under base_url
  std::string scope;                 // oauth2
  Paths lives;                       // oauth2: seconds that a token lives, where the reply does not say `expires_in`
  bool credentials_in_body = false;  // oauth2: client_id and client_secret in the form, else Basic
};

// What a code or a phrase means.
struct Meaning {
  domain::TrackingStatus status = domain::TrackingStatus::unknown;
  domain::TrackingReason reason = domain::TrackingReason::none;
  std::string sub_code;
  bool physical = true;
};

struct TimeRule {
  Paths at, date, clock;
  std::string format = "iso";  // iso, compact, dotnet, unix, unix_ms, or a pattern with '%'
  Paths local;                 // the wall time at the place, where `at` is in UTC
  Paths offset, country, region;
  std::string country_after;  // the country is what stands behind the last of these
  std::string in_country;     // where it always is
  std::string zone;           // of the carrier, where nothing better is known
  bool given() const { return !at.empty() || !date.empty(); }
};

// Holds when something there is one of `is` or contains one of `contains`; with neither, when there is a text.
struct Condition {
  Paths at;
  std::vector<std::string> is, contains, is_not;
};

struct ErrorRule {
  std::vector<int> statuses;  // HTTP; empty: any
  Condition when;
  Trouble kind = Trouble::service;
  std::map<std::string, Trouble, std::less<>> kinds;  // by the value; others are `kind`
  Paths detail;
  bool of_record = false;
};

struct Description {
  std::string name, title, base_url;
  std::vector<std::string> numbers;
  Capabilities capabilities;
  std::optional<RequestRule> request;
  AuthRule auth;
  DocumentKind kind = DocumentKind::json;
  Paths known_by, records, number, reference, missing, signed_by, weight, weight_unit;
  std::string weight_unit_is;
  TimeRule estimate;
  Paths headline_code, headline_text;
  Paths events, event_code, event_text, event_place;
  TimeRule event_time;
  std::vector<Condition> return_leg;
  std::vector<ErrorRule> errors;
  std::map<std::string, Meaning, std::less<>> codes, texts, headline_codes;
  std::map<std::string, std::string, std::less<>> countries;  // as the carrier writes them -> ISO 3166-1
};

// The file's content. Every fault is listed with file, line and key, and the nearest known word where one was not known.
Result<Description> read_description(std::string_view toml, const std::string& file);

// The parcels that a reply speaks of, and the times in it.
TrackReply read_described(const Description& description, const Reply& reply);
domain::EventTime time_of(const TimeRule& rule, const Description& description, const Spot& from);
bool is_described(const Description& description, const Reply& reply);

HttpRequest described_request(const Description& description, const CarrierAccount& account, std::span<const TrackQuery> queries);
// As Carrier::parse_token, with auth.lives.
TokenReply described_token(const Description& description, const HttpOutcome& outcome, TokenReply standard);
HttpRequest described_token_request(const Description& description, const CarrierAccount& account);

}  // namespace roundtrip::carriers::custom
