// The lock that every change to an order takes, and the append-only, hash-chained timeline behind it.
//
// Law of locks: a use case locks the order first (lock_order), then whatever else it needs; stock rows
// last, in (warehouse, sku, bin, lot) order. So two stations, a click and a webhook never deadlock.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/orders.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

// The locked head of an order. Its `seq` is the order's version.
struct OrderHead {
  OrderId id;
  std::string external_id;
  domain::OrderStatus status = domain::OrderStatus::open;
  std::string currency;
  WarehouseId warehouse;
  std::optional<std::string> hold_reason;
  std::string locale;
  std::int64_t seq = 0;
  std::string hash;
};

// FOR UPDATE on the order's row; nothing when there is none for this merchant.
std::optional<OrderHead> lock_order(Transaction& tx, MerchantId merchant, OrderId order);

struct TimelineEntry {
  std::string type;     // "shipment.packed"
  std::string channel;  // api floor desk customer carrier gateway worker import
  std::string actor;
  std::string subject;        // public id of what it is about
  std::string detail = "{}";  // JSON object, kept and hashed byte for byte
};

// Queues the row and moves the head's seq and hash on. Call save_head once before commit.
void append_timeline(Transaction& tx, MerchantId merchant, OrderHead& head, const TimelineEntry& entry, Instant now);
// Queues the order's status, hold, seq, hash and updated_at.
void save_head(Transaction& tx, MerchantId merchant, const OrderHead& head, Instant now);

struct TimelineRow {
  std::int64_t seq = 0;
  Instant at;
  TimelineEntry entry;
  std::string hash;
};
// Rows with seq > after, oldest first, at most `limit`.
std::vector<TimelineRow> timeline_of(Queryable& db, MerchantId merchant, OrderId order, std::int64_t after, int limit);

// The hash of a row after `previous` (64 hex digits, empty before the first).
std::string timeline_hash(const std::string& previous, OrderId order, std::int64_t seq, Instant at, const TimelineEntry& entry);

struct ChainFault {
  OrderId order;
  std::int64_t seq = 0;
  std::string what;
};
// Recomputes the chain of every order of a merchant (or of one order) and reports each break.
std::vector<ChainFault> verify_timeline(Database& db, MerchantId merchant, std::optional<OrderId> only);

}  // namespace roundtrip::store
