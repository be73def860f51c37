// GLS: Track And Trace V1 of the group's gateway, and the token it wants.
#include "carriers/gls/gls.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/gls/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace gls {
namespace {
std::string url_of(const CarrierAccount& account, std::string_view path) {
  return (account.base_url.empty() ? std::string("https://api.gls-group.net") : account.base_url) + std::string(path);
}

domain::TrackingEvent event_of(const Json& one) {
  domain::TrackingEvent event;
  event.raw_code = text(one, "code");
  event.raw_text = text(one, "description");
  event.place = joined({text(one, "city"), text(one, "postalCode"), text(one, "country")});
  const auto raw = text(one, "eventDateTime");
  event.time = iso_time(raw);
  // The offset is of the central system, whatever the country.
  event.time =
      event.time.utc ? on_wall_of(std::move(event.time), text(one, "country")) : time_at_place(raw, read_iso(raw), text(one, "country"));
  apply_code(event, find_code(kEvents, event.raw_code));
  return event;
}

// "Parcel history closed": what the events ended with, where they tell; a parcel left at a ParcelShop was then fetched. GLS closes the
// history of what it delivered: without an event that we know to have ended it, it is delivered.
std::optional<domain::Headline> headline_of_closed(const TrackedNumber& item) {
  const auto told = domain::derive_status(item.events).status;
  const bool all_known = std::all_of(item.events.begin(), item.events.end(), [](const auto& event) { return event.status != unknown; });
  const bool open = told == available_for_pickup || told == pending || told == unknown || (told == pre_transit && !all_known);
  if (!open) return std::nullopt;
  return domain::Headline{delivered, Why::none, Instant{INT64_MIN / 2}};
}

TrackedNumber item_of(const Json& parcel) {
  const auto requested = text(parcel, "requested"), code = text(parcel, "errorCode");
  TrackedNumber item;
  item.number = text(parcel, "unitno");
  if (item.number.empty()) item.number = requested;
  if (!code.empty()) {
    auto trouble = Trouble::service;
    for (const auto& row : kErrors) {
      if (row.code == code) trouble = row.trouble;
    }
    return failed_item(item.number, trouble, joined({code, text(parcel, "errorMessage")}, " "));
  }
  // Asked for by a Track ID or the number of a notification card.
  if (requested != item.number) item.reference = requested;
  item.status_raw = text(parcel, "status");
  for (const Json* one : list(parcel, "events")) {
    if (one->is_object()) item.events.push_back(event_of(*one));
  }
  const Code* row = find_code(kStatuses, item.status_raw);
  item.headline = item.status_raw == "FINAL" ? headline_of_closed(item) : headline_of_code(row);
  if (row != nullptr) item.sub_code = row->sub_code;
  if (item.headline && item.events.empty())
    item.headline->as_of = iso_time(text(parcel, "statusDateTime")).utc.value_or(item.headline->as_of);
  return item;
}

bool is_fault(const Json& body) { return at(body, "fault").is_object(); }
// RFC 7807 as the API itself answers.
bool is_problem(const Json& body) { return !has(body, "parcels") && has(body, "title") && has(body, "status"); }

TrackReply read_fault(const Reply& reply) {
  const auto code = text(reply.json(), "fault/detail/errorcode");
  auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, reply.headers, ""}, {}});
  if (call.trouble == Trouble::none || call.trouble == Trouble::not_found) call.trouble = Trouble::service;
  for (const auto& row : kFaults) {
    if (code.starts_with(row.code)) call.trouble = row.trouble;
  }
  return failed(call.trouble, joined({code, text(reply.json(), "fault/faultstring")}, ": "), call.retry_after_us);
}

TrackReply read_problem(const Reply& reply) {
  const auto said = at(reply.json(), "status");
  const int status = said.is_number_integer() && said > 99 && said < 600 ? said.get<int>() : reply.status;
  auto call = trouble_of(HttpOutcome{HttpResponse{status, reply.headers, ""}, {}});
  if (call.trouble == Trouble::none) call.trouble = Trouble::bad_reply;
  const auto words = joined({text(reply.json(), "title"), text(reply.json(), "detail")}, ": ");
  return failed(call.trouble, joined({std::to_string(status), words}, " "), call.retry_after_us);
}

TrackReply read_track(const Reply& reply) {
  if (is_fault(reply.json())) return read_fault(reply);
  if (is_problem(reply.json())) return read_problem(reply);
  if (!at(reply.json(), "parcels").is_array()) {
    const auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, reply.headers, ""}, {}});
    return failed(call.trouble == Trouble::none ? Trouble::bad_reply : call.trouble, "no parcels", call.retry_after_us);
  }
  TrackReply out;
  for (const Json* parcel : list(reply.json(), "parcels")) {
    if (parcel->is_object()) out.items.push_back(item_of(*parcel));
  }
  return out;
}

HttpRequest track_request_of(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  std::string numbers, language = "EN";
  for (const auto& query : queries) numbers += (numbers.empty() ? "" : ",") + percent_encode(query.number);
  if (!queries.empty() && queries.front().locale.size() >= 2) language = plain_number(queries.front().locale.substr(0, 2));
  HttpRequest request;
  request.url = url_of(account, "/track-and-trace-v1/tracking/simple/trackids/" + numbers);
  request.headers = {{"Authorization", "Bearer " + account.token}, {"Accept", "application/json"}, {"Accept-Language", language}};
  return request;
}

std::span<const Api> gls_apis() {
  static const Api kApis[] = {
      {"track_v1", "GLS Track And Trace V1", 10,
       [](const Reply& reply) { return has(reply.json(), "parcels") || is_fault(reply.json()) || is_problem(reply.json()); }, read_track,
       track_request_of},
  };
  return kApis;
}

class GlsCarrier : public Carrier {
 public:
  std::string_view name() const override { return "gls"; }
  std::string_view title() const override { return "GLS"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.numbers_per_call = 10, .needs_token = true, .calls_per_day = 500};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return gls_apis(); }
  // Parcel numbers have 11 digits; Track IDs (8 letters and digits) could be anybody's.
  bool is_number(std::string_view number) const override {
    return number.size() == 11 && number.find_first_not_of("0123456789") == std::string_view::npos;
  }

  // "Authentication API v2": client credentials, as a Basic header and a form.
  HttpRequest token_request(const CarrierAccount& account) const override {
    HttpRequest request;
    request.method = "POST";
    request.url = url_of(account, "/oauth2/v2/token");
    request.headers = {{"Authorization", "Basic " + to_base64(account.key + ":" + account.secret)},
                       {"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = "grant_type=client_credentials";
    request.timeout_ms = account.timeout_ms;
    return request;
  }

  // A parcel asked for by its Track ID comes back under its parcel number.
  TrackReply parse_track(const CarrierAccount&, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const override {
    auto reply = read_reply(gls_apis().front(), outcome);
    for (auto& item : reply.items) {
      if (!item.reference.empty()) item.number = std::exchange(item.reference, "");
    }
    return matched(std::move(reply), queries);
  }
};
}  // namespace
}  // namespace gls

const Carrier& gls_carrier() {
  static const gls::GlsCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
