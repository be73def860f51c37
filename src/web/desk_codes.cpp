// The inbox of carrier codes nobody has mapped, and the line that maps one.
#include "usecases/carrier_codes.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
using domain::TrackingStatus;

// What a carrier can say; the rest is derived by us.
constexpr TrackingStatus kSayable[] = {
    TrackingStatus::pre_transit,        TrackingStatus::in_transit, TrackingStatus::out_for_delivery, TrackingStatus::available_for_pickup,
    TrackingStatus::delivery_attempted, TrackingStatus::delivered,  TrackingStatus::exception,        TrackingStatus::return_to_sender,
    TrackingStatus::returned,           TrackingStatus::lost};

Json choices_of_status() {
  Json out = Json::array();
  for (const auto status : kSayable) out.push_back({{"value", domain::to_text(status)}, {"label", words_of_code(domain::to_text(status))}});
  return out;
}

Json choices_of_reason() {
  Json out = Json::array();
  for (const auto& row : domain::kTrackingReasons) {
    const std::string_view word = domain::to_text(row.value);
    out.push_back({{"value", word}, {"label", word.empty() ? "no reason" : words_of_code(word)}});
  }
  return out;
}

http::Reply codes_page(const http::Services& services, const http::Request& request, const std::string& fault, int status) {
  const auto codes = usecases::read_carrier_codes(http::context_of(services, request));
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Carrier codes", "desk_codes", "/desk");
  page.status = status;
  page.data["fault"] = fault;
  page.data["statuses"] = choices_of_status();
  page.data["reasons"] = choices_of_reason();
  page.data["unmapped"] = Json::array();
  page.data["mapped"] = Json::array();
  int row = 0;
  for (const auto& code : codes.unmapped) {
    page.data["unmapped"].push_back({{"row", std::to_string(++row)},
                                     {"carrier", code.carrier},
                                     {"code", code.code},
                                     {"text", code.text},
                                     {"seen", std::to_string(code.seen)},
                                     {"last", staff_time(zone, code.last_at, request.now)}});
  }
  for (const auto& code : codes.mapped) {
    page.data["mapped"].push_back({{"carrier", code.carrier},
                                   {"code", code.code},
                                   {"status", words_of_code(domain::to_text(code.meaning.status))},
                                   {"reason", words_of_code(domain::to_text(code.meaning.reason))},
                                   {"notice", !code.meaning.physical},
                                   {"by", code.by},
                                   {"when", staff_time(zone, code.at, request.now)}});
  }
  page.data["any"] = !codes.unmapped.empty();
  page.data["has_mapped"] = !codes.mapped.empty();
  return page_reply(services, request, page);
}

http::Reply map_code(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const auto mapped = usecases::map_carrier_code(
      http::context_of(services, request),
      {field(form, "carrier"), field(form, "code"), field(form, "status"), field(form, "reason"), field(form, "notice").empty()});
  if (!mapped) return codes_page(services, request, mapped.error().message, 422);
  return http::redirect_reply("/desk/codes?done=code_mapped");
}

http::Reply take_back_code(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const auto was = usecases::take_back_carrier_code(http::context_of(services, request), field(form, "carrier"), field(form, "code"));
  if (!was) return codes_page(services, request, was.error().message, 404);
  return http::redirect_reply("/desk/codes?done=meaning_taken_back");
}
}  // namespace

void add_desk_code_routes(http::Router& router, const http::Services& services) {
  router.add({"GET", "/desk/codes", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return codes_page(services, request, "", 200); }});
  router.add({"POST", "/desk/codes", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return map_code(services, request); }});
  router.add({"POST", "/desk/codes/take-back", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return take_back_code(services, request); }});
}

}  // namespace roundtrip::web
