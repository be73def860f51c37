// Labels as files: of a return, of a parcel, and the command cards.
#include "usecases/labels.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/gs1.hpp"
#include "usecases/label_reading.hpp"

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

// ?dpi=203|300: the dots of the printer that ZPL is for.
Result<int> wanted_dots(const Request& request) {
  const auto dots = request.query_value("dpi");
  if (!dots || *dots == "203") return 203;
  if (*dots == "300") return 300;
  return Error{ErrorKind::invalid, "bad_dpi", "dpi must be 203 or 300."};
}

Reply return_file(const Services& services, const Request& request, LabelFormat format, std::string_view type, const char* ending) {
  return with_id<ReturnId>(request, "id", [&](ReturnId id) {
    const auto dots = wanted_dots(request);
    if (!dots) return problem_reply(dots.error());
    return label_file(usecases::return_label(context_of(services, request), id, format, *dots), type, "return-" + to_text(id) + ending);
  });
}

Reply customs_pdf(const Services& services, const Request& request) {
  return with_id<ReturnId>(request, "id", [&](ReturnId id) {
    const auto format = wanted_size(request, LabelFormat::pdf_a4);
    if (!format) return problem_reply(format.error());
    return label_file(usecases::return_customs_form(context_of(services, request), id, *format), kPdf, "customs-" + to_text(id) + ".pdf");
  });
}

Reply batch_pdf(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const auto ids = root.texts("ids", usecases::kMostLabelsInBatch, 40);
  if (ids.empty()) root.fault("ids", "too_few", "names 1 to 500 returns and parcels");
  const std::string size = root.text("size", {.max = 10});
  if (!size.empty() && size != "a4" && size != "4x6") root.fault("size", "invalid", "is a4 or 4x6.");
  if (auto refused = body.finish()) return problem_reply(*refused);
  const auto format = size == "a4" ? LabelFormat::pdf_a4 : LabelFormat::pdf_4x6;
  return label_file(usecases::label_batch(context_of(services, request), ids, format), kPdf, "labels.pdf");
}

nlohmann::ordered_json gs1_json(const usecases::Gs1Settings& settings) {
  return {{"company_prefix", text_json(settings.company_prefix)}, {"extension", settings.extension}, {"warehouses", settings.warehouses}};
}

Reply read_gs1(const Services& services, const Request& request) {
  return json_reply(200, gs1_json(usecases::read_gs1_settings(context_of(services, request))));
}

Reply write_gs1(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  usecases::Gs1Settings settings;
  settings.company_prefix = root.text("company_prefix", {.max = 12});
  settings.extension = static_cast<int>(root.integer("extension", false, 0, 0, 9));
  settings.warehouses = root.texts("warehouses", 100, 100);
  if (auto refused = body.finish()) return problem_reply(*refused);
  const auto context = context_of(services, request);
  if (const auto saved = usecases::save_gs1_settings(context, settings); !saved) return problem_reply(saved.error());
  return json_reply(200, gs1_json(usecases::read_gs1_settings(context)));
}

nlohmann::ordered_json read_code_json(const usecases::FoundCode& code) {
  return {{"format", code.format},
          {"text", code.text},
          {"scan", code.scan},
          {"kind", code.kind},
          {"id", text_json(code.id)},
          {"carrier", text_json(code.carrier)},
          {"number", text_json(code.number)}};
}

Reply read_labels(const Services& services, const Request& request) {
  nlohmann::ordered_json codes = nlohmann::ordered_json::array();
  const auto files = request.files();
  if (files.empty()) return problem_reply({ErrorKind::invalid, "no_photo", "Send at least one picture."});
  for (const auto& file : files) {
    const auto found = usecases::read_codes(context_of(services, request), file.bytes);
    if (!found) return problem_reply(found.error());
    for (const auto& code : *found) codes.push_back(read_code_json(code));
  }
  return json_reply(200, {{"codes", codes}});
}

Reply parcel_file(const Services& services, const Request& request, LabelFormat format, std::string_view type, const char* ending) {
  return with_id<ParcelId>(request, "id", [&](ParcelId id) {
    const auto dots = wanted_dots(request);
    if (!dots) return problem_reply(dots.error());
    return label_file(usecases::parcel_label(context_of(services, request), id, format, *dots), type, "parcel-" + to_text(id) + ending);
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

Reply bins_pdf(const Services& services, const Request& request) {
  return label_file(usecases::bin_cards(context_of(services, request)), kPdf, "bins.pdf");
}

Reply badges_pdf(const Services& services, const Request& request) {
  return label_file(usecases::badge_cards(context_of(services, request)), kPdf, "badges.pdf");
}

// ?from=1&count=20
Reply totes_pdf(const Services& services, const Request& request) {
  const auto number = [&](const char* name, const char* otherwise) -> std::int64_t {
    const std::string text = request.query_value(name).value_or(otherwise);
    return text.empty() || text.size() > 7 || text.find_first_not_of("0123456789") != std::string::npos ? 0 : std::stoll(text);
  };
  return label_file(usecases::tote_cards(context_of(services, request), number("from", "1"), number("count", "20")), kPdf, "totes.pdf");
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
  const auto plain = [&services](Reply (*act)(const Services&, const Request&)) {
    return [&services, act](const Request& request) { return act(services, request); };
  };
  router.add({"GET", "/v1/returns/{id}/customs.pdf", Gate::api, "orders:read", plain(customs_pdf)});
  router.add({"POST", "/v1/labels/batch", Gate::api, "orders:read", plain(batch_pdf)});
  router.add({"POST", "/v1/labels/read", Gate::api, "scans:write", plain(read_labels), false, true});
  router.add({"GET", "/v1/labels/gs1", Gate::api, "admin", plain(read_gs1)});
  router.add({"PUT", "/v1/labels/gs1", Gate::api, "admin", plain(write_gs1)});
  router.add({"GET", "/v1/cards/bins.pdf", Gate::api, "scans:write", plain(bins_pdf)});
  router.add({"GET", "/v1/cards/totes.pdf", Gate::api, "scans:write", plain(totes_pdf)});
  router.add({"GET", "/v1/cards/badges.pdf", Gate::api, "admin", plain(badges_pdf)});
  router.add({"GET", "/v1/command_cards.pdf", Gate::api, "", [&services](const Request& request) { return cards_pdf(services, request); }});
}

}  // namespace roundtrip::http
