// Tracking over HTTP: where a number is, and what carriers push.
#include "usecases/tracking.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/carrier_codes.hpp"

namespace roundtrip::http {
namespace {
using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestNumber = 64;

Json tracking_event_json(const usecases::TrackingEventView& event) {
  return {{"status", event.status},
          {"reason", text_json(event.reason)},
          {"sub_code", text_json(event.sub_code)},
          {"code", event.raw_code},
          {"text", event.raw_text},
          {"place", text_json(event.place)},
          {"time",
           {{"raw", event.time_raw},
            {"local", text_json(event.time_local)},
            {"utc", time_json(event.time_utc)},
            {"zone_basis", text_json(event.zone_basis)}}},
          {"received_at", format_rfc3339(event.received_at)}};
}

Json tracking_json(const usecases::TrackingView& view) {
  Json document = {{"id", to_text(view.id)},
                   {"tracking_number", view.number},
                   {"carrier", view.carrier},
                   {"direction", view.direction},
                   {"epoch", view.epoch},
                   {"order_id", to_text(view.order)},
                   {"shipment_id", view.shipment ? Json(to_text(*view.shipment)) : Json(nullptr)},
                   {"parcel_id", view.parcel ? Json(to_text(*view.parcel)) : Json(nullptr)},
                   {"return_id", view.return_id ? Json(to_text(*view.return_id)) : Json(nullptr)},
                   {"status", view.status},
                   {"reason", text_json(view.reason)},
                   {"fault", text_json(view.fault)},
                   {"action_required", view.action_required},
                   {"delayed", view.delayed},
                   {"stalled", view.stalled},
                   {"never_collected", view.never_collected},
                   {"silence", text_json(view.silence)},
                   {"promised_at", time_json(view.promised_at)},
                   {"estimated_at", time_json(view.estimated_at)},
                   {"signed_by", text_json(view.signed_by)},
                   {"carrier_status", text_json(view.carrier_status)},
                   {"last_event_at", time_json(view.last_event_at)},
                   {"last_checked_at", time_json(view.last_checked_at)},
                   {"last_success_at", time_json(view.last_success_at)},
                   {"last_push_at", time_json(view.last_push_at)},
                   {"subscribed_until", time_json(view.subscribed_until)},
                   {"next_check_at", time_json(view.next_check_at)},
                   {"failures", view.failures},
                   {"last_error", text_json(view.last_error)},
                   {"created_at", format_rfc3339(view.created_at)},
                   {"events", Json::array()}};
  for (const auto& event : view.events) document["events"].push_back(tracking_event_json(event));
  return document;
}

Reply get_tracking(const Services& services, const Request& request) {
  const std::string number(request.param("tracking_number"));
  if (number.empty() || number.size() > kLongestNumber || number.find('\0') != std::string::npos) {
    return problem_reply({ErrorKind::not_found, "not_found", "this is no tracking number"});
  }
  const auto found = usecases::read_tracking(context_of(services, request), number);
  if (!found) return problem_reply(found.error());
  // The newest one on top, the former lives of the number behind it.
  Json document = tracking_json(found->front());
  document["items"] = Json::array();
  for (const auto& view : *found) document["items"].push_back(tracking_json(view));
  return json_reply(200, document);
}

Reply take_carrier_push(const Services& services, const Request& request) {
  const auto secret = request.params.find("secret");
  const auto taken = usecases::take_push(
      services.db, *services.pushes,
      {std::string(request.param("carrier")), secret == request.params.end() ? "" : secret->second, request.headers, request.body},
      request.now);
  if (!taken) return problem_reply(taken.error());
  return json_reply(200, {{"known", taken->known}, {"unknown", taken->unknown}});
}

Json mapped_code_json(const usecases::MappedCode& code) {
  return {{"carrier", code.carrier},
          {"code", code.code},
          {"status", domain::to_text(code.meaning.status)},
          {"reason", text_json(std::string(domain::to_text(code.meaning.reason)))},
          {"physical", code.meaning.physical},
          {"mapped_by", code.by},
          {"mapped_at", format_rfc3339(code.at)}};
}

Reply get_carrier_codes(const Services& services, const Request& request) {
  const auto codes = usecases::read_carrier_codes(context_of(services, request));
  Json document = {{"unmapped", Json::array()}, {"mapped", Json::array()}};
  for (const auto& code : codes.unmapped) {
    document["unmapped"].push_back({{"carrier", code.carrier},
                                    {"code", code.code},
                                    {"text", code.text},
                                    {"seen", code.seen},
                                    {"first_at", format_rfc3339(code.first_at)},
                                    {"last_at", format_rfc3339(code.last_at)}});
  }
  for (const auto& code : codes.mapped) document["mapped"].push_back(mapped_code_json(code));
  return json_reply(200, document);
}

Reply map_code_handler(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  usecases::WantedMeaning wanted;
  wanted.carrier = request.param("carrier");
  wanted.code = root.text("code", {.required = true, .max = 500});
  wanted.status = root.text("status", {.required = true, .max = 40});
  wanted.reason = root.text("reason", {.max = 40});
  wanted.physical = root.boolean("physical", true);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto mapped = usecases::map_carrier_code(context_of(services, request), wanted);
  return mapped ? json_reply(200, mapped_code_json(*mapped)) : problem_reply(mapped.error());
}

Reply take_back_code_handler(const Services& services, const Request& request) {
  const auto was = usecases::take_back_carrier_code(context_of(services, request), std::string(request.param("carrier")),
                                                    std::string(request.param("code")));
  return was ? json_reply(200, mapped_code_json(*was)) : problem_reply(was.error());
}

}  // namespace

void add_tracking_routes(Router& router, const Services& services) {
  router.add({"GET", "/v1/tracking/{tracking_number}", Gate::api, "tracking:read",
              [&services](const Request& request) { return get_tracking(services, request); }});
  router.add({"GET", "/v1/carriers/codes", Gate::api, "tracking:read",
              [&services](const Request& request) { return get_carrier_codes(services, request); }});
  router.add({"POST", "/v1/carriers/{carrier}/codes", Gate::api, "orders:write",
              [&services](const Request& request) { return map_code_handler(services, request); }});
  router.add({"DELETE", "/v1/carriers/{carrier}/codes/{code}", Gate::api, "orders:write",
              [&services](const Request& request) { return take_back_code_handler(services, request); }});
  for (const char* path : {"/v1/carriers/{carrier}/events/{secret}", "/v1/carriers/{carrier}/events"}) {
    router.add({"POST", path, Gate::open, "", [&services](const Request& request) { return take_carrier_push(services, request); }});
  }
}

}  // namespace roundtrip::http
