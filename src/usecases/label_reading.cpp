// Naming what a reader found.
#include "usecases/label_reading.hpp"

#include <algorithm>
#include <array>

#include "carriers/identify.hpp"
#include "domain/codes.hpp"
#include "domain/gs1.hpp"
#include "labels/picture_child.hpp"
#include "store/database.hpp"
#include "store/labels.hpp"
#include "store/users.hpp"

namespace roundtrip::usecases {
namespace {

void name_own(FoundCode& code, const domain::OwnCode& own) {
  using enum domain::CodeKind;
  switch (own.kind) {
    case return_:
      code.kind = "return", code.id = to_text(ReturnId{own.number});
      break;
    case parcel:
      code.kind = "parcel", code.id = to_text(ParcelId{own.number});
      break;
    case shipment:
      code.kind = "shipment", code.id = to_text(ShipmentId{own.number});
      break;
    case bin:
      code.kind = "bin", code.id = to_text(BinId{own.number});
      break;
    case tote:
      code.kind = "tote";
      break;
    case badge:
      code.kind = "badge";
      break;
    case command:
      code.kind = "command";
      break;
  }
}

// A carrier's number, unless it is certainly a GTIN or an SSCC of a warehouse.
void name_foreign(FoundCode& code, const std::string& symbology) {
  const auto item = domain::parse_item(code.text, symbology);
  const auto candidates = carriers::identify(code.scan);
  const bool retail = code.format.starts_with("EAN") || code.format.starts_with("UPC");
  if (!candidates.empty() && !retail && (!item || candidates.front().checked)) {
    code.kind = "tracking_number";
    code.carrier = candidates.front().carrier;
    code.number = candidates.front().number;
  } else if (item && !item->sscc.empty()) {
    code.kind = "sscc";
    code.number = item->sscc;
  } else if (item && !item->gtin14.empty()) {
    code.kind = "gtin";
    code.number = item->gtin14;
  }
}

constexpr int kPhotosPerWindow = 10;
constexpr std::int64_t kPhotoWindow = 15 * kMinute;

std::size_t rank_of(const FoundCode& code) {
  constexpr std::array<std::string_view, 9> kOrder = {"return", "parcel", "shipment", "tracking_number", "sscc", "gtin",
                                                      "bin",    "tote",   "badge"};
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), code.kind) - kOrder.begin());
}

// An SSCC that we gave is our parcel.
void name_our_parcels(const Context& context, std::vector<FoundCode>& codes) {
  store::Session session(context.db);
  for (FoundCode& code : codes) {
    if (code.kind != "sscc") continue;
    if (const auto parcel = store::parcel_of_sscc(session, context.merchant, code.number)) code.id = to_text(*parcel);
  }
}

}  // namespace

Result<std::vector<FoundCode>> read_codes(const Context& context, std::string_view picture) {
  const auto read = labels::codes_in_picture(picture);
  if (!read) return read.error();
  std::vector<FoundCode> out;
  for (const labels::ReadCode& found : *read) {
    FoundCode code{found.format, found.symbology + found.text, found.text, "unknown", "", "", ""};
    if (const auto own = domain::parse_own_code(found.text)) {
      name_own(code, *own);
      code.scan = found.text;
    } else {
      name_foreign(code, found.symbology);
    }
    const auto same = [&](const FoundCode& one) { return one.kind == code.kind && one.text == code.text; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(std::move(code));
  }
  if (std::any_of(out.begin(), out.end(), [](const FoundCode& code) { return code.kind == "sscc"; })) name_our_parcels(context, out);
  std::stable_sort(out.begin(), out.end(), [](const FoundCode& a, const FoundCode& b) { return rank_of(a) < rank_of(b); });
  return out;
}

Error no_code_found() {
  return {ErrorKind::invalid, "no_code_found",
          "No barcode could be read in this photo. Hold the camera straight above the label, near enough that it fills the picture, "
          "without glare; or type the number."};
}

Result<std::string> scan_of_picture(const Context& context, std::string_view picture) {
  const auto codes = read_codes(context, picture);
  if (!codes) return codes.error();
  if (!codes->empty() && codes->front().kind != "unknown") return codes->front().scan;
  return no_code_found();
}

Result<std::string> number_on_label(store::Database& db, MerchantId merchant, std::string_view picture, std::string_view address,
                                    Instant now) {
  const std::string subject = "photo:" + std::string(address.substr(0, 64));
  if (store::Session session(db); store::note_attempt(session, merchant, subject, now - kPhotoWindow, now) > kPhotosPerWindow)
    return Error{.kind = ErrorKind::rate_limited,
                 .code = "too_many_requests",
                 .message = "Too many tries. Please wait 15 minutes.",
                 .retry_after_s = static_cast<int>(kPhotoWindow / kSecond)};
  const auto codes = read_codes({db, merchant, {"customer", "customer"}, now}, picture);
  if (!codes) return codes.error();
  for (const FoundCode& code : *codes) {
    if (code.kind == "return" || code.kind == "parcel" || code.kind == "shipment") return code.text;
    if (code.kind == "tracking_number") return code.number;
  }
  return no_code_found();
}

}  // namespace roundtrip::usecases
