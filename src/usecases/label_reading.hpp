// The codes on a photo of a label, and what each of them is.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct FoundCode {
  std::string format;   // "QRCode", "Code128" ...
  std::string scan;     // what a scanner would have sent: give it to a station as a scan
  std::string text;     // as it is written
  std::string kind;     // return, parcel, shipment, bin, tote, badge, command; tracking_number, sscc, gtin; unknown
  std::string id;       // public id of a return, parcel, shipment or bin of ours; empty: none
  std::string carrier;  // tracking_number: the likeliest
  std::string number;   // the tracking number as it is kept, the SSCC, or the GTIN as 14 digits
};

// The most telling first: our own codes, carriers' numbers, SSCC, GTIN, then what nobody knows. The picture is read in a child process.
// Errors: those of a photo (photo_unreadable ...). No code at all is no error.
Result<std::vector<FoundCode>> read_codes(const Context& context, std::string_view picture);
// What a station or a form should take from the photo: the scan of the first code that is not unknown. Error no_code_found says what to do.
Result<std::string> scan_of_picture(const Context& context, std::string_view picture);
Error no_code_found();
// What a customer may give as the number of an order, from a photo of its label: our code of a return, parcel or shipment, else a tracking
// number; nothing else is said of it. Anybody may ask: rate_limited after a few photos from one address. Error no_code_found.
Result<std::string> number_on_label(store::Database& db, MerchantId merchant, std::string_view picture, std::string_view address,
                                    Instant now);

}  // namespace roundtrip::usecases
