// Statements about photos.
#include "store/photos.hpp"

#include <nlohmann/json.hpp>

#include "base/secrets.hpp"

namespace roundtrip::store {

std::vector<PhotoRow> photos_of(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<PhotoRow> out;
  for (auto& [id, about, bytes, channel, by, at] : db.rows<PhotoId, std::string, std::int64_t, std::string, std::string, Instant>(
           "SELECT photo_id, about, octet_length(bytes), channel, added_by, added_at FROM photos "
           "WHERE merchant_id = $1 AND order_id = $2 ORDER BY photo_id",
           merchant, order)) {
    out.push_back({id, about, bytes, channel, by, at});
  }
  return out;
}

std::optional<PhotoId> same_photo(Queryable& db, MerchantId merchant, OrderId order, const std::string& about,
                                  const std::string& sent_hash) {
  return db.value<PhotoId>("SELECT photo_id FROM photos WHERE merchant_id = $1 AND order_id = $2 AND about = $3 AND sent_hash = $4",
                           merchant, order, about, sent_hash);
}

PhotoId add_photo(Transaction& tx, MerchantId merchant, OrderId order, const PhotoRow& photo, const std::string& sent_hash,
                  std::string_view jpeg) {
  const auto id = tx.value<PhotoId>(
      "INSERT INTO photos (merchant_id, order_id, about, sent_hash, bytes, channel, added_by, added_at) "
      "VALUES ($1, $2, $3, $4, decode($5, 'base64'), $6, $7, $8) RETURNING photo_id",
      merchant, order, photo.about, sent_hash, to_base64(jpeg), photo.channel, photo.added_by, photo.added_at);
  return id.value();
}

std::vector<PhotoId> set_photos_about(Transaction& tx, MerchantId merchant, OrderId order, const std::vector<PhotoId>& photos,
                                      const std::string& about) {
  nlohmann::json ids = nlohmann::json::array();
  for (const PhotoId photo : photos) ids.push_back(photo.value);
  std::vector<PhotoId> moved;
  for (auto& [id] : tx.rows<PhotoId>("UPDATE photos p SET about = $3 WHERE p.merchant_id = $1 AND p.order_id = $2 AND p.about = '' "
                                     "AND p.photo_id IN (SELECT jsonb_array_elements_text($4::jsonb)::bigint) "
                                     "AND NOT EXISTS (SELECT 1 FROM photos o WHERE o.merchant_id = $1 AND o.order_id = $2 AND o.about = $3 "
                                     "AND o.sent_hash = p.sent_hash) RETURNING p.photo_id",
                                     merchant, order, about, ids.dump())) {
    moved.push_back(id);
  }
  return moved;
}

std::optional<std::pair<OrderId, std::string>> photo_bytes(Queryable& db, MerchantId merchant, PhotoId photo) {
  const auto row = db.row<OrderId, std::string>(
      "SELECT order_id, encode(bytes, 'base64') FROM photos WHERE merchant_id = $1 AND photo_id = $2", merchant, photo);
  if (!row) return std::nullopt;
  return std::pair(std::get<0>(*row), from_base64(std::get<1>(*row)).value_or(""));
}

}  // namespace roundtrip::store
