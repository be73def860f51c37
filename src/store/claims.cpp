// Statements about claims.
#include "store/claims.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace roundtrip::store {
namespace {

using nlohmann::json;

template <class Enum>
Enum claim_word(std::optional<Enum> value, const std::string& text) {
  if (!value) throw std::logic_error("an unknown word in a claim: " + text);
  return *value;
}

#define CLAIM_COLUMNS                                                                                                           \
  "c.claim_id, c.order_id, c.kind, c.state, c.wish, c.outcome, c.note, c.decision_note, c.opened_by, c.decided_by, c.carrier, " \
  "c.tracking_number, c.parcel_id, c.return_id, c.replacement_order_id, c.opened_at, c.updated_at, c.decided_at, c.repair_by, " \
  "c.sent_back_at, c.closed_at, c.turned_up_at, o.external_id, o.customer_name, o.currency, coalesce(x.external_id, ''), "      \
  "coalesce(x.link_generation, 0) "                                                                                             \
  "FROM claims c JOIN orders o ON o.merchant_id = c.merchant_id AND o.order_id = c.order_id "                                   \
  "LEFT JOIN orders x ON x.merchant_id = c.merchant_id AND x.order_id = c.replacement_order_id "

template <class... Args>
std::vector<StoredClaim> read_claim_heads(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<StoredClaim> out;
  for (auto& [id, order, kind, state, wish, outcome, note, decision_note, opened_by, decided_by, carrier, number, parcel, return_id,
              replacement, opened, updated, decided, repair_by, sent_back, closed, turned_up, order_number, customer, currency, new_number,
              generation] :
       db.rows<ClaimId, OrderId, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
               std::string, std::string, std::optional<ParcelId>, std::optional<ReturnId>, std::optional<OrderId>, Instant, Instant,
               std::optional<Instant>, std::optional<Instant>, std::optional<Instant>, std::optional<Instant>, std::optional<Instant>,
               std::string, std::string, std::string, std::string, int>(sql, args...)) {
    StoredClaim claim;
    auto& row = claim.row;
    row.id = id;
    row.order = order;
    row.kind = claim_word(domain::parse_claim_kind(kind), kind);
    row.state = claim_word(domain::parse_claim_state(state), state);
    row.wish = claim_word(domain::parse_claim_outcome(wish), wish);
    row.outcome = claim_word(domain::parse_claim_outcome(outcome), outcome);
    row.note = std::move(note);
    row.decision_note = std::move(decision_note);
    row.opened_by = std::move(opened_by);
    row.decided_by = std::move(decided_by);
    row.carrier = std::move(carrier);
    row.tracking_number = std::move(number);
    row.parcel = parcel;
    row.return_id = return_id;
    row.replacement = replacement;
    row.opened_at = opened;
    row.updated_at = updated;
    row.decided_at = decided;
    row.repair_by = repair_by;
    row.sent_back_at = sent_back;
    row.closed_at = closed;
    row.turned_up_at = turned_up;
    claim.order_number = std::move(order_number);
    claim.customer_name = std::move(customer);
    claim.currency = std::move(currency);
    claim.replacement_generation = generation;
    claim.replacement_number = std::move(new_number);
    out.push_back(std::move(claim));
  }
  return out;
}

void add_claim_lines(Queryable& db, MerchantId merchant, std::vector<StoredClaim>& claims) {
  if (claims.empty()) return;
  json ids = json::array();
  std::map<ClaimId, StoredClaim*> by_id;
  for (auto& claim : claims) {
    ids.push_back(claim.row.id.value);
    by_id[claim.row.id] = &claim;
  }
  for (auto& [id, line, sku, description, quantity, held] : db.rows<ClaimId, LineId, std::string, std::string, std::int64_t, std::int64_t>(
           "SELECT c.claim_id, c.line_id, c.sku, l.description, c.quantity, c.held FROM claim_lines c "
           "JOIN order_lines l ON l.merchant_id = c.merchant_id AND l.order_id = c.order_id AND l.line_id = c.line_id "
           "WHERE c.merchant_id = $1 AND c.claim_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) "
           "ORDER BY c.claim_id, l.position",
           merchant, ids.dump())) {
    by_id.at(id)->row.lines.push_back({line, std::move(sku), std::move(description), quantity, held});
  }
}

// Refunds of claims are known by their key: "claim:clm_1".
void add_claim_refunds(Queryable& db, MerchantId merchant, OrderId order, std::vector<StoredClaim>& claims) {
  if (claims.empty()) return;
  for (auto& [refund, owner] : db.rows<RefundId, std::string>(
           "SELECT refund_id, split_part(split_part(refund_key, '/', 1), ':', 2) FROM refunds WHERE merchant_id = $1 AND order_id = $2 "
           "AND reason = 'claim' ORDER BY refund_id",
           merchant, order)) {
    for (auto& claim : claims) {
      if (to_text(claim.row.id) == owner) claim.refunds.push_back(refund);
    }
  }
}

void move_claimed(Transaction& tx, MerchantId merchant, OrderId order, const json& units) {
  if (units.empty()) return;
  tx.write(
      "UPDATE order_lines l SET claimed = l.claimed + x.units FROM jsonb_to_recordset($3::jsonb) AS x(line_id bigint, units bigint) "
      "WHERE l.merchant_id = $1 AND l.order_id = $2 AND l.line_id = x.line_id",
      merchant, order, units.dump());
}

}  // namespace

