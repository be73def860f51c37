// Royal Mail: the Tracking API v2 (events, summary, signature), which v3 extends without changing what is read here.
#include "carriers/royal_mail/royal_mail.hpp"

#include "carriers/identify.hpp"
#include "carriers/reply.hpp"
#include "carriers/royal_mail/codes.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace royal_mail {
namespace {
constexpr std::string_view kZone = "Europe/London";

// Times carry an offset; one without is the wall clock of Great Britain. What is no time ("UNPARSEABLE DATETIME") stays raw.
domain::EventTime time_of(const std::string& raw) {
  auto time = iso_time(raw);
  return time.utc ? time : time_in_zone(raw, read_iso(raw), kZone, domain::ZoneBasis::carrier_zone);
}

domain::TrackingEvent event_of(std::string code, std::string name, const std::string& at, std::string place) {
  domain::TrackingEvent event;
  event.raw_code = std::move(code);
  event.raw_text = std::move(name);
  event.place = std::move(place);
  event.time = time_of(at);
  apply_code(event, find_code(kEvents, event.raw_code));
  return event;
}

std::vector<domain::TrackingEvent> events_of(const Json& piece) {
  std::vector<domain::TrackingEvent> events;
  for (const Json* one : list(piece, "events")) {
    auto event = event_of(text(*one, "eventCode"), text(*one, "eventName"), text(*one, "eventDateTime"), text(*one, "locationName"));
    if (!event.raw_code.empty() || !event.raw_text.empty()) events.push_back(std::move(event));
  }
  // The summary knows the last event only.
  const Json& last = at(piece, "summary");
  if (events.empty() && !text(last, "lastEventCode").empty()) {
    events.push_back(event_of(text(last, "lastEventCode"), text(last, "lastEventName"), text(last, "lastEventDateTime"),
                              text(last, "lastEventLocationName")));
  }
  return events;
}

// The date and the zoned ends of the window stand in fields of their own: {"date": "2026-11-20", "endOfEstimatedWindow": "11:00:00+00:00"}.
void read_estimate(TrackedNumber& item, const Json& estimate) {
  const auto day = text(estimate, "date");
  const auto from = text(estimate, "startOfEstimatedWindow"), to = text(estimate, "endOfEstimatedWindow");
  if (day.empty()) return;
  item.estimated_raw = joined({day, joined({from, to}, "/")}, " ");
  const auto end = time_of(day.substr(0, 10) + "T" + to);
  item.estimated_at = end.utc ? end.utc : time_of(day.substr(0, 10) + "T23:59:59").utc;
}

std::string error_text(const Json& error) {
  return joined({text(error, "errorCode"), text(error, "errorDescription"), text(error, "errorCause")}, ": ");
}

Trouble trouble_of_code(std::string_view code, Trouble otherwise) {
  for (const auto& row : kErrors) {
    if (row.code == code) return row.trouble;
  }
  return otherwise;
}

std::optional<domain::Headline> headline_of(const Code* row) {
  // The sender's data as the last word on the item is a statement too: it was not handed in.
  if (row != nullptr && row->status == pre_transit) return domain::Headline{pre_transit, row->reason, Instant{INT64_MIN / 2}};
  return headline_of_code(row);
}

TrackedNumber item_of(const Json& piece) {
  const Json& summary = at(piece, "summary");
  const Json& error = at(piece, "error");
  TrackedNumber item;
  for (const auto* path : {"summary/oneDBarcode", "signature/oneDBarcode", "mailPieceId"}) {
    if (item.number.empty()) item.number = text(piece, path);
  }
  // A piece that is told about may carry an error too (about its updates): what is told counts.
  const auto status = text(piece, "status");
  if (error.is_object() && ((!status.empty() && status != "200") || !summary.is_object()))
    return failed_item(item.number, trouble_of_code(text(error, "errorCode"), Trouble::not_found), error_text(error));
  // The barcode is used again after a year or so, this id is not.
  item.reference = text(summary, "uniqueItemId");
  const auto code = text(summary, "lastEventCode");
  item.status_raw = joined({code, text(summary, "statusCategory"), text(summary, "statusDescription")}, " ");
  item.events = events_of(piece);
  const Code* row = find_code(kEvents, code);
  item.headline = headline_of(row);
  if (row != nullptr) item.sub_code = row->sub_code;
  item.signed_by = text(piece, "signature/recipientName");
  read_estimate(item, at(piece, "estimatedDelivery"));
  return item;
}

// {"httpCode": "404", "httpMessage": ..., "errors": [{"errorCode": ...}]}, or from the gateway with "moreInformation" instead.
bool is_error(const Reply& reply) { return has(reply.json(), "httpCode") && !has(reply.json(), "mailPieces"); }

TrackReply read_error(const Reply& reply) {
  const Json& first = at(reply.json(), "errors/0");
  const auto code = text(reply.json(), "httpCode");
  int status = reply.status;
  if (code.size() == 3 && code.find_first_not_of("0123456789") == std::string::npos) status = std::stoi(code);
  auto call = trouble_of(HttpOutcome{HttpResponse{status, reply.headers, ""}, {}});
  // A 404 without a word about an item is a wrong address: ours.
  if (call.trouble == Trouble::not_found && !first.is_object()) call.trouble = Trouble::bad_request;
  if (call.trouble == Trouble::none) call.trouble = Trouble::bad_reply;
  const auto said = joined({code, text(reply.json(), "httpMessage"), text(reply.json(), "moreInformation"), error_text(first)}, " ");
  return failed(trouble_of_code(text(first, "errorCode"), call.trouble), said, call.retry_after_us);
}

TrackReply read_pieces(const Reply& reply) {
  if (is_error(reply)) return read_error(reply);
  if (!at(reply.json(), "mailPieces").is_structured()) return failed(Trouble::bad_reply, "no mailPieces");
  TrackReply out;
  for (const Json* piece : list(reply.json(), "mailPieces")) {
    if (piece->is_object()) out.items.push_back(item_of(*piece));
  }
  return out;
}

// A signature was given for what arrived.
TrackReply read_signature(const Reply& reply) {
  if (is_error(reply)) return read_error(reply);
  const Json& piece = at(reply.json(), "mailPieces");
  if (!at(piece, "signature").is_object()) return failed(Trouble::bad_reply, "no signature");
  auto item = item_of(piece);
  item.reference = text(piece, "signature/uniqueItemId");
  const auto when = time_of(text(piece, "signature/signatureDateTime"));
  item.headline = domain::Headline{delivered, Why::none, when.utc.value_or(Instant{INT64_MIN / 2})};
  item.sub_code = "signed_for";
  return {Trouble::none, "", 0, {std::move(item)}};
}

bool is_signature_alone(const Json& piece) {
  return piece.is_object() && at(piece, "signature").is_object() && !has(piece, "events") && !has(piece, "summary");
}

HttpRequest get(const CarrierAccount& account, const std::string& path) {
  HttpRequest request;
  request.url = (account.base_url.empty() ? std::string("https://api.royalmail.net") : account.base_url) + "/mailpieces/v2/" + path;
  request.headers = {{"Accept", "application/json"},
                     {"X-IBM-Client-Id", account.key},
                     {"X-IBM-Client-Secret", account.secret},
                     {"X-Accept-RMG-Terms", "yes"}};
  return request;
}

HttpRequest events_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  return get(account, percent_encode(plain_number(queries.front().number)) + "/events");
}

