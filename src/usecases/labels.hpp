// Labels to print: of a return, of a parcel, and the cards that are scanned in place of keys.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "messages/mime.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

enum class LabelFormat {
  pdf_a4,   // a return: with instructions and a line to cut; a parcel: as pdf_4x6
  pdf_4x6,  // 4 x 6 inches
  zpl,      // 4 x 6 inches
  png,      // a return: its QR alone, for a counter; a parcel: the whole label
};

// The file's bytes. Errors: not_found; conflict when the return has no label (not approved, declined,
// canceled, expired); invalid `label_character_missing` when the address cannot be printed.
// `dots_per_inch` of a label printer counts for ZPL. A return that crosses a border brings its customs form as further pages of a PDF.
Result<std::string> return_label(const Context& context, ReturnId return_id, LabelFormat format, int dots_per_inch = 203);
// The customs form alone, pdf_a4 or pdf_4x6. Errors: as above; conflict `no_customs_form`.
Result<std::string> return_customs_form(const Context& context, ReturnId return_id, LabelFormat format);
// The A4 label to attach to the mail that approves a return; nothing when there is none (the mail has the link).
std::optional<messages::Attachment> return_label_attachment(const Context& context, ReturnId return_id);
// Errors: not_found; invalid `parcel_not_closed` with the units that are missing; conflict when canceled.
Result<std::string> parcel_label(const Context& context, ParcelId parcel, LabelFormat format, int dots_per_inch = 203);

inline constexpr std::size_t kMostLabelsInBatch = 500;
// The labels of these returns and parcels (public ids, or the codes printed on them) in one PDF, in this order, pdf_a4 or pdf_4x6; all or
// none. Errors: bad_batch_size; labels_missing with a fault for each that cannot be printed.
Result<std::string> label_batch(const Context& context, const std::vector<std::string>& ids, LabelFormat format);
// A4: UNDO, SHORT, SPLIT, PRINT, PROBLEM, DONE, then "QTY n" for each of `quantities` (1 to 100000).
Result<std::string> command_cards(const Context& context, const std::vector<std::int64_t>& quantities);
// A4 sheets of cards. Errors: nothing_to_print; totes_invalid.
Result<std::string> bin_cards(const Context& context);
Result<std::string> tote_cards(const Context& context, std::int64_t first, std::int64_t count);
Result<std::string> badge_cards(const Context& context);  // of users who may sign in

}  // namespace roundtrip::usecases
