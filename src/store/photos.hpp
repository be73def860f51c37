// Photos of orders, as JPEG.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct PhotoRow {
  PhotoId id;
  std::string about;  // public id of a return or claim; empty: the order
  std::int64_t bytes = 0;
  std::string channel, added_by;
  Instant added_at;
};

// The oldest first.
std::vector<PhotoRow> photos_of(Queryable& db, MerchantId merchant, OrderId order);
std::optional<PhotoId> same_photo(Queryable& db, MerchantId merchant, OrderId order, const std::string& about,
                                  const std::string& sent_hash);
// `jpeg` as bytes.
PhotoId add_photo(Transaction& tx, MerchantId merchant, OrderId order, const PhotoRow& photo, const std::string& sent_hash,
                  std::string_view jpeg);
// Photos of the order that are about nothing yet become about this; one that is there for it already stays as it is. Gives which moved.
std::vector<PhotoId> set_photos_about(Transaction& tx, MerchantId merchant, OrderId order, const std::vector<PhotoId>& photos,
                                      const std::string& about);
// Its order and its JPEG.
std::optional<std::pair<OrderId, std::string>> photo_bytes(Queryable& db, MerchantId merchant, PhotoId photo);

}  // namespace roundtrip::store
