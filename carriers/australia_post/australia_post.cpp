// Australia Post and StarTrack: Track Items of the Shipping and Tracking API v1. One account is asked about either, never about both in
// one call: the account number (ten digits of Australia Post, eight of StarTrack) says which.
#include "carriers/australia_post/australia_post.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/australia_post/codes.hpp"
#include "carriers/identify.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace australia_post {
namespace {
constexpr std::string_view kZone = "Australia/Melbourne";  // of what names no state

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// The exact phrase first, then the longest that goes on with a place or a reason.
const Code* phrase_of(std::string_view description) {
  const auto said = lowered(description);
  if (const Code* exact = find_code(kPhrases, said)) return exact;
  const Code* best = nullptr;
  for (const Code& row : kPhrases) {
    if (!row.code.ends_with('*') || !said.starts_with(row.code.substr(0, row.code.size() - 1))) continue;
    if (best == nullptr || row.code.size() > best->code.size()) best = &row;
  }
  return best;
}

// "PORT MELBOURNE VIC": its state; "CHICAGO (US)" and "NZ" have none.
std::string_view state_of(std::string_view location) {
  const auto blank = location.rfind(' ');
  const auto last = blank == std::string_view::npos ? location : location.substr(blank + 1);
  return zone_of_place("AU", last) ? last : std::string_view();
}

// All offsets are of one office, wherever the event was: the wall time is made the place's.
domain::EventTime time_of(const std::string& raw, std::string_view state) {
  auto time = iso_time(raw);
  if (time.utc) return on_wall_of(std::move(time), "AU", state);
  time = time_at_place(raw, read_iso(raw), "AU", state);
  return time.utc ? time : time_in_zone(raw, read_iso(raw), kZone, domain::ZoneBasis::carrier_zone);
}

void add_events(TrackedNumber& item, const Json& from) {
  for (const Json* one : list(from, "events")) {
    if (!one->is_object()) continue;
    auto& event = item.events.emplace_back();
    event.raw_text = text(*one, "description");
    event.place = text(*one, "location");
    event.time = time_of(text(*one, "date"), state_of(event.place));
    apply_code(event, phrase_of(event.raw_text));
  }
}

// Articles stand in trackable_items, or one deeper in the items of a consignment.
std::vector<const Json*> articles_of(const Json& result) {
  std::vector<const Json*> out;
  for (const Json* one : list(result, "trackable_items")) {
    const auto inner = list(*one, "items");
    if (inner.empty()) out.push_back(one);
    out.insert(out.end(), inner.begin(), inner.end());
  }
  return out;
}

// The status that counts: the consignment's, the result's, else what all articles have; one that says something comes first.
std::string status_of(const Json& result, std::span<const Json* const> articles) {
  std::vector<std::string> said = {text(result, "consignment/status"), text(result, "status")};
  std::string common = articles.empty() ? "" : text(*articles.front(), "status");
  for (const Json* article : articles) {
    if (text(*article, "status") != common) common.clear();
  }
  said.push_back(common);
  for (const auto& status : said) {
    if (find_code(kStatuses, lowered(status)) != nullptr) return status;
  }
  const auto any = std::find_if(said.begin(), said.end(), [](const auto& status) { return !status.empty(); });
  return any == said.end() ? "" : *any;
}

std::optional<domain::Headline> headline_of(const Code* row, const TrackedNumber& item) {
  if (row == nullptr) return std::nullopt;
  // "In transit" is said of everything under way; the events tell whether it is on the van or was tried. "Created" is of the order.
  const auto told = domain::derive_status(item.events).status;
  const bool finer = told == out_for_delivery || told == delivery_attempted || told == available_for_pickup;
  if (row->status == in_transit && finer) return std::nullopt;
  if (row->status == pre_transit && told != pre_transit && told != pending && told != unknown) return std::nullopt;
  return domain::Headline{row->status, row->reason, Instant{INT64_MIN / 2}};
}

Trouble trouble_of_code(std::string_view code, Trouble otherwise) {
  for (const auto& row : kErrors) {
    if (row.code == code) return row.trouble;
  }
  return otherwise;
}

// The gateway's errors have other names than the API's.
std::string code_of(const Json& error) { return has(error, "code") ? text(error, "code") : text(error, "error_code"); }
std::string words_of(const Json& error) {
  const auto name = has(error, "name") ? text(error, "name") : text(error, "error_name");
  const auto message = text(error, "message");
  return joined({code_of(error), name, message == name ? "" : message}, " ");
}

TrackedNumber item_of(const Json& result) {
  TrackedNumber item;
  item.number = text(result, "tracking_id");
  const auto articles = articles_of(result);
  if (const auto errors = list(result, "errors"); !errors.empty() && articles.empty())
    return failed_item(item.number, trouble_of_code(code_of(*errors.front()), Trouble::not_found), words_of(*errors.front()));
  add_events(item, at(result, "consignment"));
  for (const Json* article : articles) add_events(item, *article);
  item.status_raw = status_of(result, articles);
  const Code* row = find_code(kStatuses, lowered(item.status_raw));
  // That one of several articles arrived ends nothing for the consignment.
  if (articles.size() > 1 && (row == nullptr || (row->status != delivered && row->status != returned))) {
    for (auto& event : item.events) {
      const bool ends = event.status == delivered || event.status == returned;
      if (ends) event.sub_code = "one_of_several";
      if (ends) event.physical = false;
    }
  }
  item.headline = headline_of(row, item);
  if (item.headline) item.sub_code = row->sub_code;
  return item;
}

TrackReply read_errors(const Reply& reply, const Json& first) {
  auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, reply.headers, ""}, {}});
  if (call.trouble == Trouble::none) call.trouble = Trouble::bad_request;
  call.trouble = trouble_of_code(code_of(first), call.trouble);
  // Ten calls a minute: without a Retry-After the next minute is the earliest.
  if (call.trouble == Trouble::rate_limited && !header(reply.headers, "retry-after")) call.retry_after_us = kMinute;
  return failed(call.trouble, words_of(first), call.retry_after_us);
}

