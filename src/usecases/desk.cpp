// Reading for the back office.
#include "usecases/desk.hpp"

#include <algorithm>
#include <charconv>

#include "domain/codes.hpp"
#include "domain/gs1.hpp"
#include "store/database.hpp"
#include "store/jobs.hpp"

namespace roundtrip::usecases {
namespace {
constexpr int kHitsPerKind = 8;
constexpr std::size_t kHits = 30;

// A scanned barcode as products keep it; the text itself when it holds no GTIN.
std::string gtin_of(const std::string& text) {
  const auto item = domain::parse_item(text);
  return item && !item->gtin14.empty() ? item->gtin14 : text;
}

std::string_view kind_of_prefix(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"ord_", "order"}, {"shp_", "shipment"}, {"pcl_", "parcel"}, {"ret_", "return"}, {"rfn_", "refund"}};
  for (const auto& [prefix, kind] : kinds) {
    if (text.starts_with(prefix)) return kind;
  }
  return "";
}

// A code of ours or a public id names one thing.
std::optional<SearchHit> hit_by_identity(store::Queryable& db, MerchantId merchant, const std::string& text) {
  if (const auto kind = kind_of_prefix(text); !kind.empty()) {
    const auto number = crockford_decode(std::string_view(text).substr(4));
    return number ? store::search_number(db, merchant, kind, *number) : std::nullopt;
  }
  const auto code = domain::parse_own_code(text);
  if (!code) return std::nullopt;
  switch (code->kind) {
    case domain::CodeKind::shipment:
      return store::search_number(db, merchant, "shipment", code->number);
    case domain::CodeKind::parcel:
      return store::search_number(db, merchant, "parcel", code->number);
    case domain::CodeKind::return_:
      return store::search_number(db, merchant, "return", code->number);
    default:
      return std::nullopt;
  }
}

std::optional<std::pair<std::int64_t, std::int64_t>> read_cursor(const std::optional<std::string>& cursor) {
  if (!cursor) return std::nullopt;
  std::int64_t key = 0, id = 0;
  const char* end = cursor->data() + cursor->size();
  const auto first = std::from_chars(cursor->data(), end, key);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, id);
  if (second.ec != std::errc{} || second.ptr != end || key < 0 || key > 253'402'300'799'000'000) return std::nullopt;
  return std::pair{key, id};
}
}  // namespace

DeskOverview read_overview(const Context& context) {
  store::Session session(context.db);
  return {store::attention(session, context.merchant, context.now), store::backlog(session, context.merchant, context.now)};
}

std::vector<SearchHit> search(const Context& context, const std::string& text) {
  if (text.empty() || text.size() > 200) return {};
  store::Session session(context.db);
  std::vector<SearchHit> out;
  if (auto hit = hit_by_identity(session, context.merchant, text)) out.push_back(std::move(*hit));
  for (auto& hit : store::search_texts(session, context.merchant, text, gtin_of(text), kHitsPerKind)) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const SearchHit& other) {
      return hit.order ? other.order == hit.order : other.kind == hit.kind && other.key == hit.key;
    });
    if (!known && out.size() < kHits) out.push_back(std::move(hit));
  }
  return out;
}

DeskOrderList list_desk_orders(const Context& context, DeskOrderFilter filter, const std::optional<std::string>& cursor) {
  if (const auto after = read_cursor(cursor)) {
    filter.after_key = after->first;
    filter.after_id = after->second;
  }
  const int wanted = filter.limit++;
  store::Session session(context.db);
  DeskOrderList out{store::desk_orders(session, context.merchant, filter, context.now), std::nullopt};
  if (static_cast<int>(out.items.size()) > wanted) {
    out.items.pop_back();
    out.next_cursor = std::to_string(out.items.back().sort_key) + "." + std::to_string(out.items.back().id.value);
  }
  return out;
}

std::vector<DeskReturn> list_desk_returns(const Context& context, const std::string& status, std::optional<std::int64_t> before,
                                          int limit) {
  store::Session session(context.db);
  return store::desk_returns(session, context.merchant, status, before, limit);
}

std::vector<DeskRefund> list_desk_refunds(const Context& context, const std::string& state, std::optional<std::int64_t> before, int limit) {
  store::Session session(context.db);
  return store::desk_refunds(session, context.merchant, state, before, limit);
}

std::vector<DeskNotification> list_desk_notifications(const Context& context, const std::string& state, std::optional<std::int64_t> before,
                                                      int limit) {
  store::Session session(context.db);
  return store::desk_notifications(session, context.merchant, state, before, limit);
}

Result<DeskNotification> read_notification(const Context& context, NotificationId id) {
  store::Session session(context.db);
  if (auto found = store::notification_by_id(session, context.merchant, id)) return std::move(*found);
  return Error{.kind = ErrorKind::not_found, .code = "notification_not_found", .message = "There is no such message."};
}

std::vector<DeskProduct> list_desk_products(const Context& context, const std::string& prefix, const std::string& after, int limit) {
  store::Session session(context.db);
  return store::desk_products(session, context.merchant, prefix, after, limit);
}

std::vector<DeskMovement> list_movements(const Context& context, const std::string& sku, int limit) {
  store::Session session(context.db);
  return store::movements_of(session, context.merchant, sku, limit);
}

std::vector<DeadWork> list_dead_work(const Context& context) {
  store::Session session(context.db);
  return store::dead_work(session, context.merchant, 200);
}

Done revive_work(const Context& context, JobId job) {
  store::Session session(context.db);
  if (store::revive_job(session, context.merchant, job, context.now)) return done();
  return Error{
      .kind = ErrorKind::not_found, .code = "job_not_found", .message = "There is no such dead letter; somebody may have revived it."};
}

OrderSurroundings read_surroundings(const Context& context, OrderId order) {
  store::Session session(context.db);
  return {store::timeline_of(session, context.merchant, order, 0, 1000), store::notifications_of_order(session, context.merchant, order),
          store::events_of_order(session, context.merchant, order, 300), store::messages_of_order(session, context.merchant, order)};
}

}  // namespace roundtrip::usecases
