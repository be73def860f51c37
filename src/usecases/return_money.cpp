// Refunds of a return without, or before, its receipt.
#include "usecases/return_money.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "domain/money.hpp"
#include "store/database.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/return_steps.hpp"

namespace roundtrip::usecases {
namespace {

std::string detail_of(const nlohmann::ordered_json& detail) {
  return detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::ordered_json units_json(const store::LockedReturn& found, const std::vector<RefundUnits>& units) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const auto& unit : units) {
    for (const auto& line : found.lines) {
      if (line.state.line == unit.line) lines.push_back({{"line", to_text(unit.line)}, {"sku", line.sku}, {"units", unit.units}});
    }
  }
  return lines;
}

// As many whole units as the cap allows, line after line.
std::vector<RefundUnits> units_ahead(const store::LockedReturn& found, const store::RefundGrounds& grounds,
                                     const domain::Deductions& deductions) {
  std::vector<RefundUnits> units;
  const auto fits = [&] {
    return !found.policy.advance_cap ||
           plan_refund(grounds.lines, grounds.payments, units, {deductions, std::nullopt}).due.amount() <= *found.policy.advance_cap;
  };
  for (const auto& line : found.lines) {
    std::int64_t low = 0, high = line.state.awaited();
    units.push_back({line.state.line, high});
    if (!fits()) {
      while (low < high) {  // low fits, what is above high does not
        units.back().units = low + (high - low + 1) / 2;
        if (fits()) {
          low = units.back().units;
        } else {
          high = units.back().units - 1;
        }
      }
      units.back().units = low;
    }
    if (units.back().units == 0) units.pop_back();
  }
  return units;
}

}  // namespace

domain::Deductions deductions_for(const store::LockedReturn& found, bool first) {
  std::vector<std::string> reasons;
  for (const auto& line : found.lines) reasons.push_back(line.reason);
  return domain::deductions_of(found.policy, found.row.kind, found.row.outcome, reasons, first, {found.currency, found.country});
}

RefundTerms refund_terms_of(const domain::Policy& policy, domain::ReturnKind kind, domain::ReturnOutcome outcome,
                            const domain::Deductions& deductions) {
  RefundTerms terms{deductions, policy.approval_limit};
  terms.order = policy.refund_order;
  if (outcome == domain::ReturnOutcome::store_credit) {
    terms.destinations = all_to(domain::RefundDestination::store_credit);
    terms.bonus_basis_points = policy.store_credit_bonus_basis_points;
  }
  // The law wants a withdrawal's money without delay.
  if (kind != domain::ReturnKind::withdrawal) terms.delay_us = policy.refund_delay_hours * kHour;
  return terms;
}

std::vector<RefundId> request_return_money(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                           const store::LockedReturn& found, const std::string& key, const std::vector<RefundUnits>& units,
                                           const domain::Deductions& deductions, std::int64_t grace_us) {
  if (units.empty()) return {};
  auto terms = refund_terms_of(found.policy, found.row.kind, found.row.outcome, deductions);
  terms.delay_us = std::max(terms.delay_us, grace_us);
  const bool wants_goods = found.row.outcome == domain::ReturnOutcome::exchange;
  const bool exchanged = wants_goods && direct_to_exchange(tx, context, found.row.id, terms);
  if (wants_goods && !exchanged) {
    // The customer wants other goods that nobody has named yet: no money goes by itself.
    note_return(tx, context, head, "return.outcome_needs_person", found.row.id,
                nlohmann::json{{"outcome", domain::to_text(found.row.outcome)}}.dump());
    return {};
  }
  auto refunds = request_refund_under(tx, context, head, key, "return", found.row.id, units, terms);
  if (exchanged) pay_into_exchange(tx, context, found.row.id, refunds);
  return refunds;
}

std::int64_t wait_of_refund(const store::LockedReturn& found, std::int64_t grace_us) {
  if (found.row.outcome == domain::ReturnOutcome::exchange) return 0;
  return std::max(grace_us, refund_terms_of(found.policy, found.row.kind, found.row.outcome, {}).delay_us);
}

