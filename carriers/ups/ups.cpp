// UPS: OAuth, Track API v1 and what all UPS replies share (codes, times, errors).
#include "carriers/ups/ups.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/locale.hpp"
#include "carriers/times.hpp"
#include "carriers/ups/codes.hpp"
#include "carriers/ups/parts.hpp"

namespace roundtrip::carriers {
namespace ups {
namespace {
constexpr std::string_view kProduction = "https://onlinetools.ups.com";

bool digits_only(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "74700" -> "074700": UPS drops the leading zero of some GMT times.
std::string clock_of(std::string_view time) {
  std::string plain;
  std::copy_if(time.begin(), time.end(), std::back_inserter(plain), [](char c) { return c != ':'; });
  if (digits_only(plain) && (plain.size() == 5 || plain.size() == 3)) plain.insert(0, "0");
  return plain;
}

// The three digits of a status code; some replies have them in `code`.
std::string three_digits(std::string_view status_code, std::string_view code) {
  std::string digits(status_code);
  if (digits.empty() && code.size() == 3) digits = code;
  if (!digits_only(digits) || digits.size() > 3) return "";
  return std::string(3 - digits.size(), '0') + digits;
}

const Code* exception_of(std::string_view code) {
  while (code.size() > 1 && code.front() == '0' && digits_only(code)) code.remove_prefix(1);
  return find_code(kExceptionCodes, code);
}

Trouble trouble_of_code(std::string_view code) {
  struct Known {
    std::string_view code;
    Trouble trouble;
  };
  // developer.ups.com, "Errors" of OAuth, Track and Track Alert.
  static constexpr Known kKnown[] = {{"TW0001", Trouble::not_found},   {"UJ0001", Trouble::auth},        {"250002", Trouble::auth},
                                     {"250003", Trouble::auth},        {"251004", Trouble::auth},        {"10004", Trouble::service},
                                     {"10007", Trouble::bad_request},  {"10429", Trouble::rate_limited}, {"429", Trouble::rate_limited},
                                     {"VSS100", Trouble::service},     {"VSS000", Trouble::bad_request}, {"VSS002", Trouble::bad_request},
                                     {"VSS003", Trouble::bad_request}, {"VSS004", Trouble::bad_request}, {"VSS006", Trouble::bad_request},
                                     {"VSS110", Trouble::bad_request}, {"VSS200", Trouble::bad_request}, {"VSS210", Trouble::bad_request},
                                     {"VSS215", Trouble::bad_request}, {"VSS220", Trouble::bad_request}, {"VSS300", Trouble::bad_request},
                                     {"VSS310", Trouble::bad_request}, {"VSS400", Trouble::bad_request}, {"VSS500", Trouble::bad_request},
                                     {"VSS600", Trouble::bad_request}, {"VSS610", Trouble::bad_request}, {"VSS700", Trouble::bad_request},
                                     {"VSS800", Trouble::bad_request}, {"VSS930", Trouble::bad_request}};
  for (const auto& known : kKnown) {
    if (known.code == code) return known.trouble;
  }
  return Trouble::none;
}

domain::TrackingEvent event_of(const Json& activity) {
  domain::TrackingEvent event;
  const std::string type = text(activity, "status/type"), code = text(activity, "status/code");
  const std::string status_code = text(activity, "status/statusCode");
  event.raw_code = raw_code_of(type, code, status_code);
  event.raw_text = text(activity, "status/description");
  const std::string country = text(activity, "location/address/countryCode"), region = text(activity, "location/address/stateProvince");
  event.place = joined({text(activity, "location/address/city"), region, country});
  event.time = time_of({text(activity, "date"), text(activity, "time"), text(activity, "gmtDate"), text(activity, "gmtTime"),
                        text(activity, "gmtOffset"), country, region});
  const auto meaning = meaning_of(type, code, status_code);
  if (!apply_code(event, meaning ? &*meaning : nullptr)) return event;
  // A logical scan was made by a computer about a parcel that nobody saw; a delivery stands all the same.
  const bool end = event.status == delivered || event.status == returned;
  if (type == "U" || (flag(activity, "logicalScan") && !end)) event.physical = false;
  return event;
}

// Rescheduled before scheduled; the hour comes from the delivery window where there is one. DEL is no estimate.
void read_estimate(const Json& package, TrackedNumber& item) {
  std::string date;
  for (const auto wanted : {"RDD", "SDD"}) {
    for (const Json* one : list(package, "deliveryDate")) {
      if (date.empty() && text(*one, "type") == wanted) date = text(*one, "date");
    }
  }
  if (date.empty()) return;
  const std::string kind = text(package, "deliveryTime/type");
  const bool window = kind == "EDW" || kind == "CDW" || kind == "IDW" || kind == "CMT";
  const std::string end = window ? text(package, "deliveryTime/endTime") : "";
  item.estimated_raw = joined({date, end}, " ");
  std::string country, region;
  for (const Json* one : list(package, "packageAddress")) {
    if (text(*one, "type") != "DESTINATION") continue;
    country = text(*one, "address/countryCode");
    region = text(*one, "address/stateProvince");
  }
  item.estimated_at = estimate_in(item.estimated_raw, date, end, country, region);
}

// UPS says "Delivered" of a parcel that it brought back: what was on its way to the sender before has been returned.
void read_return(TrackedNumber& item) {
  if (!item.headline || item.headline->status != delivered) return;
  const auto newest = std::max_element(item.events.begin(), item.events.end(), [](const auto& a, const auto& b) {
    const auto key = [](const auto& event) {
      return std::pair(event.physical && event.status != delivered && event.status != returned, domain::order_time(event));
    };
    return key(a) < key(b);
  });
  const bool on_its_way_back =
      newest != item.events.end() && newest->physical && newest->status == return_to_sender && newest->sub_code != "return_requested";
  if (on_its_way_back) item.headline->status = returned;
}

// The current status has no cause of its own; the newest scan of the same status (activities come newest first) may have one.
void read_cause(TrackedNumber& item) {
  if (!item.headline || item.headline->reason != Why::none) return;
  for (const auto& event : item.events) {
    if (!event.physical || event.status != item.headline->status) continue;
    item.headline->reason = event.reason;
    if (item.sub_code.empty()) item.sub_code = event.sub_code;
    return;
  }
}

TrackedNumber item_of(const Json& package) {
  TrackedNumber item;
  item.number = text(package, "trackingNumber");
  for (const Json* activity : list(package, "activity")) {
    if (activity->is_object()) item.events.push_back(event_of(*activity));
  }
  const Json& status = at(package, "currentStatus");
  const std::string type = text(status, "type"), code = text(status, "code"), status_code = text(status, "statusCode");
  item.status_raw = joined({raw_code_of(type, code, status_code), text(status, "description")}, " ");
  if (const auto meaning = meaning_of(type, code, status_code)) {
    item.headline = headline_of_code(&*meaning);
    item.sub_code = meaning->sub_code;
    read_cause(item);
  }
  read_return(item);
  read_estimate(package, item);
  item.signed_by = text(package, "deliveryInformation/receivedBy");
  item.weight_g = grams(text(package, "weight/weight"), text(package, "weight/unitOfMeasurement"));
  return item;
}

// A shipment without packages has warnings: that the number is not known is HTTP 200 with TW0001.
TrackedNumber item_of_warning(const Json& shipment) {
  const std::string number = text(shipment, "inquiryNumber");
  for (const Json* warning : list(shipment, "warnings")) {
    const std::string code = text(*warning, "code");
    if (code.empty()) continue;
    const Trouble known = trouble_of_code(code);
    return failed_item(number, known == Trouble::none ? Trouble::service : known, joined({code, text(*warning, "message")}, " "));
  }
  return failed_item(number, Trouble::bad_reply, "a shipment without packages and warnings");
}

TrackReply read_track(const Reply& reply) {
  if (const auto call = trouble_of_errors(reply.json(), reply.status); call.trouble != Trouble::none)
    return failed(call.trouble, call.detail, call.retry_after_us);
  if (!has(reply.json(), "trackResponse/shipment")) return failed(Trouble::bad_reply, "an answer without a shipment");
  TrackReply out;
  for (const Json* shipment : list(reply.json(), "trackResponse/shipment")) {
    const auto packages = list(*shipment, "package");
    for (const Json* package : packages) {
      if (package->is_object()) out.items.push_back(item_of(*package));
    }
    if (packages.empty()) out.items.push_back(item_of_warning(*shipment));
  }
  return out;
}

HttpRequest track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  if (queries.empty()) return {};
  const std::string number = plain_number(queries[0].number);  // nothing that could be a path
  HttpRequest request;
  request.url = base_of(account) + "/api/track/v1/details/" + number + "?locale=" + locale_with_country(queries[0].locale) +
                "&returnSignature=false&returnMilestones=false&returnPOD=false";
  request.headers = headers_of(account, number);
  return request;
}

// Retired in 2024: XML over HTTP.
bool is_legacy(const Reply& reply) { return local_name(reply.xml()) == "TrackResponse"; }

const std::vector<Api>& apis_of_ups() {
  static const std::vector<Api> kApis = {
      {"track_v1", "Track API v1", 1,
       [](const Reply& reply) { return has(reply.json(), "trackResponse") || (has_errors(reply.json()) && !is_alert(reply)); }, read_track,
       track_request},
      {"track_alert_v2", "Track Alert API v2", 1, is_alert, read_alert, nullptr},
      {"track_xml", "Track XML", 1, is_legacy, nullptr, nullptr},
  };
  return kApis;
}

class UpsCarrier : public Carrier {
 public:
  std::string_view name() const override { return "ups"; }
  std::string_view title() const override { return "UPS"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.numbers_per_call = 1, .pushes = true, .needs_token = true};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return apis_of_ups(); }
  bool is_number(std::string_view text) const override;
  HttpRequest token_request(const CarrierAccount& account) const override;
  TokenReply parse_token(const HttpOutcome& outcome) const override;
  bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                       std::string_view body) const override;
  TrackReply parse_push(std::string_view body) const override {
    return read_reply(apis_of_ups()[1], {HttpResponse{200, {}, std::string(body)}, {}});
  }
  const Shipping* shipping() const override { return &ups::shipping(); }
  const Subscriptions* subscriptions() const override { return &ups::subscriptions(); }
};

// 1Z, fifteen characters and a check digit: letters count as (ASCII - 3) mod 10, every second one twice.
bool UpsCarrier::is_number(std::string_view text) const {
  constexpr std::size_t kLength = 18;
  if (text.size() != kLength || !text.starts_with("1Z")) return false;
  int sum = 0;
  for (std::size_t i = 2; i + 1 < kLength; ++i) {
    const char c = text[i];
    if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return false;
    const int value = c <= '9' ? c - '0' : (c - 3) % 10;
    sum += value * (i % 2 == 0 ? 1 : 2);
  }
  return text.back() == static_cast<char>('0' + (10 - sum % 10) % 10);
}

HttpRequest UpsCarrier::token_request(const CarrierAccount& account) const {
  auto request = form_request(account, base_of(account) + "/security/v1/oauth/token", "grant_type=client_credentials");
  request.headers.emplace_back("Authorization", "Basic " + to_base64(account.key + ":" + account.secret));
  if (!account.customer.empty()) request.headers.emplace_back("x-merchant-id", account.customer);
  return request;
}

TokenReply UpsCarrier::parse_token(const HttpOutcome& outcome) const {
  return in_own_words(Carrier::parse_token(outcome), coded_errors(), outcome);
}

// UPS does not sign its pushes. It sends the credential set up for the webhook: in x-api-key (the client id of the shop's own OAuth), as
// a bearer token, or in the URL.
bool UpsCarrier::push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                                 std::string_view body) const {
  if (account.push_secret.empty()) return false;
  const std::string bearer = "Bearer " + account.push_secret;
  const auto given = header(headers, "authorization"), key = header(headers, "x-api-key");
  return (given && equal_in_constant_time(bearer, *given)) || (key && equal_in_constant_time(account.push_secret, *key)) ||
         Carrier::push_is_genuine(account, headers, url_secret, body);
}
}  // namespace

