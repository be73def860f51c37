// Photos of an order: sent as a form with files or as the body itself, read back as JPEG.
#include "usecases/photos.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/views.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

ordered_json photo_json(const usecases::Photo& photo) {
  return {{"id", to_text(photo.id)},
          {"about", text_json(photo.about)},
          {"bytes", photo.bytes},
          {"url", "/v1/photos/" + to_text(photo.id)},
          {"channel", photo.channel},
          {"added_by", photo.added_by},
          {"added_at", format_rfc3339(photo.added_at)}};
}

ordered_json photos_json(const std::vector<usecases::Photo>& photos) {
  ordered_json items = ordered_json::array();
  for (const auto& photo : photos) items.push_back(photo_json(photo));
  return {{"items", items}};
}

// ?about= or the form's field.
std::string about_of(const Request& request) {
  if (const auto about = request.query_value("about")) return *about;
  for (const auto& [name, value] : request.form()) {
    if (name == "about") return value;
  }
  return "";
}

Reply add_photos(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId order) {
    const auto context = context_of(services, request);
    const auto files = request.files();
    if (files.empty()) return problem_reply({ErrorKind::invalid, "no_photo", "Send at least one picture."});
    for (const auto& file : files) {
      const auto added = usecases::add_photo(context, order, about_of(request), file.bytes);
      if (!added) return problem_reply(added.error());
    }
    return json_reply(201, photos_json(usecases::photos_of(context, order)));
  });
}

Reply list_photos(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId order) {
    const auto context = context_of(services, request);
    const auto known = usecases::read_order(context, order);
    if (!known) return problem_reply(known.error());
    return json_reply(200, photos_json(usecases::photos_of(context, order)));
  });
}

Reply read_photo(const Services& services, const Request& request) {
  return with_id<PhotoId>(request, "id", [&](PhotoId photo) {
    auto bytes = usecases::photo_bytes(context_of(services, request), photo);
    if (!bytes) return problem_reply(bytes.error());
    Reply reply = file_reply("image/jpeg", *std::move(bytes), to_text(photo) + ".jpg");
    reply.headers.emplace_back("Cache-Control", "private, no-store");
    return reply;
  });
}

}  // namespace

void add_photo_routes(Router& router, const Services& services) {
  router.add({"POST", "/v1/orders/{id}/photos", Gate::api, "orders:write",
              [&services](const Request& request) { return add_photos(services, request); }, true, true});
  router.add({"GET", "/v1/orders/{id}/photos", Gate::api, "orders:read",
              [&services](const Request& request) { return list_photos(services, request); }});
  router.add(
      {"GET", "/v1/photos/{id}", Gate::api, "orders:read", [&services](const Request& request) { return read_photo(services, request); }});
}

}  // namespace roundtrip::http