void keep_goods(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id) {
  auto found = store::lock_return(tx, context.merchant, head.id, return_id);
  if (!found) throw std::logic_error("keep_goods: the order has no such return");
  std::vector<RefundUnits> units;
  for (auto& line : found->lines) {
    if (line.state.reception != domain::Reception::awaiting) continue;
    units.push_back({line.state.line, line.state.awaited()});
    domain::end_wait(line.state, domain::ReceptionEvent::keep);
  }
  if (units.empty()) return;
  derive_header(*found, context.now);
  store::save_return(tx, context.merchant, found->row, found->lines);
  note_return(tx, context, head, "return.kept", return_id, detail_of({{"lines", units_json(*found, units)}}));
  request_return_money(tx, context, head, *found, "return:" + to_text(return_id) + ":kept", units,
                       domain::terms_of(found->policy, found->row.kind, found->row.outcome, {}, true, {found->currency, found->country}));
}

std::string ahead_key(ReturnId return_id) { return "return:" + to_text(return_id) + ":ahead"; }

void advance_return_money(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id) {
  auto found = store::lock_return(tx, context.merchant, head.id, return_id);
  // An exchange has a trigger of its own; a warranty case is decided by a person.
  if (!found || found->policy.trigger != domain::RefundTrigger::carrier_scan || found->row.kind == domain::ReturnKind::undeliverable ||
      found->row.kind == domain::ReturnKind::warranty || found->row.outcome == domain::ReturnOutcome::exchange)
    return;
  if (found->row.status != domain::ReturnStatus::approved && found->row.status != domain::ReturnStatus::in_transit) return;
  for (const auto& line : found->lines) {
    if (line.state.advanced > 0) return;
  }
  std::vector<LineId> lines;
  for (const auto& line : found->lines) lines.push_back(line.state.line);
  const std::string key = ahead_key(return_id);
  const auto grounds = store::refund_grounds(tx, context.merchant, head.id, lines, key, return_id, 0);
  if (grounds.released_before) return;  // and was stopped by a person
  const auto deductions = deductions_for(*found, true);
  const auto units = units_ahead(*found, grounds, deductions);
  if (units.empty()) return;
  std::vector<store::AdvancedUnits> advanced;
  for (const auto& unit : units) advanced.push_back({unit.line, unit.units});
  store::save_advanced(tx, context.merchant, return_id, advanced, context.now + found->policy.advance_days * kDay);
  note_return(tx, context, head, "return.money_ahead", return_id, detail_of({{"lines", units_json(*found, units)}}));
  request_return_money(tx, context, head, *found, key, units, deductions);
}

namespace {

// What was paid for the units whose goods the shop does without.
std::int64_t paid_ahead_for(store::Transaction& tx, const Context& context, OrderId order, ReturnId return_id,
                            const std::vector<RefundUnits>& owed) {
  const std::string key = ahead_key(return_id);
  std::int64_t paid = 0, whole = 0, lost = 0;
  for (const auto& row : store::refunds_of_order(tx, context.merchant, order)) {
    const bool over = row.state == domain::RefundState::denied || row.state == domain::RefundState::reversed;
    if (row.release_key() == key && !over) paid += row.components.amount();
  }
  for (const auto& line : store::release_of(tx, context.merchant, order, key)) {
    const std::int64_t amount = line.components.amount();
    whole += amount;
    for (const auto& unit : owed) {
      if (unit.line == line.line)
        lost += domain::share_between(amount, std::max<std::int64_t>(0, line.units - unit.units), line.units, line.units);
    }
  }
  return whole <= 0 || lost < 0 ? 0 : domain::released_share(paid, std::min(lost, whole), whole);
}

}  // namespace

Done settle_advance(const Context& context, ReturnId return_id, const std::string& reason) {
  store::Transaction tx(context.db);
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  std::vector<RefundUnits> owed;
  for (const auto& line : locked->found.lines) {
    if (line.state.owed() > 0) owed.push_back({line.state.line, line.state.owed()});
  }
  if (owed.empty() || !store::settle_advanced(tx, context.merchant, return_id, context.now)) {
    return return_conflict(locked->found.row, "settled", "No money is ahead of its goods, or it was closed before.");
  }
  const std::int64_t lost = paid_ahead_for(tx, context, locked->head.id, return_id, owed);
  store::post_to_ledger(tx, context.merchant, locked->head.id, "write_off:advance:" + to_text(return_id),
                        {{"write_offs", lost}, {"sales", -lost}}, locked->head.currency, context.now);
  note_return(tx, context, locked->head, "return.advance_settled", return_id,
              detail_of({{"lines", units_json(locked->found, owed)}, {"reason", reason}, {"written_off", lost}}));
  store::save_head(tx, context.merchant, locked->head, context.now);
  tx.commit();
  return done();
}

}  // namespace roundtrip::usecases
