// FedEx: OAuth, Track API v1 and its pushes.
#include "carriers/fedex/fedex.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/check_digits.hpp"
#include "carriers/fedex/codes.hpp"
#include "carriers/fedex/parts.hpp"
#include "carriers/locale.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace fedex {
namespace {
constexpr std::string_view kProduction = "https://apis.fedex.com";
constexpr int kNumbersPerCall = 30;

// Codes are words joined by dots: which field, and what is wrong with it.
Trouble trouble_of_code(std::string_view code) {
  struct Known {
    std::string_view code;
    Trouble trouble;
  };
  static constexpr Known kWhole[] = {{"NOT.AUTHORIZED.ERROR", Trouble::auth},           {"FORBIDDEN.ERROR", Trouble::auth},
                                     {"LOGIN.REAUTHENTICATE.ERROR", Trouble::auth},     {"BAD.REQUEST.ERROR", Trouble::bad_request},
                                     {"NOT.FOUND.ERROR", Trouble::not_found},           {"TOO.MANY.REQUESTS", Trouble::rate_limited},
                                     {"RATE.LIMIT.EXCEEDED", Trouble::rate_limited},    {"INTERNAL.SERVER.ERROR", Trouble::service},
                                     {"SERVICE.UNAVAILABLE.ERROR", Trouble::service},   {"SYSTEM.UNEXPECTED.ERROR", Trouble::service},
                                     {"SYSTEM.UNAVAILABLE.EXCEPTION", Trouble::service}};
  static constexpr Known kEnds[] = {{".NOTFOUND", Trouble::not_found},   {".NOT.FOUND", Trouble::not_found},
                                    {".EMPTY", Trouble::bad_request},    {".INVALID", Trouble::bad_request},
                                    {".TOOSHORT", Trouble::bad_request}, {".TOOLONG", Trouble::bad_request}};
  for (const auto& known : kWhole) {
    if (known.code == code) return known.trouble;
  }
  for (const auto& known : kEnds) {
    if (code.ends_with(known.code)) return known.trouble;
  }
  return Trouble::none;
}

// FedEx writes a date that it knows no hour of as midnight: without an offset, or (SHIP dates) with a fixed -06:00 wherever the place.
bool is_midnight(std::string_view local) { return local.ends_with("T00:00:00"); }

domain::EventTime date_alone(const std::string& raw, const ReadTime& read) {
  return wall_time(raw, ReadTime{read.local.substr(0, 10), std::nullopt, false});
}

// A scan's time has the place's offset; where it has none it is read at the place.
domain::EventTime scan_time(const std::string& raw, const std::string& country, const std::string& region) {
  const auto read = read_iso(raw);
  if (read.offset_minutes) return iso_time(raw);
  return is_midnight(read.local) ? date_alone(raw, read) : time_at_place(raw, read, country, region);
}

const Code* delay_of(const Json& json) { return find_code(kDelays, text(json, "delayDetail/type")); }

// What a code and the exception beside it mean together.
std::optional<Code> meaning_of(std::string_view code, std::string_view derived_code, std::string_view exception_code, const Code* delay) {
  const Code* row = find_code(kStatusCodes, code);
  if (row == nullptr) row = find_code(kStatusCodes, derived_code);
  if (row == nullptr) return std::nullopt;
  Code meaning = *row;
  if (meaning.status != exception) return meaning;
  const Code* cause = find_code(kExceptionCodes, exception_code);
  if (cause != nullptr) {
    if (row->code == "DE") meaning.status = cause->status;
    meaning.reason = cause->reason;
  }
  if (delay != nullptr && (meaning.reason == Why::none || meaning.reason == Why::carrier_delay)) meaning.reason = delay->reason;
  return meaning;
}

domain::TrackingEvent event_of(const Json& scan) {
  domain::TrackingEvent event;
  const std::string code = text(scan, "eventType"), cause = text(scan, "exceptionCode");
  event.raw_code = joined({code, cause}, "/");
  event.raw_text = joined({text(scan, "eventDescription"), text(scan, "exceptionDescription")}, ": ");
  const std::string country = text(scan, "scanLocation/countryCode"), region = text(scan, "scanLocation/stateOrProvinceCode");
  event.place = joined({text(scan, "scanLocation/city"), region, country});
  event.time = scan_time(text(scan, "date"), country, region);
  const auto meaning = meaning_of(code, text(scan, "derivedStatusCode"), cause, delay_of(scan));
  apply_code(event, meaning ? &*meaning : nullptr);
  return event;
}

// The reason of the latest status stands beside it or, where it does not, at the newest scan of the same code.
void read_status(const Json& result, TrackedNumber& item) {
  const Json& status = at(result, "latestStatusDetail");
  const std::string code = text(status, "code"), derived = text(status, "derivedCode");
  std::string cause;
  for (const Json* detail : list(status, "ancillaryDetails")) {
    if (cause.empty()) cause = text(*detail, "reason");
  }
  const Code* delay = delay_of(status);
  for (const Json* scan : list(result, "scanEvents")) {
    if (text(*scan, "eventType") != code) continue;
    if (cause.empty()) cause = text(*scan, "exceptionCode");
    if (delay == nullptr) delay = delay_of(*scan);
    break;  // newest first
  }
  item.status_raw = joined({joined({code, derived == code ? "" : derived, cause}, "/"), text(status, "statusByLocale")}, " ");
  const auto meaning = meaning_of(code, derived, cause, delay);
  if (!meaning) return;
  item.headline = headline_of_code(&*meaning);
  item.sub_code = meaning->sub_code;
  // "Delivered" of a parcel that was on its way back to the shipper.
  const auto is_return = [](const domain::TrackingEvent& event) { return event.status == return_to_sender; };
  if (item.headline && item.headline->status == delivered && std::any_of(item.events.begin(), item.events.end(), is_return))
    item.headline->status = returned;
}

// The estimate, else the end of its window, else of the standard transit time; midnight means the day.
void read_estimate(const Json& result, TrackedNumber& item) {
  for (const Json* one : list(result, "dateAndTimes")) {
    if (text(*one, "type") == "ESTIMATED_DELIVERY") item.estimated_raw = text(*one, "dateTime");
  }
  for (const auto path : {"estimatedDeliveryTimeWindow/window/ends", "standardTransitTimeWindow/window/ends"}) {
    if (item.estimated_raw.empty()) item.estimated_raw = text(result, path);
  }
  const auto read = read_iso(item.estimated_raw);
  if (read.local.empty()) return;
  if (read.local.size() > 10 && !is_midnight(read.local)) {
    item.estimated_at = estimate_of(iso_time(item.estimated_raw));
    return;
  }
  const std::string day = read.local.substr(0, 10);
  const auto end = time_at_place(item.estimated_raw, read_iso(day + "T23:59:59"), text(result, "recipientInformation/address/countryCode"),
                                 text(result, "recipientInformation/address/stateOrProvinceCode"));
  item.estimated_at = end.utc ? end.utc : estimate_of(date_alone(item.estimated_raw, read));
}

// "Signature not required" is written where a name belongs.
std::string signer_of(const Json& result) {
  static constexpr std::string_view kNoNames[] = {"Signature not required", "Signature Not Req", "Signature release on file",
                                                  "Signature not Required"};
  for (const auto path : {"deliveryDetails/signedByName", "deliveryDetails/receivedByName"}) {
    const std::string name = text(result, path);
    if (!name.empty() && std::find(std::begin(kNoNames), std::end(kNoNames), name) == std::end(kNoNames)) return name;
  }
  return "";
}

std::optional<int> weight_of(const Json& result) {
  std::optional<int> weight;
  for (const Json* one : list(result, "packageDetails/weightAndDimensions/weight")) {
    const std::string unit = text(*one, "unit");
    if (!weight || unit == "KG") weight = grams(text(*one, "value"), unit);
  }
  return weight;
}

TrackedNumber item_of(const Json& result, const std::string& asked) {
  const std::string own = text(result, "trackingNumberInfo/trackingNumber");
  TrackedNumber item;
  item.number = own.empty() ? asked : own;
  item.reference = text(result, "trackingNumberInfo/trackingNumberUniqueId");
  if (has(result, "error")) {
    const std::string code = text(result, "error/code");
    const Trouble known = trouble_of_code(code);
    item.trouble = known == Trouble::none ? Trouble::service : known;
    item.detail = joined({code, text(result, "error/message")}, " ");
    return item;
  }
  for (const Json* scan : list(result, "scanEvents")) {
    if (scan->is_object()) item.events.push_back(event_of(*scan));
  }
  read_status(result, item);
  read_estimate(result, item);
  item.signed_by = signer_of(result);
  item.weight_g = weight_of(result);
  return item;
}

// The lives of a reused number come as several results of one number, each with its trackingNumberUniqueId.
TrackReply read_track(const Reply& reply) {
  const Json& body = reply.json();
  if (const auto call = trouble_of_errors(body, reply.status); call.trouble != Trouble::none)
    return failed(call.trouble, call.detail, call.retry_after_us);
  if (!has(body, "output/completeTrackResults")) return failed(Trouble::bad_reply, "an answer without results");
  TrackReply out;
  for (const Json* number : list(body, "output/completeTrackResults")) {
    const std::string asked = text(*number, "trackingNumber");
    const auto results = list(*number, "trackResults");
    for (const Json* result : results) {
      out.items.push_back(result->is_object() ? item_of(*result, asked)
                                              : failed_item(asked, Trouble::bad_reply, "a result of another shape"));
    }
    if (results.empty()) out.items.push_back(failed_item(asked, Trouble::bad_reply, "a number without results"));
  }
  return out;
}

HttpRequest track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  if (queries.empty()) return {};
  Json wanted = Json::array();
  std::string about;
  for (const auto& query : queries) {
    Json number = {{"trackingNumber", plain_number(query.number)}};
    // The unique id that the carrier gave tells this life of a reused number from the others.
    if (query.reference.find('~') != std::string::npos) number["trackingNumberUniqueId"] = query.reference;
    wanted.push_back({{"trackingNumberInfo", number}});
    about += query.number + " ";
  }
  HttpRequest request;
  request.method = "POST";
  request.url = base_of(account) + "/track/v1/trackingnumbers";
  request.headers = headers_of(account, about, queries[0].locale);
  request.body = Json{{"includeDetailedScans", true}, {"trackingInfo", wanted}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return request;
}

bool is_track(const Reply& reply) { return has(reply.json(), "output/completeTrackResults") || has_errors(reply.json()); }

bool is_legacy(const Reply& reply) {
  const auto root = reply.xml();
  return local_name(root) == "TrackReply" || (local_name(root) == "Envelope" && find(root, "TrackReply"));
}

const std::vector<Api>& apis_of_fedex() {
  static const std::vector<Api> kApis = {
      {"track_v1", "Track API v1", kNumbersPerCall, is_track, read_track, track_request},
      {"soap_track", "SOAP Track", 1, is_legacy, nullptr, nullptr},
  };
  return kApis;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class FedexCarrier : public Carrier {
 public:
  std::string_view name() const override { return "fedex"; }
  std::string_view title() const override { return "FedEx"; }
  const Capabilities& capabilities() const override {
    // Pushes (Advanced Integrated Visibility) are set up in the developer portal once for all parcels of an account number: nothing to
    // subscribe number by number, nothing to renew. FedEx also sells them by tracking number, added by jobs of its own; not used.
    static constexpr Capabilities kCapabilities{.numbers_per_call = kNumbersPerCall, .pushes = true, .needs_token = true};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return apis_of_fedex(); }
  bool is_number(std::string_view text) const override;
  HttpRequest token_request(const CarrierAccount& account) const override;
  TokenReply parse_token(const HttpOutcome& outcome) const override;
  bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                       std::string_view body) const override;
  TrackReply parse_push(std::string_view body) const override {
    return read_reply(apis_of_fedex()[0], {HttpResponse{200, {}, std::string(body)}, {}});
  }
  const Shipping* shipping() const override { return &fedex::shipping(); }
};

// Express 12 and 34 digits (mod 11), Ground 15 digits and 96 + 20 (mod 10). Shapes shared with others (18, 20 digits) are left to identify.
bool FedexCarrier::is_number(std::string_view text) const {
  if (text.empty() || !all_digits(text)) return false;
  const char check = text.back();
  const auto rest = text.substr(0, text.size() - 1);
  switch (text.size()) {
    case 12:
      return check_mod11(rest, "317") == check;
    case 15:
      return check_mod10(rest, 1, 3) == check;
    case 22:
      return text.starts_with("96") && check_mod10(rest.substr(7), 1, 3) == check;
    case 34:
      return (text.front() != '9' || text[1] == '6') && check_mod11(rest.substr(20), "173") == check;
    default:
      return false;
  }
}

HttpRequest FedexCarrier::token_request(const CarrierAccount& account) const {
  return form_request(
      account, base_of(account) + "/oauth/token",
      "grant_type=client_credentials&client_id=" + percent_encode(account.key) + "&client_secret=" + percent_encode(account.secret));
}

TokenReply FedexCarrier::parse_token(const HttpOutcome& outcome) const {
  return in_own_words(Carrier::parse_token(outcome), coded_errors(), outcome);
}

// fdx-signature: HMAC-SHA256 of the body with the project's security token, as hex or as base64.
bool FedexCarrier::push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view, std::string_view body) const {
  const auto given = header(headers, "fdx-signature");
  if (account.push_secret.empty() || !given) return false;
  const std::string expected = hmac_sha256_hex(account.push_secret, body);
  std::string as_hex(*given);
  if (as_hex.size() != expected.size()) {
    as_hex.clear();
    for (const unsigned char byte : from_base64(*given).value_or("")) {
      as_hex += "0123456789abcdef"[byte >> 4];
      as_hex += "0123456789abcdef"[byte & 15];
    }
  }
  for (char& c : as_hex) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  return equal_in_constant_time(expected, as_hex);
}
}  // namespace

std::string base_of(const CarrierAccount& account) { return account.base_url.empty() ? std::string(kProduction) : account.base_url; }

Headers headers_of(const CarrierAccount& account, std::string_view about, std::string_view locale) {
  return {{"Authorization", "Bearer " + account.token},
          {"x-customer-transaction-id", sha256_hex(about).substr(0, 32)},
          {"x-locale", locale_with_country(locale)},
          {"Content-Type", "application/json"},
          {"Accept", "application/json"}};
}

const CodedErrors& coded_errors() {
  static constexpr CodedErrors kErrors{"errors", trouble_of_code, true};
  return kErrors;
}
bool has_errors(const Json& body) { return carriers::has_errors(coded_errors(), body); }
CallTrouble trouble_of_errors(const Json& body, int status) { return trouble_of(coded_errors(), body, status); }
}  // namespace fedex

const Carrier& fedex_carrier() {
  static const fedex::FedexCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
