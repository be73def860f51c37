// What every carrier shares: defaults, one guarded way to read a reply, and the match of answers to questions.
#include <algorithm>
#include <charconv>
#include <set>

#include "base/secrets.hpp"
#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers {
namespace {
constexpr std::int64_t kShortestTokenLifeS = 60, kLongestTokenLifeS = 30 * 86'400;

Instant newest_of(const TrackedNumber& item) {
  Instant newest{INT64_MIN};
  for (const auto& event : item.events) newest = std::max(newest, domain::order_time(event));
  return newest;
}

void tidy(TrackedNumber& item) {
  std::set<std::string> seen;
  std::vector<domain::TrackingEvent> events;
  for (auto& event : item.events) {
    if (seen.insert(domain::event_key(event)).second) events.push_back(std::move(event));
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return domain::order_time(a) > domain::order_time(b); });
  if (events.size() > kMostEvents) events.resize(kMostEvents);
  item.events = std::move(events);
  if (!item.headline) return;
  // The carrier's own status speaks for everything the reply tells.
  for (const auto& event : item.events) {
    if (event.physical) item.headline->as_of = std::max(item.headline->as_of, domain::order_time(event));
  }
}

// A page for people ("502 Bad Gateway"), well-formed or not: no API answers so.
bool is_page(const Document& document) {
  if (document.json) return false;
  const std::string root = document.xml ? plain_number(local_name(document.xml->document_element())) : "HTML";
  return root == "HTML";
}

const TrackedNumber* answer_to(const TrackQuery& query, const TrackReply& reply, bool alone) {
  const TrackedNumber* best = nullptr;
  const auto wanted = plain_number(query.number);
  for (const auto& item : reply.items) {
    const bool same = plain_number(item.number) == wanted || (alone && (item.number.empty() || reply.items.size() == 1));
    if (!same) continue;
    if (!query.reference.empty() && item.reference == query.reference) return &item;
    const bool better = best == nullptr || (item.trouble == Trouble::none && best->trouble != Trouble::none) ||
                        (item.trouble == best->trouble && newest_of(item) > newest_of(*best));
    if (better) best = &item;
  }
  return best;
}
}  // namespace

const Api* api_in_use(const Carrier& carrier, const CarrierAccount& account) {
  for (const Api& api : carrier.apis()) {
    if (api.request && (account.api.empty() || api.name == account.api)) return &api;
  }
  return nullptr;
}

int numbers_per_call(const Carrier& carrier, const CarrierAccount& account) {
  const Api* api = api_in_use(carrier, account);
  return std::max(1, api != nullptr ? api->numbers_per_call : carrier.capabilities().numbers_per_call);
}

TrackReply failed(Trouble trouble, std::string detail, std::int64_t retry_after_us) {
  return {trouble, std::move(detail), retry_after_us, {}};
}

TrackedNumber failed_item(std::string number, Trouble trouble, std::string detail) {
  TrackedNumber item;
  item.number = std::move(number);
  item.trouble = trouble;
  item.detail = std::move(detail);
  return item;
}

TrackReply read_reply(const Api& api, const HttpOutcome& outcome) {
  if (!outcome.response) return failed(Trouble::service, outcome.failure.detail);
  if (!api.read) return failed(Trouble::bad_reply, api.title + " is retired: its replies are not read");
  const auto& response = *outcome.response;
  const Document document = Document::of(response.body);
  const auto call = trouble_of(outcome);
  if (is_page(document)) {
    // Of a gateway on the way: its status is all there is.
    const bool says_nothing = call.trouble == Trouble::none || call.trouble == Trouble::not_found;
    if (says_nothing) return failed(Trouble::bad_reply, document.xml ? "a page for people" : document.fault);
    return failed(call.trouble, call.detail, call.retry_after_us);
  }
  TrackReply reply;
  try {
    reply = api.read(Reply{response.status, response.headers, response.body, document});
  } catch (const std::exception& fault) {
    reply = failed(Trouble::bad_reply, std::string("an answer of another shape than ") + api.title + ": " + fault.what());
  }
  if (reply.trouble == Trouble::rate_limited || reply.trouble == Trouble::service)
    reply.retry_after_us = std::max(reply.retry_after_us, call.retry_after_us);
  if (reply.trouble != Trouble::none) reply.items.clear();
  for (auto& item : reply.items) tidy(item);
  return reply;
}

