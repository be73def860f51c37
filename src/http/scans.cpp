// /v1/scans and /v1/stations
#include "usecases/scans.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/batch.hpp"
#include "http/body.hpp"
#include "http/metrics.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {
using json = nlohmann::ordered_json;

// 8-4-4-4-12 hex digits in lower case; a fault otherwise.
std::string read_uuid(Fields& root, const char* name) {
  std::string text = root.text(name, {.required = true, .max = 36});
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  bool fits = text.size() == 36;
  for (std::size_t i = 0; fits && i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    fits = dash ? text[i] == '-' : std::string_view("0123456789abcdef").find(text[i]) != std::string_view::npos;
  }
  if (!fits && root.has(name)) root.fault(name, "not_a_uuid", "must be a UUID such as 3f0c2a44-6d4b-4a9a-9c42-0d1f5b0e7a11");
  return text;
}

usecases::ScanRequest read_scan(Fields& root, Instant now) {
  usecases::ScanRequest request;
  request.scan_id = read_uuid(root, "scan_id");
  request.station = root.text("station", {.required = true, .max = 100});
  // FNC1 arrives as the control character GS, which other texts may not hold.
  request.barcode = root.scan_text("barcode", 400);
  request.symbology = root.text("symbology", {.max = 3});
  request.quantity = root.optional_integer("quantity", 1, 100'000);
  if (const auto weight = root.optional_integer("weight_g", 0, 10'000'000)) request.weight_g = static_cast<int>(*weight);
  request.scanned_at = root.time("scanned_at").value_or(now);
  return request;
}

usecases::ScanSettings settings_of(const Services& services) {
  return {services.config.boolean("floor.require_bin_scan"), services.shipping,
          services.config.integer("notifications.merge_window_ms") * 1000, services.config.integer("refunds.grace_seconds") * kSecond};
}

Reply scan_one(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const auto scan = read_scan(root, request.now);
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto answer = usecases::scan(context_of(services, request), settings_of(services), scan);
  if (!answer) return problem_reply(answer.error());
  count_scan(scan.station.substr(0, scan.station.find('-')), answer->outcome);
  return json_text_reply(200, answer->json);
}

// An offline queue, in order; each item is a transaction of its own.
Reply scan_batch(const Services& services, const Request& request) {
  const auto read = [&](Fields& fields) { return read_scan(fields, request.now); };
  const auto name = [](const usecases::ScanRequest&) { return json::object(); };
  return answer_batch(request, read, name, [&](const usecases::ScanRequest& scan) -> Result<json> {
    const auto answer = usecases::scan(context_of(services, request), settings_of(services), scan);
    if (!answer) return answer.error();
    count_scan(scan.station.substr(0, scan.station.find('-')), answer->outcome);
    return json{{"status", 200}, {"answer", json::parse(answer->json)}};
  });
}

json station_json(const usecases::StationView& state) {
  json waiting = json::array(), last = json::array();
  for (const auto& one : state.waiting) {
    waiting.push_back({{"code", one.code},
                       {"order", one.external_id},
                       {"customer", one.customer},
                       {"status", one.status},
                       {"ship_by", format_rfc3339(one.ship_by)},
                       {"lines", one.lines},
                       {"units", one.units}});
  }
  for (const auto& one : state.last) {
    last.push_back({{"scan_id", one.scan_id},
                    {"barcode", one.barcode},
                    {"outcome", one.outcome},
                    {"code", one.code},
                    {"say", one.say},
                    {"at", format_rfc3339(one.at)}});
  }
  return {{"name", state.name},
          {"kind", state.kind},
          {"warehouse", state.warehouse},
          {"user", text_json(state.user)},
          {"shipment", text_json(state.shipment_code)},
          {"return", text_json(state.return_code)},
          {"order", text_json(state.order)},
          {"next", json::parse(state.next_json, nullptr, false)},
          {"waiting", waiting},
          {"last", last}};
}

Reply get_station(const Services& services, const Request& request) {
  const auto state = usecases::station_view(context_of(services, request), std::string(request.param("name")));
  return state ? json_reply(200, station_json(*state)) : problem_reply(state.error());
}

Reply get_stations(const Services& services, const Request& request) {
  json items = json::array();
  for (const auto& one : usecases::station_names(context_of(services, request)))
    items.push_back({{"name", one.name}, {"kind", one.kind}, {"warehouse", one.warehouse}});
  return json_reply(200, {{"items", items}, {"next_cursor", nullptr}});
}
}  // namespace

void add_scan_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"POST", "/v1/scans", Gate::api, "scans:write", to(scan_one)});
  router.add({"POST", "/v1/scans/batch", Gate::api, "scans:write", to(scan_batch)});
  router.add({"GET", "/v1/stations", Gate::api, "scans:write", to(get_stations)});
  router.add({"GET", "/v1/stations/{name}", Gate::api, "scans:write", to(get_station)});
}

}  // namespace roundtrip::http