ClaimId insert_claim(Transaction& tx, MerchantId merchant, const ClaimRow& row) {
  const auto id = tx.value<ClaimId>(
      "INSERT INTO claims (merchant_id, order_id, kind, state, wish, note, parcel_id, opened_by, opened_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING claim_id",
      merchant, row.order, domain::to_text(row.kind), domain::to_text(row.state), domain::to_text(row.wish), row.note, row.parcel,
      row.opened_by, row.opened_at);
  json lines = json::array(), units = json::array();
  for (const auto& line : row.lines) {
    lines.push_back({{"line_id", line.line.value}, {"sku", line.sku}, {"quantity", line.quantity}, {"held", line.held}});
    if (line.held > 0) units.push_back({{"line_id", line.line.value}, {"units", line.held}});
  }
  tx.write(
      "INSERT INTO claim_lines (merchant_id, claim_id, line_id, order_id, sku, quantity, held) "
      "SELECT $1, $2, x.line_id, $3, x.sku, x.quantity, x.held FROM jsonb_to_recordset($4::jsonb) "
      "AS x(line_id bigint, sku text, quantity bigint, held bigint)",
      merchant, *id, row.order, lines.dump(-1, ' ', false, json::error_handler_t::replace));
  move_claimed(tx, merchant, row.order, units);
  return *id;
}

void save_claim(Transaction& tx, MerchantId merchant, const ClaimRow& row) {
  tx.write(
      "UPDATE claims SET state = $3, outcome = $4, decision_note = $5, decided_by = $6, carrier = $7, tracking_number = $8, "
      "return_id = $9, replacement_order_id = $10, updated_at = $11, decided_at = $12, repair_by = $13, sent_back_at = $14, "
      "closed_at = $15, turned_up_at = $16 WHERE merchant_id = $1 AND claim_id = $2",
      merchant, row.id, domain::to_text(row.state), domain::to_text(row.outcome), row.decision_note, row.decided_by, row.carrier,
      row.tracking_number, row.return_id, row.replacement, row.updated_at, row.decided_at, row.repair_by, row.sent_back_at, row.closed_at,
      row.turned_up_at);
}

void save_held_units(Transaction& tx, MerchantId merchant, ClaimId id, OrderId order, const std::vector<ClaimLineRow>& before,
                     const std::vector<ClaimLineRow>& after) {
  json held = json::array(), units = json::array();
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].held == before.at(i).held) continue;
    held.push_back({{"line_id", after[i].line.value}, {"held", after[i].held}});
    units.push_back({{"line_id", after[i].line.value}, {"units", after[i].held - before[i].held}});
  }
  if (held.empty()) return;
  tx.write(
      "UPDATE claim_lines c SET held = x.held FROM jsonb_to_recordset($3::jsonb) AS x(line_id bigint, held bigint) "
      "WHERE c.merchant_id = $1 AND c.claim_id = $2 AND c.line_id = x.line_id",
      merchant, id, held.dump());
  move_claimed(tx, merchant, order, units);
}

std::optional<OrderId> order_of_claim(Queryable& db, MerchantId merchant, ClaimId id) {
  return db.value<OrderId>("SELECT order_id FROM claims WHERE merchant_id = $1 AND claim_id = $2", merchant, id);
}

std::optional<ClaimRow> lock_claim(Transaction& tx, MerchantId merchant, OrderId order, ClaimId id) {
  auto found = read_claim_heads(
      tx, "SELECT " CLAIM_COLUMNS "WHERE c.merchant_id = $1 AND c.claim_id = $2 AND c.order_id = $3 FOR UPDATE OF c", merchant, id, order);
  if (found.empty()) return std::nullopt;
  add_claim_lines(tx, merchant, found);
  return std::move(found.front().row);
}

std::optional<ClaimId> claim_of_return(Queryable& db, MerchantId merchant, ReturnId id) {
  return db.value<ClaimId>("SELECT claim_id FROM claims WHERE merchant_id = $1 AND return_id = $2", merchant, id);
}

std::vector<ClaimId> lost_claims_of(Queryable& db, MerchantId merchant, ParcelId parcel) {
  std::vector<ClaimId> out;
  for (auto& [id] : db.rows<ClaimId>("SELECT claim_id FROM claims WHERE merchant_id = $1 AND parcel_id = $2 "
                                     "AND state NOT IN ('rejected', 'withdrawn') AND turned_up_at IS NULL ORDER BY claim_id",
                                     merchant, parcel)) {
    out.push_back(id);
  }
  return out;
}

