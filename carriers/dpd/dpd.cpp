// DPD: requests and replies of ParcelLifeCycleService 2.0, and the token of LoginService 2.0.
#include "carriers/dpd/dpd.hpp"

#include <algorithm>

#include "carriers/dpd/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace dpd {
namespace {
constexpr std::string_view kGermany = "https://public-ws.dpd.com/services";
// A token lives a day; where the answer does not tell from when, half of it is safe. Logins are counted: about ten a day.
constexpr std::int64_t kTokenLifeUs = 12 * kHour, kShortestLifeUs = kMinute, kLongestLifeUs = kDay;

// --- SOAP
std::string envelope(std::string_view header, std::string_view body) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">)"
         "<soapenv:Header>" +
         std::string(header) + "</soapenv:Header><soapenv:Body>" + std::string(body) + "</soapenv:Body></soapenv:Envelope>";
}

HttpRequest soap_request(const CarrierAccount& account, std::string_view service, std::string_view operation, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.url = (account.base_url.empty() ? std::string(kGermany) : account.base_url) + "/" + std::string(service) + "/V2_0/";
  request.headers = {{"Content-Type", "text/xml; charset=UTF-8"},
                     {"SOAPAction", "\"http://dpd.com/common/service/" + std::string(service) + "/2.0/" + std::string(operation) + "\""}};
  request.body = std::move(body);
  request.timeout_ms = account.timeout_ms;
  return request;
}

std::string_view language_of(std::string_view locale) {
  if (locale.starts_with("de")) return "de_DE";
  if (locale.starts_with("fr")) return "fr_FR";
  return locale.starts_with("nl") ? "nl_NL" : "en_EN";
}

// A fault's typed detail decides; SOAP 1.1 says whose fault an untyped one is.
TrackReply failure_of(pugi::xml_node fault) {
  const auto detail = at(fault, "detail").first_child();
  auto code = text(detail, "errorCode"), words = text(detail, "errorMessage");
  if (code.empty()) code = text(detail, "faultCode");
  if (words.empty()) words = text(detail, "message");
  if (words.empty()) words = text(fault, "faultstring");
  const auto said = joined({code, words}, ": ");
  if (local_name(detail) == "authenticationFault") return failed(Trouble::auth, said);
  const std::string whose = text(fault, "faultcode");
  if (local_name(detail) == "faults" || whose.ends_with("Client")) return failed(Trouble::bad_request, said);
  return failed(Trouble::service, said);
}

// --- times: "8/17/2021 7:11:26 PM" (Belgium), "17.08.2021, 19:11" (Germany)
ReadTime read_wall(const std::string& raw) {
  static constexpr const char* kGerman[] = {"%d.%m.%Y, %H:%M:%S", "%d.%m.%Y, %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"};
  if (raw.ends_with("AM") || raw.ends_with("PM")) return read_pattern(raw, "%m/%d/%Y %I:%M:%S %p");
  for (const char* pattern : kGerman) {
    if (const auto read = read_pattern(raw, pattern); !read.local.empty()) return read;
  }
  return read_iso(raw);
}

// "Mechelen (BE)" lies in Belgium.
std::string country_of(const std::string& place) {
  if (place.size() < 4 || place.back() != ')' || place[place.size() - 4] != '(') return "";
  return place.substr(place.size() - 3, 2);
}

// A text of the service: lines of {content, bold, paragraph}.
std::string lines_of(pugi::xml_node item) {
  std::string out;
  for (const auto line : list(item, "content")) out = joined({out, text(line, "content")}, " ");
  return clean_text(out);
}

domain::TrackingEvent event_of(pugi::xml_node status) {
  domain::TrackingEvent event;
  event.raw_code = text(status, "status");
  event.raw_text = lines_of(at(status, "description"));
  if (event.raw_text.empty()) event.raw_text = text(status, "label/content");
  event.place = text(status, "location/content");
  const auto raw = text(status, "date/content");
  event.time = time_at_place(raw, read_wall(raw), country_of(event.place));
  apply_code(event, find_code(kCodes, event.raw_code));
  return event;
}

// The list holds the whole way, steps to come included: only those reached have happened.
TrackedNumber item_of(pugi::xml_node result) {
  TrackedNumber item;
  const auto statuses = list(result, "statusInfo");
  if (statuses.empty()) return failed_item("", Trouble::not_found, "no steps");
  for (const auto status : statuses) {
    if (text(status, "statusHasBeenReached") != "true") continue;
    auto event = event_of(status);
    if (text(status, "isCurrentStatus") == "true") {
      item.headline = headline_of_code(find_code(kCodes, event.raw_code));
      item.status_raw = joined({event.raw_code, text(status, "label/content")}, " ");
    }
    item.events.push_back(std::move(event));
  }
  return item;
}

bool recognizes_life_cycle(const Reply& reply) {
  if (local_name(reply.xml()) != "Envelope") return false;
  const auto first = at(reply.xml(), "Body").first_child();
  return local_name(first) == "getTrackingDataResponse" || local_name(first) == "Fault";
}

