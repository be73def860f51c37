// Replies as records.
#include "carriers/records.hpp"

#include "carriers/reply.hpp"

namespace roundtrip::carriers {
namespace {
using nlohmann::ordered_json;

ordered_json text_or_null(std::string_view text) { return text.empty() ? ordered_json() : ordered_json(std::string(text)); }
ordered_json time_or_null(const std::optional<Instant>& at) { return at ? ordered_json(format_rfc3339(*at)) : ordered_json(); }

ordered_json event_json(const domain::TrackingEvent& event) {
  return {{"status", domain::to_text(domain::status_of(event))},
          {"reason", text_or_null(domain::to_text(event.reason))},
          {"sub_code", text_or_null(event.sub_code)},
          {"code", text_or_null(event.raw_code)},
          {"text", text_or_null(event.raw_text)},
          {"place", text_or_null(event.place)},
          {"time_raw", text_or_null(event.time.raw)},
          {"time_local", text_or_null(event.time.local)},
          {"time_utc", time_or_null(event.time.utc)},
          {"zone_basis", text_or_null(domain::to_text(event.time.basis))},
          {"physical", event.physical}};
}

ordered_json error_json(Trouble trouble, const std::string& detail) {
  return {{"kind", error_kind(trouble)}, {"detail", text_or_null(detail)}};
}

// The newest event that the status rests on.
std::string sub_code_of(const TrackedNumber& item, domain::TrackingStatus status) {
  if (!item.sub_code.empty()) return item.sub_code;
  for (const auto& event : item.events) {
    if (domain::status_of(event) == status) return event.sub_code;
  }
  return "";
}

ordered_json record_json(const TrackedNumber& item) {
  const bool failed = item.trouble != Trouble::none;
  const auto derived = domain::derive_status(item.events, item.headline);
  // "pending" is ours: that the carrier said nothing about the parcel's state. That it says itself that it does not know is shown as it is;
  // the engine keeps the last known state.
  const bool disowned = item.headline && item.headline->status == domain::TrackingStatus::unknown;
  const bool unsaid = disowned || derived.status == domain::TrackingStatus::pending;
  const auto status = unsaid ? domain::TrackingStatus::unknown : derived.status;
  auto events = ordered_json::array();
  for (const auto& event : item.events) events.push_back(event_json(event));
  return {{"tracking_number", text_or_null(item.number)},
          {"status", failed ? ordered_json() : ordered_json(domain::to_text(status))},
          {"reason", failed ? ordered_json() : text_or_null(domain::to_text(derived.reason))},
          {"sub_code", failed ? ordered_json() : text_or_null(sub_code_of(item, status))},
          {"carrier_status_raw", text_or_null(item.status_raw)},
          {"events", events},
          {"eta", item.estimated_at ? time_or_null(item.estimated_at) : text_or_null(item.estimated_raw)},
          {"signed_by", text_or_null(item.signed_by)},
          {"weight", item.weight_g ? ordered_json(*item.weight_g) : ordered_json()},
          {"error", failed ? error_json(item.trouble, item.detail) : ordered_json()}};
}
}  // namespace

std::string_view error_kind(Trouble trouble) { return trouble == Trouble::bad_reply ? "service" : to_text(trouble); }

nlohmann::ordered_json records_json(const TrackReply& reply) {
  auto records = ordered_json::array();
  if (reply.trouble != Trouble::none) {
    records.push_back(record_json(failed_item("", reply.trouble, reply.detail)));
  } else {
    for (const auto& item : reply.items) records.push_back(record_json(item));
  }
  return {{"records", records}};
}

std::vector<const Api*> apis_like(const Carrier& carrier, const HttpResponse& response) {
  const Document document = Document::of(response.body);
  const Reply reply{response.status, response.headers, response.body, document};
  std::vector<const Api*> out;
  for (const Api& api : carrier.apis()) {
    if ((document.json || document.xml) && api.recognizes && api.recognizes(reply)) out.push_back(&api);
  }
  return out;
}

}  // namespace roundtrip::carriers