TrackReply read_track(const Reply& reply) {
  const auto errors = list(reply.json(), "errors");
  if (!errors.empty() && !has(reply.json(), "tracking_results")) return read_errors(reply, *errors.front());
  if (!at(reply.json(), "tracking_results").is_array()) {
    const auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, reply.headers, ""}, {}});
    return failed(call.trouble == Trouble::none ? Trouble::bad_reply : call.trouble, "no tracking_results", call.retry_after_us);
  }
  TrackReply out;
  for (const Json* result : list(reply.json(), "tracking_results")) {
    if (result->is_object()) out.items.push_back(item_of(*result));
  }
  return out;
}

HttpRequest track_request_of(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  std::string numbers;
  for (const auto& query : queries) numbers += (numbers.empty() ? "" : ",") + percent_encode(query.number);
  HttpRequest request;
  request.url = (account.base_url.empty() ? std::string("https://digitalapi.auspost.com.au") : account.base_url) +
                "/shipping/v1/track?tracking_ids=" + numbers;
  request.headers = {{"Authorization", "Basic " + to_base64(account.key + ":" + account.secret)},
                     {"Account-Number", account.customer},
                     {"Accept", "application/json"}};
  return request;
}

std::span<const Api> australia_post_apis() {
  static const Api kApis[] = {
      {"track_v1", "Australia Post Shipping and Tracking v1", 10,
       [](const Reply& reply) { return has(reply.json(), "tracking_results") || !list(reply.json(), "errors").empty(); }, read_track,
       track_request_of},
  };
  return kApis;
}

class AustraliaPostCarrier : public Carrier {
 public:
  std::string_view name() const override { return "australia_post"; }
  std::string_view title() const override { return "Australia Post"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.numbers_per_call = 10, .calls_per_minute = 10};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return australia_post_apis(); }
  bool is_number(std::string_view number) const override { return has_format(name(), number); }
};
}  // namespace
}  // namespace australia_post

const Carrier& australia_post_carrier() {
  static const australia_post::AustraliaPostCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
