// Decode outside of any transaction, then keep under the order's lock.
#include "usecases/photos.hpp"

#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "labels/picture_child.hpp"
#include "store/order_views.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"

namespace roundtrip::usecases {
namespace {

Error order_unknown() { return {ErrorKind::not_found, "order_not_found", "There is no such order."}; }

// A return must be the order's; a claim is checked by who made it.
std::optional<Error> refuse_about(store::Queryable& db, const Context& context, OrderId order, const std::string& about) {
  const bool claim = about.starts_with("clm_") && crockford_decode(about.substr(4));
  if (about.empty() || claim) return std::nullopt;
  const auto return_id = parse_id<ReturnId>(about);
  const auto owner = return_id ? store::order_of_return(db, context.merchant, *return_id) : std::nullopt;
  if (owner == order) return std::nullopt;
  return Error{ErrorKind::invalid, "photo_about_unknown", "'" + about.substr(0, 40) + "' is no return or claim of this order."};
}

std::string photo_detail(const std::vector<PhotoId>& photos) {
  nlohmann::ordered_json ids = nlohmann::ordered_json::array();
  for (const PhotoId photo : photos) ids.push_back(to_text(photo));
  return nlohmann::ordered_json{{"photos", ids}}.dump();
}

}  // namespace

Result<PhotoId> add_photo(const Context& context, OrderId order, const std::string& about, std::string_view bytes) {
  const std::string hash = sha256_hex(bytes);
  {
    store::Session session(context.db);
    if (!store::read_order_version(session, context.merchant, order)) return order_unknown();  // before anything is decoded
    if (auto refused = refuse_about(session, context, order, about)) return *refused;
    if (const auto same = store::same_photo(session, context.merchant, order, about, hash)) return *same;
  }
  const auto jpeg = labels::picture_as_jpeg(bytes);
  if (!jpeg) return jpeg.error();
  store::Transaction tx{context.db};
  auto head = store::lock_order(tx, context.merchant, order);
  if (!head) return order_unknown();
  if (const auto same = store::same_photo(tx, context.merchant, order, about, hash)) return *same;
  if (store::photos_of(tx, context.merchant, order).size() >= kMostPhotosOfOrder) {
    return Error{ErrorKind::conflict, "too_many_photos", "There are 60 photos of this order already; that is the most."};
  }
  const Photo photo{{}, about, 0, context.actor.channel, context.actor.name, context.now};
  const PhotoId id = store::add_photo(tx, context.merchant, order, photo, hash, *jpeg);
  store::append_timeline(
      tx, context.merchant, *head,
      {"photo.added", context.actor.channel, context.actor.name, about.empty() ? to_text(order) : about, photo_detail({id})}, context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  tx.commit();
  return id;
}

Done file_photos(const Context& context, OrderId order, const std::vector<PhotoId>& photos, const std::string& about) {
  store::Transaction tx{context.db};
  auto head = store::lock_order(tx, context.merchant, order);
  if (!head) return order_unknown();
  if (auto refused = refuse_about(tx, context, order, about)) return *refused;
  const auto moved = store::set_photos_about(tx, context.merchant, order, photos, about);
  if (moved.empty()) return done();
  store::append_timeline(tx, context.merchant, *head,
                         {"photo.filed", context.actor.channel, context.actor.name, about, photo_detail(moved)}, context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  tx.commit();
  return done();
}

std::vector<Photo> photos_of(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::photos_of(session, context.merchant, order);
}

Result<std::string> photo_bytes(const Context& context, PhotoId photo, std::optional<OrderId> only_of) {
  store::Session session(context.db);
  auto found = store::photo_bytes(session, context.merchant, photo);
  if (!found || (only_of && found->first != *only_of)) return Error{ErrorKind::not_found, "photo_not_found", "There is no such photo."};
  return std::move(found->second);
}

}  // namespace roundtrip::usecases