TrackReply matched(TrackReply reply, std::span<const TrackQuery> queries) {
  if (reply.trouble != Trouble::none) {
    // "Not found" for the only number asked about is an answer, no failed call.
    const bool about_number = reply.trouble == Trouble::not_found || reply.trouble == Trouble::bad_request;
    if (!about_number || queries.size() != 1) return reply;
    reply.items = {failed_item(queries[0].number, reply.trouble, reply.detail)};
    reply.trouble = Trouble::none;
    return reply;
  }
  TrackReply out = failed(Trouble::none, "", reply.retry_after_us);
  for (const auto& query : queries) {
    const auto* answer = answer_to(query, reply, queries.size() == 1);
    out.items.push_back(answer != nullptr ? *answer : failed_item(query.number, Trouble::not_found, "not in the answer"));
    out.items.back().number = query.number;
  }
  return out;
}

std::string part_of(const CarrierAccount& account, std::string_view name) {
  std::string_view rest = account.customer;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto one = rest.substr(0, end);
    const auto equals = one.find('=');
    if (equals != std::string_view::npos && one.substr(0, equals) == name) return percent_decode(one.substr(equals + 1), false);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

AnnounceReply Carrier::parse_announce(const HttpOutcome&) const {
  return {Trouble::bad_request, std::string(title()) + " takes no announcements", 0, "", std::nullopt};
}

TokenReply Carrier::parse_token(const HttpOutcome& outcome) const {
  const auto call = trouble_of(outcome);
  const Document document = outcome.response ? Document::of(outcome.response->body) : Document{};
  const Json body = document.json.value_or(Json());
  if (call.trouble != Trouble::none) {
    // RFC 6749, 5.2: refused credentials may come as 400 with a code.
    const bool refused = outcome.response && outcome.response->status == 400;
    const auto why = joined({call.detail, text(body, "error"), text(body, "error_description")}, " ");
    return {refused || call.trouble == Trouble::bad_reply ? Trouble::auth : call.trouble, why, call.retry_after_us, "", 0};
  }
  TokenReply reply;
  reply.token = text(body, "access_token");
  if (const auto& raw = at(body, "access_token"); raw.is_string()) reply.token = raw.get<std::string>();  // whole: tokens are long
  if (reply.token.empty()) return {Trouble::bad_reply, "an answer without a token", 0, "", 0};
  const std::string lives = text(body, "expires_in");
  std::int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(lives.data(), lives.data() + lives.size(), seconds);
  if (fault != std::errc{}) seconds = kShortestTokenLifeS;
  reply.lives_us = std::clamp(seconds, kShortestTokenLifeS, kLongestTokenLifeS) * kSecond;
  return reply;
}

HttpRequest Carrier::track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) const {
  const Api* api = api_in_use(*this, account);
  HttpRequest request = api != nullptr ? api->request(account, queries) : HttpRequest{};
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}

TrackReply Carrier::parse_track(const CarrierAccount& account, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const {
  const Api* api = api_in_use(*this, account);
  if (api == nullptr) return failed(Trouble::bad_request, std::string(title()) + " has no API " + account.api);
  return matched(read_reply(*api, outcome), queries);
}

bool Carrier::push_is_genuine(const CarrierAccount& account, const Headers&, std::string_view url_secret, std::string_view) const {
  return !account.push_secret.empty() && equal_in_constant_time(account.push_secret, url_secret);
}

}  // namespace roundtrip::carriers