HttpRequest summary_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  std::string numbers;
  for (const auto& query : queries) numbers += (numbers.empty() ? "" : ",") + percent_encode(plain_number(query.number));
  return get(account, "summary?mailPieceId=" + numbers);
}

HttpRequest signature_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  return get(account, percent_encode(plain_number(queries.front().number)) + "/signature");
}

std::span<const Api> royal_mail_apis() {
  static const Api kApis[] = {
      {"events_v2", "Royal Mail Tracking v2, events", 1,
       [](const Reply& reply) {
         const Json& pieces = at(reply.json(), "mailPieces");
         return is_error(reply) || (pieces.is_object() && !is_signature_alone(pieces));
       },
       read_pieces, events_request},
      // The last event of up to 30 items: for accounts whose plan allows few calls (50 a day in assessment).
      {"summary_v2", "Royal Mail Tracking v2, summary", 30, [](const Reply& reply) { return at(reply.json(), "mailPieces").is_array(); },
       read_pieces, summary_request},
      {"signature_v2", "Royal Mail Tracking v2, signature", 1,
       [](const Reply& reply) { return is_signature_alone(at(reply.json(), "mailPieces")); }, read_signature, signature_request},
  };
  return kApis;
}

class RoyalMailCarrier : public Carrier {
 public:
  std::string_view name() const override { return "royal_mail"; }
  std::string_view title() const override { return "Royal Mail"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return royal_mail_apis(); }
  bool is_number(std::string_view number) const override { return has_format(name(), number); }
};
}  // namespace
}  // namespace royal_mail

const Carrier& royal_mail_carrier() {
  static const royal_mail::RoyalMailCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