std::optional<StoredClaim> find_claim(Queryable& db, MerchantId merchant, ClaimId id) {
  auto found = read_claim_heads(db, "SELECT " CLAIM_COLUMNS "WHERE c.merchant_id = $1 AND c.claim_id = $2", merchant, id);
  if (found.empty()) return std::nullopt;
  add_claim_lines(db, merchant, found);
  add_claim_refunds(db, merchant, found.front().row.order, found);
  return std::move(found.front());
}

std::vector<StoredClaim> claims_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  auto found =
      read_claim_heads(db, "SELECT " CLAIM_COLUMNS "WHERE c.merchant_id = $1 AND c.order_id = $2 ORDER BY c.claim_id", merchant, order);
  add_claim_lines(db, merchant, found);
  add_claim_refunds(db, merchant, order, found);
  return found;
}

std::vector<StoredClaim> list_claims(Queryable& db, MerchantId merchant, std::optional<domain::ClaimState> state, ClaimId after,
                                     int limit) {
  auto found = state ? read_claim_heads(db,
                                        "SELECT " CLAIM_COLUMNS
                                        "WHERE c.merchant_id = $1 AND c.state = $2 AND c.claim_id > $3 ORDER BY c.claim_id LIMIT $4",
                                        merchant, domain::to_text(*state), after, limit)
                     : read_claim_heads(db,
                                        "SELECT " CLAIM_COLUMNS
                                        "WHERE c.merchant_id = $1 AND c.state IN ('opened', 'assessing', 'awaiting_goods', 'accepted', "
                                        "'in_repair') AND c.claim_id > $2 ORDER BY c.claim_id LIMIT $3",
                                        merchant, after, limit);
  add_claim_lines(db, merchant, found);
  return found;
}

domain::ClaimFacts claim_facts(Queryable& db, MerchantId merchant, OrderId order) {
  domain::ClaimFacts facts;
  for (auto& [line, sku, goods, shipped, taken, parcels, delivered, last] :
       db.rows<LineId, std::string, bool, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::optional<Instant>>(
           "WITH d AS (SELECT count(*) AS parcels, count(delivered_at) AS delivered, max(delivered_at) AS last FROM parcels "
           "  WHERE merchant_id = $1 AND order_id = $2 AND state = 'handed_over') "
           "SELECT l.line_id, l.sku, l.goods, l.shipped, l.announced + l.credited + l.claimed, d.parcels, d.delivered, d.last "
           "FROM order_lines l CROSS JOIN d WHERE l.merchant_id = $1 AND l.order_id = $2 ORDER BY l.position",
           merchant, order)) {
    facts.lines.push_back({line, std::move(sku), true, goods, 0, shipped, taken});
    if (parcels > 0 && delivered == parcels) facts.delivered_at = last;
  }
  return facts;
}

std::vector<ClaimLineRow> parcel_contents(Queryable& db, MerchantId merchant, OrderId order, ParcelId parcel) {
  std::vector<ClaimLineRow> out;
  for (auto& [line, sku, description, quantity] : db.rows<LineId, std::string, std::string, std::int64_t>(
           "SELECT i.line_id, i.sku, l.description, i.quantity FROM parcels p "
           "JOIN parcel_items i ON i.merchant_id = p.merchant_id AND i.parcel_id = p.parcel_id "
           "JOIN order_lines l ON l.merchant_id = p.merchant_id AND l.order_id = p.order_id AND l.line_id = i.line_id "
           "WHERE p.merchant_id = $1 AND p.parcel_id = $2 AND p.order_id = $3 AND p.state = 'handed_over' ORDER BY l.position",
           merchant, parcel, order)) {
    out.push_back({line, std::move(sku), std::move(description), quantity, quantity});
  }
  return out;
}

std::vector<ClaimId> finished_claims(Queryable& db, MerchantId merchant, int limit) {
  std::vector<ClaimId> out;
  for (auto& [id] : db.rows<ClaimId>(
           "SELECT c.claim_id FROM claims c LEFT JOIN orders x ON x.merchant_id = c.merchant_id AND x.order_id = c.replacement_order_id "
           "WHERE c.merchant_id = $1 AND c.state = 'accepted' AND (x.status IN ('delivered', 'closed') OR (c.outcome = 'refund' "
           "AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.merchant_id = c.merchant_id AND r.order_id = c.order_id AND r.reason = 'claim' "
           "AND r.state IN ('requested', 'submitted', 'failed', 'in_doubt')))) ORDER BY c.claim_id LIMIT $2",
           merchant, limit)) {
    out.push_back(id);
  }
  return out;
}

}  // namespace roundtrip::store
