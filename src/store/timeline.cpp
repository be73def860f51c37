// Order lock, timeline rows and their hash chain.
#include "store/timeline.hpp"

#include "base/secrets.hpp"

namespace roundtrip::store {

std::optional<OrderHead> lock_order(Transaction& tx, MerchantId merchant, OrderId order) {
  auto found =
      tx.row<std::string, std::string, std::string, WarehouseId, std::optional<std::string>, std::string, std::int64_t, std::string>(
          "SELECT external_id, status, currency, warehouse_id, hold_reason, customer_locale, timeline_seq, timeline_hash "
          "FROM orders WHERE merchant_id = $1 AND order_id = $2 FOR UPDATE",
          merchant, order);
  if (!found) return std::nullopt;
  auto& [external_id, status, currency, warehouse, hold, locale, seq, hash] = *found;
  return OrderHead{order, external_id, domain::parse_order_status(status).value(), currency, warehouse, hold, locale, seq, hash};
}

std::string timeline_hash(const std::string& previous, OrderId order, std::int64_t seq, Instant at, const TimelineEntry& entry) {
  // Every field is preceded by its length, so that no two rows share a text.
  std::string text;
  for (const std::string& part : {previous, to_text(order), std::to_string(seq), format_rfc3339(at), entry.type, entry.channel, entry.actor,
                                  entry.subject, entry.detail}) {
    text += std::to_string(part.size()) + ":" + part;
  }
  return sha256_hex(text);
}

void append_timeline(Transaction& tx, MerchantId merchant, OrderHead& head, const TimelineEntry& entry, Instant now) {
  ++head.seq;
  head.hash = timeline_hash(head.hash, head.id, head.seq, now, entry);
  tx.write(
      "INSERT INTO timeline (merchant_id, order_id, seq, at, type, channel, actor, subject, detail, hash) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      merchant, head.id, head.seq, now, entry.type, entry.channel, entry.actor, entry.subject, entry.detail, head.hash);
}

void save_head(Transaction& tx, MerchantId merchant, const OrderHead& head, Instant now) {
  tx.write(
      "UPDATE orders SET status = $3, hold_reason = $4, timeline_seq = $5, timeline_hash = $6, updated_at = $7 "
      "WHERE merchant_id = $1 AND order_id = $2",
      merchant, head.id, domain::to_text(head.status), head.hold_reason, head.seq, head.hash, now);
}

std::vector<TimelineRow> timeline_of(Queryable& db, MerchantId merchant, OrderId order, std::int64_t after, int limit) {
  std::vector<TimelineRow> out;
  for (auto& [seq, at, type, channel, actor, subject, detail, hash] :
       db.rows<std::int64_t, Instant, std::string, std::string, std::string, std::string, std::string, std::string>(
           "SELECT seq, at, type, channel, actor, subject, detail, hash FROM timeline "
           "WHERE merchant_id = $1 AND order_id = $2 AND seq > $3 ORDER BY seq LIMIT $4",
           merchant, order, after, limit)) {
    out.push_back({seq, at, {type, channel, actor, subject, detail}, hash});
  }
  return out;
}

std::vector<ChainFault> verify_timeline(Database& db, MerchantId merchant, std::optional<OrderId> only) {
  constexpr int kPage = 1000;
  std::vector<ChainFault> faults;
  // One snapshot: orders that change meanwhile are seen as they were at the start.
  Transaction session(db);
  session.write("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  OrderId after{only ? only->value - 1 : 0};
  for (;;) {
    const auto heads = session.rows<OrderId, std::int64_t, std::string>(
        "SELECT order_id, timeline_seq, timeline_hash FROM orders WHERE merchant_id = $1 AND order_id > $2 ORDER BY order_id LIMIT $3",
        merchant, after, only ? 1 : kPage);
    for (const auto& [order, head_seq, head_hash] : heads) {
      if (only && order != *only) return faults;
      std::string previous;
      std::int64_t expected = 1;
      for (auto page = timeline_of(session, merchant, order, 0, kPage); !page.empty();
           page = timeline_of(session, merchant, order, expected - 1, kPage)) {
        for (const TimelineRow& row : page) {
          if (row.seq != expected) {
            faults.push_back({order, expected, "row is missing"});
            expected = row.seq;
          }
          if (timeline_hash(previous, order, row.seq, row.at, row.entry) != row.hash) faults.push_back({order, row.seq, "row was changed"});
          previous = row.hash;
          ++expected;
        }
      }
      if (expected - 1 != head_seq || previous != head_hash) faults.push_back({order, head_seq, "the end of the timeline is missing"});
      after = order;
    }
    if (only || heads.size() < kPage) return faults;
  }
}

}  // namespace roundtrip::store
