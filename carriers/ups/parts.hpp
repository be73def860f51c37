// What the files of the UPS adapter share.
#pragma once
#include <nlohmann/json.hpp>

#include "carriers/coded_errors.hpp"
#include "carriers/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/shipping.hpp"
#include "carriers/subscriptions.hpp"
#include "carriers/ups/ups.hpp"

namespace roundtrip::carriers::ups {

// Where an account's requests go: its base URL (the test system wwwcie.ups.com, the demo carrier) or the production system.
std::string base_of(const CarrierAccount& account);
// Bearer token, transId and transactionSrc; the same `about` gives the same transId.
Headers headers_of(const CarrierAccount& account, std::string_view about);

// {"response": {"errors": [{"code", "message"}]}} of every UPS API.
const CodedErrors& coded_errors();
bool has_errors(const Json& body);
// What the errors mean, by code and then by HTTP status; none where there are none and the status is 2xx.
CallTrouble trouble_of_errors(const Json& body, int status);

// What `type`, `code` and the three-digit status code together mean; nothing for codes that are in no table.
std::optional<Code> meaning_of(std::string_view type, std::string_view code, std::string_view status_code);
// "X/RZ/012": how an event's or a status's codes are kept.
std::string raw_code_of(std::string_view type, std::string_view code, std::string_view status_code);
// A scan's time from its local and its GMT halves (date yyyymmdd, time hhmmss or hh:mm:ss, a leading zero may be missing).
struct ScanTime {
  std::string date, time, gmt_date, gmt_time, offset, country, region;
};
domain::EventTime time_of(const ScanTime& given);
// The end of a delivery window (or of the day) at a place; the end of the day in UTC where the place's zone is not known.
std::optional<Instant> estimate_in(const std::string& raw, std::string_view date, std::string_view end, std::string_view country,
                                   std::string_view region);

bool is_alert(const Reply& reply);
TrackReply read_alert(const Reply& reply);

const Shipping& shipping();
const Subscriptions& subscriptions();

}  // namespace roundtrip::carriers::ups
