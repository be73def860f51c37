// Statements about returns.
#include "store/returns.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "store/policies.hpp"

namespace roundtrip::store {
namespace {

using nlohmann::json;

template <class Enum>
Enum known_word(std::optional<Enum> value, const std::string& text) {
  if (!value) throw std::logic_error("an unknown word in the database: " + text);
  return *value;
}

// A head and the body of the policy it was made under.
struct ReturnHead {
  ReturnRow row;
  std::optional<std::string> policy;
  std::string currency, country;  // of the order
};

#define RETURN_HEADS                                                                                                              \
  "SELECT r.return_id, r.order_id, r.kind, r.outcome, r.status, r.policy_version, r.decision, r.decline_reason, r.requested_by, " \
  "  r.carrier, r.tracking_number, r.created_at, r.updated_at, r.label_expires_at, r.received_at, r.parcel_id, r.suggestion, "    \
  "  r.receipts, p.body, o.currency, coalesce(o.ship_to->>'country', '') "                                                        \
  "FROM returns r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "                                    \
  "LEFT JOIN policies p ON p.merchant_id = r.merchant_id AND p.version = r.policy_version "

template <class... Args>
std::vector<ReturnHead> read_heads(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<ReturnHead> heads;
  for (auto& [id, order, kind, outcome, status, version, decision, declined, by, carrier, number, created, updated, expires, received,
              parcel, suggestion, receipts, policy, currency, country] :
       db.rows<ReturnId, OrderId, std::string, std::string, std::string, int, std::string, std::string, std::string,
               std::optional<std::string>, std::optional<std::string>, Instant, Instant, std::optional<Instant>, std::optional<Instant>,
               std::optional<ParcelId>, std::string, int, std::optional<std::string>, std::string, std::string>(sql, args...)) {
    ReturnRow row;
    row.id = id;
    row.order = order;
    row.kind = known_word(domain::parse_return_kind(kind), kind);
    row.outcome = known_word(domain::parse_return_outcome(outcome), outcome);
    row.status = known_word(domain::parse_return_status(status), status);
    row.policy_version = version;
    row.decision = std::move(decision);
    row.decline_reason = std::move(declined);
    row.requested_by = std::move(by);
    row.carrier = carrier.value_or("");
    row.tracking_number = number.value_or("");
    row.created_at = created;
    row.updated_at = updated;
    row.label_expires_at = expires;
    row.received_at = received;
    row.parcel = parcel;
    row.suggestion = known_word(domain::parse_suggestion(suggestion), suggestion);
    row.receipts = receipts;
    heads.push_back({std::move(row), std::move(policy), std::move(currency), std::move(country)});
  }
  return heads;
}

// The return's id and each line, for one return ($3 given) or all of the order's, in the order of the lines.
std::vector<std::pair<ReturnId, ReturnLineRow>> read_return_lines(Queryable& db, MerchantId merchant, OrderId order,
                                                                  std::optional<ReturnId> only) {
  std::vector<std::pair<ReturnId, ReturnLineRow>> lines;
  for (auto& [id, line, sku, reason, note, announced, received, accepted, rejected, reception, acceptance, disposition, advanced, goods,
              known, category, waste] :
       db.rows<ReturnId, LineId, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string,
               std::string, std::string, std::int64_t, bool, bool, std::string, std::string>(
           "SELECT r.return_id, r.line_id, r.sku, r.reason, r.note, r.announced, r.received, r.accepted, r.rejected, r.reception, "
           "  r.acceptance, r.disposition, r.advanced, l.goods, p.sku IS NOT NULL, coalesce(p.category, ''), coalesce(p.special_waste, '') "
           "FROM returns h "
           "JOIN return_lines r ON r.merchant_id = h.merchant_id AND r.return_id = h.return_id "
           "JOIN order_lines l ON l.merchant_id = r.merchant_id AND l.order_id = r.order_id AND l.line_id = r.line_id "
           "LEFT JOIN products p ON p.merchant_id = r.merchant_id AND p.sku = r.sku "
           "WHERE h.merchant_id = $1 AND h.order_id = $2 AND ($3::bigint IS NULL OR h.return_id = $3) "
           "ORDER BY r.return_id, l.position",
           merchant, order, only)) {
    ReturnLineRow row;
    row.state = {line,
                 announced,
                 received,
                 accepted,
                 rejected,
                 known_word(domain::parse_reception(reception), reception),
                 known_word(domain::parse_acceptance(acceptance), acceptance),
                 known_word(domain::parse_disposition(disposition), disposition),
                 advanced};
    row.sku = std::move(sku);
    row.reason = std::move(reason);
    row.note = std::move(note);
    row.goods = goods;
    row.product_known = known;
    row.category = std::move(category);
    row.special_waste = std::move(waste);
    lines.emplace_back(id, std::move(row));
  }
  return lines;
}

std::string lines_as_json(const std::vector<ReturnLineRow>& lines) {
  json set = json::array();
  for (const auto& line : lines) {
    const auto& state = line.state;
    set.push_back({{"line_id", state.line.value},
                   {"sku", line.sku},
                   {"reason", line.reason},
                   {"note", line.note},
                   {"announced", state.announced},
                   {"received", state.received},
                   {"accepted", state.accepted},
                   {"rejected", state.rejected},
                   {"reception", domain::to_text(state.reception)},
                   {"acceptance", domain::to_text(state.acceptance)},
                   {"disposition", domain::to_text(state.disposition)}});
  }
  return set.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What the decision says of this very return: a tier may have moved the trigger forward.
void apply_decision(const std::string& decision, domain::Policy& policy) {
  const json said = json::parse(decision, nullptr, false);
  const auto trigger = said.is_object() ? said.find("refund_trigger") : said.end();
  if (trigger == said.end() || !trigger->is_string()) return;
  policy.trigger = known_word(domain::parse_refund_trigger(trigger->get<std::string>()), *trigger);
}

}  // namespace

std::optional<OrderId> order_of_return(Queryable& db, MerchantId merchant, ReturnId id) {
  return db.value<OrderId>("SELECT order_id FROM returns WHERE merchant_id = $1 AND return_id = $2", merchant, id);
}

std::optional<LockedReturn> lock_return(Transaction& tx, MerchantId merchant, OrderId order, ReturnId id) {
  auto heads =
      read_heads(tx, RETURN_HEADS "WHERE r.merchant_id = $1 AND r.return_id = $2 AND r.order_id = $3 FOR UPDATE OF r", merchant, id, order);
  if (heads.empty()) return std::nullopt;
  LockedReturn out{std::move(heads.front().row), {}, {}, std::move(heads.front().currency), std::move(heads.front().country)};
  out.policy = saved_policy(out.row.policy_version, heads.front().policy);
  apply_decision(out.row.decision, out.policy);
  for (auto& [owner, line] : read_return_lines(tx, merchant, order, id)) out.lines.push_back(std::move(line));
  return out;
}

ReturnId insert_return(Transaction& tx, MerchantId merchant, const ReturnRow& row, const std::vector<ReturnLineRow>& lines) {
  const auto or_null = [](const std::string& text) { return text.empty() ? std::optional<std::string>() : std::optional(text); };
  const auto id = tx.value<ReturnId>(
      "INSERT INTO returns (merchant_id, order_id, kind, outcome, status, policy_version, decision, requested_by, carrier, "
      "tracking_number, "
      "  created_at, updated_at, label_expires_at, parcel_id, suggestion, asked) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15) RETURNING return_id",
      merchant, row.order, domain::to_text(row.kind), domain::to_text(row.outcome), domain::to_text(row.status), row.policy_version,
      row.decision, row.requested_by, or_null(row.carrier), or_null(row.tracking_number), row.created_at, row.label_expires_at, row.parcel,
      domain::to_text(row.suggestion), or_null(row.asked));
  tx.write(
      "INSERT INTO return_lines (merchant_id, return_id, line_id, order_id, sku, reason, note, announced) "
      "SELECT $1, $2, x.line_id, $3, x.sku, x.reason, x.note, x.announced "
      "FROM jsonb_to_recordset($4::jsonb) AS x(line_id bigint, sku text, reason text, note text, announced bigint)",
      merchant, *id, row.order, lines_as_json(lines));
  std::vector<LineUnits> units;
  for (const auto& line : lines) units.push_back({line.state.line, line.state.announced, 0});
  move_line_counters(tx, merchant, row.order, units);
  return *id;
}

void save_return(Transaction& tx, MerchantId merchant, const ReturnRow& row, const std::vector<ReturnLineRow>& lines) {
  tx.write(
      "UPDATE returns SET status = $3, decline_reason = $4, updated_at = $5, label_expires_at = $6, received_at = $7, "
      "receipts = $8 WHERE merchant_id = $1 AND return_id = $2",
      merchant, row.id, domain::to_text(row.status), row.decline_reason, row.updated_at, row.label_expires_at, row.received_at,
      row.receipts);
  tx.write(
      "UPDATE return_lines r SET announced = x.announced, received = x.received, accepted = x.accepted, rejected = x.rejected, reception = "
      "x.reception, "
      "  acceptance = x.acceptance, disposition = x.disposition "
      "FROM jsonb_to_recordset($3::jsonb) AS x(line_id bigint, announced bigint, received bigint, accepted bigint, rejected bigint, "
      "  reception text, acceptance text, disposition text) WHERE r.merchant_id = $1 AND r.return_id = $2 AND r.line_id = x.line_id",
      merchant, row.id, lines_as_json(lines));
}

void save_advanced(Transaction& tx, MerchantId merchant, ReturnId id, const std::vector<AdvancedUnits>& units, Instant due) {
  json set = json::array();
  for (const auto& one : units) set.push_back({{"line_id", one.line.value}, {"units", one.units}});
  tx.write(
      "UPDATE return_lines r SET advanced = x.units, advance_due = $4 "
      "FROM jsonb_to_recordset($3::jsonb) AS x(line_id bigint, units bigint) "
      "WHERE r.merchant_id = $1 AND r.return_id = $2 AND r.line_id = x.line_id",
      merchant, id, set.dump(), due);
}

void take_back_advanced(Transaction& tx, MerchantId merchant, ReturnId id) {
  tx.write(
      "UPDATE return_lines SET advanced = least(advanced, accepted), advance_due = NULL "
      "WHERE merchant_id = $1 AND return_id = $2 AND advanced > 0",
      merchant, id);
}

bool settle_advanced(Transaction& tx, MerchantId merchant, ReturnId id, Instant now) {
  return !tx.rows<LineId>(
                "UPDATE return_lines SET advance_settled_at = $3 WHERE merchant_id = $1 AND return_id = $2 AND advanced > accepted "
                "AND advance_settled_at IS NULL RETURNING line_id",
                merchant, id, now)
              .empty();
}

std::optional<ReturnId> return_of_parcel(Queryable& db, MerchantId merchant, ParcelId parcel) {
  return db.value<ReturnId>("SELECT return_id FROM returns WHERE merchant_id = $1 AND parcel_id = $2", merchant, parcel);
}

std::vector<ReturnLineRow> units_to_come_back(Queryable& db, MerchantId merchant, ParcelId parcel) {
  std::vector<ReturnLineRow> lines;
  for (auto& [line, sku, goods, units] : db.rows<LineId, std::string, bool, std::int64_t>(
           "SELECT l.line_id, l.sku, l.goods, LEAST(i.quantity, l.shipped - l.announced - l.claimed) FROM parcels p "
           "JOIN parcel_items i ON i.merchant_id = p.merchant_id AND i.parcel_id = p.parcel_id "
           "JOIN order_lines l ON l.merchant_id = p.merchant_id AND l.order_id = p.order_id AND l.line_id = i.line_id "
           "WHERE p.merchant_id = $1 AND p.parcel_id = $2 AND l.shipped > l.announced + l.claimed ORDER BY l.position",
           merchant, parcel)) {
    ReturnLineRow row;
    row.state.line = line;
    row.state.announced = units;
    row.sku = std::move(sku);
    row.goods = goods;
    lines.push_back(std::move(row));
  }
  return lines;
}

std::vector<LineUnits> sum_by_line(const std::vector<LineUnits>& units) {
  std::map<LineId, LineUnits> sums;
  for (const auto& unit : units) {
    auto& sum = sums.try_emplace(unit.line, LineUnits{unit.line, 0, 0}).first->second;
    sum.announced += unit.announced;
    sum.returned += unit.returned;
  }
  std::vector<LineUnits> out;
  for (const auto& [line, sum] : sums) out.push_back(sum);
  return out;
}

void move_line_counters(Transaction& tx, MerchantId merchant, OrderId order, const std::vector<LineUnits>& units) {
  json set = json::array();
  for (const auto& line : units) set.push_back({{"line_id", line.line.value}, {"announced", line.announced}, {"returned", line.returned}});
  tx.write(
      "UPDATE order_lines l SET announced = l.announced + x.announced, returned = l.returned + x.returned "
      "FROM jsonb_to_recordset($3::jsonb) AS x(line_id bigint, announced bigint, returned bigint) "
      "WHERE l.merchant_id = $1 AND l.order_id = $2 AND l.line_id = x.line_id",
      merchant, order, set.dump());
}

std::vector<StoredReturn> returns_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<StoredReturn> out;
  for (auto& head : read_heads(db, RETURN_HEADS "WHERE r.merchant_id = $1 AND r.order_id = $2 ORDER BY r.return_id", merchant, order)) {
    out.push_back({std::move(head.row), {}, {}});
  }
  if (out.empty()) return out;
  const auto owner_of = [&](ReturnId id) -> StoredReturn& {
    for (auto& stored : out) {
      if (stored.row.id == id) return stored;
    }
    throw std::logic_error("a row of a return that the order does not have");
  };
  for (auto& [id, line] : read_return_lines(db, merchant, order, std::nullopt)) owner_of(id).lines.push_back(std::move(line));
  for (auto& [id, refund] : db.rows<ReturnId, RefundId>(
           "SELECT return_id, refund_id FROM refunds WHERE merchant_id = $1 AND order_id = $2 AND return_id IS NOT NULL ORDER BY refund_id",
           merchant, order)) {
    owner_of(id).refunds.push_back(refund);
  }
  return out;
}

std::optional<StoredReturn> find_return(Queryable& db, MerchantId merchant, ReturnId id) {
  auto heads = read_heads(db, RETURN_HEADS "WHERE r.merchant_id = $1 AND r.return_id = $2", merchant, id);
  if (heads.empty()) return std::nullopt;
  StoredReturn out{std::move(heads.front().row), {}, {}};
  for (auto& [owner, line] : read_return_lines(db, merchant, out.row.order, id)) out.lines.push_back(std::move(line));
  for (auto& [refund] :
       db.rows<RefundId>("SELECT refund_id FROM refunds WHERE merchant_id = $1 AND return_id = $2 ORDER BY refund_id", merchant, id)) {
    out.refunds.push_back(refund);
  }
  return out;
}

std::vector<ReturnId> expired_returns(Queryable& db, MerchantId merchant, Instant now, int limit) {
  std::vector<ReturnId> ids;
  for (auto& [id] :
       db.rows<ReturnId>("SELECT return_id FROM returns WHERE merchant_id = $1 AND status = 'approved' AND label_expires_at < $2 "
                         "ORDER BY return_id LIMIT $3",
                         merchant, now, limit)) {
    ids.push_back(id);
  }
  return ids;
}

}  // namespace roundtrip::store