TrackReply read_life_cycle(const Reply& reply) {
  const auto body = at(reply.xml(), "Body");
  if (const auto fault = at(body, "Fault")) return failure_of(fault);
  const auto result = at(body, "getTrackingDataResponse/trackingresult");
  if (!result) return failed(Trouble::bad_reply, "no tracking result");
  return {Trouble::none, "", 0, {item_of(result)}};
}

// A barcode holds the postal code before and the service behind the parcel's fourteen digits.
std::string label_number(const std::string& number) {
  const auto plain = plain_number(number);
  if (plain.size() == 28) return plain.substr(7, 14);
  return plain.size() == 15 ? plain.substr(0, 14) : plain;
}

HttpRequest life_cycle_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const auto language = language_of(queries.empty() ? "" : queries[0].locale);
  const auto header = R"(<ns:authentication xmlns:ns="http://dpd.com/common/service/types/Authentication/2.0"><delisId>)" +
                      xml_escaped(account.key) + "</delisId><authToken>" + xml_escaped(account.token) + "</authToken><messageLanguage>" +
                      std::string(language) + "</messageLanguage></ns:authentication>";
  const auto body = R"(<ns:getTrackingData xmlns:ns="http://dpd.com/common/service/types/ParcelLifeCycleService/2.0"><parcelLabelNumber>)" +
                    (queries.empty() ? "" : label_number(queries[0].number)) + "</parcelLabelNumber></ns:getTrackingData>";
  return soap_request(account, "ParcelLifeCycleService", "getTrackingData", envelope(header, body));
}

// How long the token lives: its end (a wall time in Germany) less the answer's own Date.
std::int64_t life_of(const std::string& expires, const HttpResponse& response) {
  const auto end = time_in_zone(expires, read_iso(expires), "Europe/Berlin", domain::ZoneBasis::carrier_zone).utc;
  const auto date = header(response.headers, "date");
  const auto now = date ? utc_time("", read_pattern(*date, "%a, %d %b %Y %H:%M:%S")).utc : std::nullopt;
  return end && now ? std::clamp(*end - *now, kShortestLifeUs, kLongestLifeUs) : kTokenLifeUs;
}

// ISO 7064 mod 37,36 over digits and letters.
bool fits_check(std::string_view text) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::size_t rest = 36;
  for (const char c : text.substr(0, text.size() - 1)) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return false;
    rest += value;
    if (rest > 36) rest -= 36;
    rest *= 2;
    if (rest > 36) rest -= 37;
  }
  return kAlphabet[(37 - rest) % 36] == text.back();
}

class DpdCarrier : public Carrier {
 public:
  std::string_view name() const override { return "dpd"; }
  std::string_view title() const override { return "DPD"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.needs_token = true};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {
        {"parcel_life_cycle_v2", "ParcelLifeCycleService 2.0", 1, recognizes_life_cycle, read_life_cycle, life_cycle_request}};
    return kApis;
  }
  // Fourteen digits; with its check character (15), or a whole barcode (28).
  bool is_number(std::string_view text) const override {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() == 14) return std::all_of(text.begin(), text.end(), digit);
    return (text.size() == 15 || text.size() == 28) && std::all_of(text.begin(), text.end() - 1, digit) && fits_check(text);
  }
  HttpRequest token_request(const CarrierAccount& account) const override {
    const auto body = R"(<ns:getAuth xmlns:ns="http://dpd.com/common/service/types/LoginService/2.0"><delisId>)" +
                      xml_escaped(account.key) + "</delisId><password>" + xml_escaped(account.secret) +
                      "</password><messageLanguage>en_EN</messageLanguage></ns:getAuth>";
    return soap_request(account, "LoginService", "getAuth", envelope("", body));
  }
  TokenReply parse_token(const HttpOutcome& outcome) const override {
    const auto call = trouble_of(outcome);
    if (!outcome.response) return {call.trouble, call.detail, 0, "", 0};
    const Document document = Document::of(outcome.response->body);
    if (!document.xml) {
      const auto trouble = call.trouble == Trouble::none ? Trouble::bad_reply : call.trouble;
      return {trouble, joined({call.detail, document.fault}, ": "), call.retry_after_us, "", 0};
    }
    const auto body = at(document.xml->document_element(), "Body");
    if (const auto fault = at(body, "Fault")) {
      const auto why = failure_of(fault);
      // The login has nothing but the credentials to refuse.
      return {why.trouble == Trouble::bad_request ? Trouble::auth : why.trouble, why.detail, call.retry_after_us, "", 0};
    }
    const auto login = at(body, "getAuthResponse/return");
    TokenReply reply;
    reply.token = text(login, "authToken");
    if (reply.token.empty()) return {Trouble::bad_reply, "an answer without a token", 0, "", 0};
    reply.lives_us = life_of(text(login, "authTokenExpires"), *outcome.response);
    return reply;
  }
};
}  // namespace
}  // namespace dpd

const Carrier& dpd_carrier() {
  static const dpd::DpdCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
