// Hand-overs at the desk: close out, print, ask a carrier again; and another label or number for a parcel.
#include "usecases/manifests.hpp"
#include "usecases/parcel_labels.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
constexpr int kManifestsShown = 50;

http::Reply manifests_page(const http::Services& services, const http::Request& request, const std::string& fault, int status) {
  const auto before = number_of(request.query_value("before"));
  const auto list = usecases::list_manifests(http::context_of(services, request), before, kManifestsShown);
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Hand-overs", "desk_manifests", "/desk/manifests");
  page.status = status;
  page.data["fault"] = fault;
  page.data["manifests"] = Json::array();
  for (const auto& one : list.items) {
    page.data["manifests"].push_back({{"id", to_text(one.id)},
                                      {"carrier", one.account.empty() ? one.carrier : one.carrier + "/" + one.account},
                                      {"warehouse", one.warehouse_name},
                                      {"parcels", std::to_string(one.parcels)},
                                      {"state", state_pill("manifest_" + one.state)},
                                      {"reference", one.reference},
                                      {"error", one.error},
                                      {"by", one.created_by},
                                      {"when", staff_time(zone, one.created_at, request.now)},
                                      {"printable", one.state != "wanted"},
                                      {"failed", one.state == "failed"}});
  }
  page.data["any"] = !list.items.empty();
  page.data["older"] = list.next ? std::to_string(*list.next) : "";
  return page_reply(services, request, page);
}

http::Reply close_out(const http::Services& services, const http::Request& request) {
  const auto made = usecases::close_out(http::context_of(services, request), field(request.form(), "warehouse"));
  if (!made) return manifests_page(services, request, made.error().message, 422);
  if (made->empty()) return manifests_page(services, request, "Nothing has left that is not on a manifest.", 200);
  return http::redirect_reply("/desk/manifests?done=closed_out");
}

http::Reply retry(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<ManifestId>(request.param("id"));
  const auto again = usecases::retry_manifest(http::context_of(services, request), id.value_or(ManifestId{}));
  if (!again) return manifests_page(services, request, again.error().message, http::status_of(again.error().kind));
  return http::redirect_reply("/desk/manifests?done=asked_again");
}

http::Reply relabel(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const auto id = parse_id<ParcelId>(request.param("id"));
  const auto order = usecases::relabel_parcel(http::context_of(services, request), services.shipping, id.value_or(ParcelId{}),
                                              {field(form, "carrier"), "", field(form, "number"), !field(form, "even_so").empty()});
  if (!order) return error_page(services, request, Layout::desk, order.error());
  return http::redirect_reply("/desk/orders/" + to_text(*order) +
                              "?done=" + (field(form, "number").empty() ? "label_wanted" : "number_taken"));
}
}  // namespace

void add_desk_manifest_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add({method, pattern, http::Gate::staff, "orders:write",
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/manifests",
        [](const http::Services& all, const http::Request& request) { return manifests_page(all, request, "", 200); });
  route("POST", "/desk/manifests", close_out);
  route("POST", "/desk/manifests/{id}/retry", retry);
  route("POST", "/desk/parcels/{id}/label", relabel);
}

}  // namespace roundtrip::web
