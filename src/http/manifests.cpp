// /v1/manifests: what left with each carrier, and /v1/parcels/{id}/label: another label for a parcel.
#include "usecases/manifests.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/orders.hpp"
#include "usecases/parcel_labels.hpp"

namespace roundtrip::http {
namespace {
using Json = nlohmann::ordered_json;

Json manifest_json(const usecases::ManifestRow& manifest) {
  return {{"id", to_text(manifest.id)},
          {"warehouse", manifest.warehouse_name},
          {"carrier", manifest.carrier},
          {"account", text_json(manifest.account)},
          {"state", manifest.state},
          {"parcels", manifest.parcels},
          {"reference", text_json(manifest.reference)},
          {"error", text_json(manifest.error)},
          {"created_by", manifest.created_by},
          {"created_at", format_rfc3339(manifest.created_at)},
          {"document_url", "/v1/manifests/" + to_text(manifest.id) + "/document.pdf"}};
}

Reply list_all(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto cursor = cursor_number(request);
  if (!cursor) return problem_reply(cursor.error());
  const auto list = usecases::list_manifests(context_of(services, request), *cursor > 0 ? std::optional(*cursor) : std::nullopt, *limit);
  Json items = Json::array();
  for (const auto& manifest : list.items) items.push_back(manifest_json(manifest));
  return json_reply(200, {{"items", items}, {"next_cursor", list.next ? Json(std::to_string(*list.next)) : Json(nullptr)}});
}

Reply close_out(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const auto warehouse = root.text("warehouse", {.max = 100});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto made = usecases::close_out(context_of(services, request), warehouse);
  if (!made) return problem_reply(made.error());
  Json items = Json::array();
  for (const auto& manifest : *made) items.push_back(manifest_json(manifest));
  return json_reply(200, {{"items", items}});
}

Reply get_manifest(const Services& services, const Request& request) {
  return with_id<ManifestId>(request, "id", [&](ManifestId id) {
    const auto view = usecases::read_manifest(context_of(services, request), id);
    if (!view) return problem_reply(view.error());
    Json document = manifest_json(view->row);
    document["contents"] = Json::array();
    for (const auto& one : view->parcels) {
      document["contents"].push_back({{"parcel_id", to_text(one.parcel)},
                                      {"order", one.order},
                                      {"tracking_number", text_json(one.tracking_number)},
                                      {"weight_g", one.weight_g > 0 ? Json(one.weight_g) : Json(nullptr)},
                                      {"handed_over_by", one.handed_over_by},
                                      {"handed_over_at", format_rfc3339(one.handed_over_at)}});
    }
    return json_reply(200, document);
  });
}

Reply retry(const Services& services, const Request& request) {
  return with_id<ManifestId>(request, "id", [&](ManifestId id) {
    const auto manifest = usecases::retry_manifest(context_of(services, request), id);
    return manifest ? json_reply(200, manifest_json(*manifest)) : problem_reply(manifest.error());
  });
}

Reply get_document(const Services& services, const Request& request) {
  return with_id<ManifestId>(request, "id", [&](ManifestId id) {
    const auto file = usecases::manifest_pdf(context_of(services, request), id);
    if (!file) return problem_reply(file.error());
    Reply reply = file_reply("application/pdf", *file, "manifest-" + to_text(id) + ".pdf");
    reply.headers.emplace_back("Cache-Control", "private, no-store");
    return reply;
  });
}

Reply relabel(const Services& services, const Request& request) {
  return with_id<ParcelId>(request, "id", [&](ParcelId id) {
    Body body(request.body.empty() ? "{}" : request.body);
    Fields root = body.root();
    const usecases::ParcelLabelChange change{root.text("carrier", {.max = 70}), root.text("service", {.max = 60}),
                                             root.text("number", {.max = 100}), root.boolean("even_so", false)};
    if (const auto refused = body.finish()) return problem_reply(*refused);
    const auto context = context_of(services, request);
    const auto order = usecases::relabel_parcel(context, services.shipping, id, change);
    if (!order) return problem_reply(order.error());
    const auto view = usecases::read_order(context, *order);
    if (!view) return problem_reply(view.error());
    for (const auto& shipment : view->shipments) {
      for (const auto& parcel : shipment.parcels) {
        if (parcel.id == id) return json_reply(200, parcel_json(parcel));
      }
    }
    return problem_reply({ErrorKind::not_found, "parcel_not_found", "There is no such parcel."});
  });
}
}  // namespace

void add_manifest_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"GET", "/v1/manifests", Gate::api, "orders:read", to(list_all)});
  router.add({"POST", "/v1/manifests", Gate::api, "orders:write", to(close_out), true});
  router.add({"GET", "/v1/manifests/{id}", Gate::api, "orders:read", to(get_manifest)});
  router.add({"POST", "/v1/manifests/{id}/retry", Gate::api, "orders:write", to(retry), true});
  router.add({"GET", "/v1/manifests/{id}/document.pdf", Gate::api, "orders:read", to(get_document)});
  router.add({"POST", "/v1/parcels/{id}/label", Gate::api, "orders:write", to(relabel), true});
}

}  // namespace roundtrip::http
