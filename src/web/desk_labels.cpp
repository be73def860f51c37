// A photo of a label at the desk: what is written in its barcodes and where each of them leads.
#include "usecases/label_reading.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
std::string words_of_read(const usecases::FoundCode& code) {
  if (code.kind == "unknown") return "Nothing we know";
  if (code.kind == "gtin") return "Article (GTIN)";
  if (code.kind == "sscc") return "SSCC";
  return words_of_code(code.kind) + (code.carrier.empty() ? "" : " of " + code.carrier);
}

Json read_row(const usecases::Context& context, const usecases::FoundCode& code) {
  const std::string number = code.number.empty() ? code.text : code.number;
  // A parcel or return of ours is found by its id, whatever stands on the label.
  const Json hits = hits_json(usecases::search(context, code.id.empty() ? number : code.id));
  return {{"what", words_of_read(code)}, {"number", number}, {"format", code.format}, {"hits", hits}, {"found", !hits.empty()}};
}

http::Reply label_page(const http::Services& services, const http::Request& request, const Json& rows, const Error* error) {
  auto page = desk_page(request, "Photo of a label", "desk_labels", "");
  page.status = error != nullptr ? http::status_of(error->kind) : 200;
  page.data["fault"] = error != nullptr ? error->message : "";
  page.data["any"] = !rows.empty();
  page.data["codes"] = rows;
  return page_reply(services, request, page);
}

http::Reply read_label(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const auto files = request.files();
  const Error none{ErrorKind::invalid, "no_photo", "Choose a photo first."};
  if (files.empty()) return label_page(services, request, Json::array(), &none);
  const auto codes = usecases::read_codes(context, files.front().bytes);
  if (!codes) return label_page(services, request, Json::array(), &codes.error());
  const Error empty = usecases::no_code_found();
  if (codes->empty()) return label_page(services, request, Json::array(), &empty);
  Json rows = Json::array();
  for (const auto& code : *codes) rows.push_back(read_row(context, code));
  return label_page(services, request, rows, nullptr);
}
}  // namespace

void add_desk_label_routes(http::Router& router, const http::Services& services) {
  router.add({"GET", "/desk/labels", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return label_page(services, request, Json::array(), nullptr); }});
  router.add({"POST", "/desk/labels", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return read_label(services, request); }});
}

}  // namespace roundtrip::web
