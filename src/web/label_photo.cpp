// A photo of a label on the pages that look for an order without a link.
#include "usecases/label_reading.hpp"
#include "web/customer_pages.hpp"

namespace roundtrip::web {
namespace {
// What to do next, as a key of [page.find].
const char* photo_fault(const Error& error) {
  if (error.code == "no_code_found") return "photo_none";
  if (error.code == "photos_busy") return "photo_busy";
  if (error.code == "too_many_requests") return "too_many";
  return "photo_bad";
}
}  // namespace

LabelPhoto read_label_photo(const http::Services& services, const http::Request& request) {
  const auto merchant = shop_of(services, field(request.form(), "shop").substr(0, 40));
  if (!merchant || !from_our_pages(request)) return {"", "fault", 422};
  const auto files = request.files();
  if (files.empty()) return {"", "photo_missing", 422};
  const auto number = usecases::number_on_label(services.db, merchant->id, files.front().bytes, request.client_address, request.now);
  if (!number) return {"", photo_fault(number.error()), http::status_of(number.error().kind)};
  return {*number, "", 200};
}

}  // namespace roundtrip::web
