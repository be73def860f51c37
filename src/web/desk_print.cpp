// Printing at the desk: cards of bins, totes, badges and commands, and the labels of many returns and parcels at once.
#include "usecases/labels.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {

http::Reply print_page(const http::Services& services, const http::Request& request, const std::string& fault, int status) {
  auto page = desk_page(request, "Print", "desk_print", "/desk");
  page.status = status;
  page.data["fault"] = fault;
  page.data["codes"] = field(request.form(), "codes");
  page.data["may_admin"] = request.caller.may("admin");
  return page_reply(services, request, page);
}

// Codes that were ticked in a list, or typed with anything but letters and digits between them.
std::vector<std::string> wanted_codes(const http::Request& request) {
  std::vector<std::string> out;
  for (const auto& [name, value] : request.form()) {
    if (name != "code" && name != "codes") continue;
    std::string word;
    for (const char c : value + " ") {
      const bool part = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
      if (part) word.push_back(c);
      if (!part && !word.empty() && out.size() <= usecases::kMostLabelsInBatch) out.push_back(std::move(word));
      if (!part) word.clear();
    }
  }
  return out;
}

http::Reply print_labels(const http::Services& services, const http::Request& request) {
  const bool a4 = field(request.form(), "size") == "a4";
  const auto format = a4 ? usecases::LabelFormat::pdf_a4 : usecases::LabelFormat::pdf_4x6;
  const auto file = usecases::label_batch(http::context_of(services, request), wanted_codes(request), format);
  if (file) {
    http::Reply reply = http::file_reply("application/pdf", *file, "labels.pdf");
    reply.headers.emplace_back("Cache-Control", "private, no-store");
    return reply;
  }
  std::string why = file.error().message;
  for (const auto& fault : file.error().faults) why += " " + fault.detail;
  return print_page(services, request, why, 422);
}

}  // namespace

void add_desk_print_routes(http::Router& router, const http::Services& services) {
  router.add({"GET", "/desk/print", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return print_page(services, request, "", 200); }});
  router.add({"POST", "/desk/print", http::Gate::staff, "orders:write",
              [&services](const http::Request& request) { return print_labels(services, request); }});
}

}  // namespace roundtrip::web
