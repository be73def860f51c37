// Photos that people send about an order, a return or a claim: read in a child process, kept as JPEG without metadata.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/photos.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using Photo = store::PhotoRow;

inline constexpr std::size_t kMostPhotosOfOrder = 60;

// Takes a JPEG, PNG or WebP of at most 12 MB and keeps it upright, at most 2000 pixels on its long side, without metadata. The same bytes
// about the same thing again give the photo that is there. `about`: public id of a return or claim of the order, or "".
// Errors: order_not_found, photo_about_unknown; photo_too_large, photo_format_unknown (says what to send instead), photo_too_many_pixels,
// photo_unreadable; too_many_photos; photos_busy.
Result<PhotoId> add_photo(const Context& context, OrderId order, const std::string& about, std::string_view bytes);
// What was sent before its return or claim was there now belongs to it.
Done file_photos(const Context& context, OrderId order, const std::vector<PhotoId>& photos, const std::string& about);
// The oldest first.
std::vector<Photo> photos_of(const Context& context, OrderId order);
// A JPEG. `only_of`: for callers who may see this order alone. Error photo_not_found.
Result<std::string> photo_bytes(const Context& context, PhotoId photo, std::optional<OrderId> only_of = std::nullopt);

}  // namespace roundtrip::usecases
