// Labels as files: of a return, of a parcel, and the command cards.
#include "usecases/labels.hpp"

#include "http/api.hpp"

namespace roundtrip::http {
namespace {

using usecases::LabelFormat;

constexpr std::string_view kPdf = "application/pdf", kZpl = "application/zpl", kPng = "image/png";

// ?size=a4|4x6
Result<LabelFormat> wanted_size(const Request& request, LabelFormat otherwise) {
  const auto size = request.query_value("size");
  if (!size) return otherwise;
  if (*size == "a4") return LabelFormat::pdf_a4;
  if (*size == "4x6") return LabelFormat::pdf_4x6;
  return Error{ErrorKind::invalid, "bad_size", "size must be a4 or 4x6."};
}

// Shown in the browser, saved under this name; it names a person's address, so nobody may keep it.
Reply label_file(const Result<std::string>& file, std::string_view type, const std::string& name) {
  if (!file) return problem_reply(file.error());
  Reply reply = file_reply(std::string(type), *file, name);
  reply.headers.emplace_back("Cache-Control", "private, no-store");
  return reply;
}

Reply return_pdf(const Services& services, const Request& request) {
  return with_id<ReturnId>(request, "id", [&](ReturnId id) {
    const auto format = wanted_size(request, LabelFormat::pdf_a4);
    if (!format) return problem_reply(format.error());
    return label_file(usecases::return_label(context_of(services, request), id, *format), kPdf, "return-" + to_text(id) + ".pdf");
  });
}

Reply return_file(const Services& services, const Request& request, LabelFormat format, std::string_view type, const char* ending) {
  return with_id<ReturnId>(request, "id", [&](ReturnId id) {
    return label_file(usecases::return_label(context_of(services, request), id, format), type, "return-" + to_text(id) + ending);
  });
}

Reply parcel_file(const Services& services, const Request& request, LabelFormat format, std::string_view type, const char* ending) {
  return with_id<ParcelId>(request, "id", [&](ParcelId id) {
    return label_file(usecases::parcel_label(context_of(services, request), id, format), type, "parcel-" + to_text(id) + ending);
  });
}

// ?quantities=2,3,5
Result<std::vector<std::int64_t>> wanted_quantities(const Request& request) {
  const std::string text = request.query_value("quantities").value_or("2,3,4,5,6,10,12,20,24,50");
  std::vector<std::int64_t> out;
  std::size_t at = 0;
  while (at <= text.size() && !text.empty()) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string number = text.substr(at, comma - at);
    if (number.empty() || number.size() > 6 || number.find_first_not_of("0123456789") != std::string::npos || out.size() >= 100) {
      return Error{ErrorKind::invalid, "bad_quantities",
                   "quantities are at most 100 whole numbers with commas between them, such as 2,3,12."};
    }
    out.push_back(std::stoll(number));
    at = comma + 1;
  }
  return out;
}

Reply cards_pdf(const Services& services, const Request& request) {
  const auto quantities = wanted_quantities(request);
  if (!quantities) return problem_reply(quantities.error());
  return label_file(usecases::command_cards(context_of(services, request), *quantities), kPdf, "command-cards.pdf");
}

}  // namespace

void add_label_routes(Router& router, const Services& services) {
  const auto returned = [&services](LabelFormat format, std::string_view type, const char* ending) {
    return [&services, format, type, ending](const Request& request) { return return_file(services, request, format, type, ending); };
  };
  const auto parcel = [&services](LabelFormat format, std::string_view type, const char* ending) {
    return [&services, format, type, ending](const Request& request) { return parcel_file(services, request, format, type, ending); };
  };
  const auto pdf = [&services](const Request& request) { return return_pdf(services, request); };
  router.add({"GET", "/v1/returns/{id}/label.pdf", Gate::api, "orders:read", pdf});
  router.add({"GET", "/v1/returns/{id}/label.zpl", Gate::api, "orders:read", returned(LabelFormat::zpl, kZpl, ".zpl")});
  router.add({"GET", "/v1/returns/{id}/label.png", Gate::api, "orders:read", returned(LabelFormat::png, kPng, ".png")});
  router.add({"GET", "/v1/parcels/{id}/label.pdf", Gate::api, "orders:read", parcel(LabelFormat::pdf_4x6, kPdf, ".pdf")});
  router.add({"GET", "/v1/parcels/{id}/label.zpl", Gate::api, "orders:read", parcel(LabelFormat::zpl, kZpl, ".zpl")});
  router.add({"GET", "/v1/parcels/{id}/label.png", Gate::api, "orders:read", parcel(LabelFormat::png, kPng, ".png")});
  router.add({"GET", "/v1/command_cards.pdf", Gate::api, "", [&services](const Request& request) { return cards_pdf(services, request); }});
}

}  // namespace roundtrip::http