std::string base_of(const CarrierAccount& account) { return account.base_url.empty() ? std::string(kProduction) : account.base_url; }

Headers headers_of(const CarrierAccount& account, std::string_view about) {
  return {{"Authorization", "Bearer " + account.token},
          {"transId", sha256_hex(about).substr(0, 32)},
          {"transactionSrc", "roundtrip"},
          {"Accept", "application/json"}};
}

const CodedErrors& coded_errors() {
  static constexpr CodedErrors kErrors{"response/errors", trouble_of_code};
  return kErrors;
}
bool has_errors(const Json& body) { return carriers::has_errors(coded_errors(), body); }
CallTrouble trouble_of_errors(const Json& body, int status) { return trouble_of(coded_errors(), body, status); }

std::string raw_code_of(std::string_view type, std::string_view code, std::string_view status_code) {
  return joined({type, code, status_code == code ? "" : status_code}, "/");
}

std::optional<Code> meaning_of(std::string_view type, std::string_view code, std::string_view status_code) {
  const Code* status = find_code(kStatusCodes, three_digits(status_code, code));
  const Code* cause = type == "X" ? exception_of(code) : nullptr;
  const Code* scan = type == "X" ? nullptr : find_code(kScanCodes, code);
  if (status != nullptr) {
    Code meaning = *status;
    if (scan != nullptr && scan->status == returned && meaning.status == delivered) meaning.status = returned;
    const bool open = meaning.status == exception || meaning.status == delivery_attempted || meaning.status == return_to_sender;
    if (cause == nullptr || !open) return meaning;
    if (meaning.status == exception && cause->physical) meaning.status = cause->status;
    if (cause->reason != Why::none) meaning.reason = cause->reason;
    if (meaning.sub_code.empty()) meaning.sub_code = cause->sub_code;
    return meaning;
  }
  const Code* last = cause != nullptr ? cause : scan != nullptr ? scan : find_code(kTypes, type);
  return last == nullptr ? std::nullopt : std::optional(*last);
}

domain::EventTime time_of(const ScanTime& given) {
  const std::string raw = joined({given.date, given.time}, " ");
  const auto local = read_compact(given.date, clock_of(given.time));
  // gmtDate and gmtTime are UTC already; gmtOffset only tells how the local time was made and is never applied to them.
  const auto gmt = given.gmt_time.empty() ? ReadTime{} : read_compact(given.gmt_date, clock_of(given.gmt_time));
  if (!gmt.local.empty()) return utc_time(raw, gmt, local.local);
  if (!given.offset.empty()) return time_with_offset(raw, local, given.offset);
  return time_at_place(raw, local, given.country, given.region);
}

std::optional<Instant> estimate_in(const std::string& raw, std::string_view date, std::string_view end, std::string_view country,
                                   std::string_view region) {
  const auto last = read_compact(date, end.empty() ? "235959" : clock_of(end));
  if (const auto at_place = time_at_place(raw, last, country, region); at_place.utc) return at_place.utc;
  return estimate_of(wall_time(raw, read_compact(date, "")));
}
}  // namespace ups

const Carrier& ups_carrier() {
  static const ups::UpsCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
