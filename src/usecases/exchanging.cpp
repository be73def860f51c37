// The steps of an exchange.
#include "usecases/exchanging.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "store/notifications.hpp"
#include "store/order_changes.hpp"
#include "store/orders.hpp"
#include "usecases/orders.hpp"
#include "usecases/replacements.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/state_conflict.hpp"

namespace roundtrip::usecases {
namespace {

using domain::ExchangeEvent;
using domain::ExchangeState;
using domain::Milestone;
using nlohmann::ordered_json;

std::string exchange_dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string amount_detail(std::int64_t amount, const std::string& currency) {
  return exchange_dump({{"amount", amount}, {"currency", currency}});
}

std::optional<Milestone> milestone_of(ExchangeState state) {
  switch (state) {
    case ExchangeState::awaiting_goods:
      return Milestone::exchange_reserved;
    case ExchangeState::awaiting_payment:
      return Milestone::exchange_payment_due;
    case ExchangeState::released:
      return Milestone::exchange_released;
    case ExchangeState::canceled:
      return Milestone::exchange_canceled;
    case ExchangeState::requested:
    case ExchangeState::customer_owes:
    case ExchangeState::completed:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string wanted_json(const PricedExchange& priced) {
  ordered_json lines = ordered_json::array();
  for (const auto& line : priced.lines) {
    ordered_json one = {{"sku", line.sku},           {"description", line.description},
                        {"quantity", line.quantity}, {"unit_price", line.unit_price},
                        {"discount", line.discount}, {"tax", line.tax}};
    if (line.line) one["line"] = line.line->value;
    lines.push_back(std::move(one));
  }
  return exchange_dump(
      {{"lines", lines}, {"shipping", priced.shipping}, {"shipping_tax", priced.shipping_tax}, {"discount", priced.discount}});
}

PricedExchange priced_from(const std::string& wanted) {
  const auto json = ordered_json::parse(wanted);
  PricedExchange priced;
  for (const auto& one : json.at("lines")) {
    ExchangeLineView line;
    if (one.contains("line")) line.line = LineId{one["line"].get<std::int64_t>()};
    line.sku = one.at("sku").get<std::string>();
    line.description = one.at("description").get<std::string>();
    line.quantity = one.at("quantity").get<std::int64_t>();
    line.unit_price = one.at("unit_price").get<std::int64_t>();
    line.discount = one.at("discount").get<std::int64_t>();
    line.tax = one.at("tax").get<std::int64_t>();
    priced.lines.push_back(std::move(line));
  }
  priced.shipping = json.at("shipping").get<std::int64_t>();
  priced.shipping_tax = json.at("shipping_tax").get<std::int64_t>();
  priced.discount = json.at("discount").get<std::int64_t>();
  return priced;
}

Exchanging::Exchanging(store::Transaction& tx, const Context& context, store::OrderHead& head, store::ExchangeRow row)
    : tx_(tx), context_(context), head_(head), row_(std::move(row)) {
  const auto found = store::lock_return(tx_, context_.merchant, row_.order, row_.return_id);
  if (!found) throw std::logic_error("an exchange without its return");
  approved_ = found->row.status != domain::ReturnStatus::requested && found->row.status != domain::ReturnStatus::declined &&
              found->row.status != domain::ReturnStatus::canceled;
  std::int64_t awaited = 0, undecided = 0;
  for (const auto& line : found->lines) {
    awaited += line.state.awaited();
    received_ += line.state.received;
    accepted_ += line.state.accepted;
    undecided += line.state.undecided();
  }
  arrived_ = awaited == 0 && received_ > 0;
  open_ = awaited + undecided > 0 && found->row.status != domain::ReturnStatus::declined;
  if (row_.replacement) replacement_ = store::lock_order(tx_, context_.merchant, *row_.replacement);
}

bool Exchanging::replacement_left() { return row_.replacement && store::replacement_state(tx_, context_.merchant, *row_.replacement).left; }
std::int64_t Exchanging::owed_now() { return domain::owed(facts()); }

void Exchanging::settle() {
  const auto before = row_.state;
  while (const auto event = domain::next_event(facts())) take(*event);
  if (row_.state == before) return;
  if (const auto milestone = milestone_of(row_.state)) {
    store::queue_notification(tx_, context_.merchant, head_.id, *milestone, about(), context_.now, context_.now);
  }
}

std::string Exchanging::about() const { return to_text(row_.return_id) + (row_.replacement ? " " + to_text(*row_.replacement) : ""); }

void Exchanging::take(ExchangeEvent event) {
  row_.state = domain::next_state(domain::kExchangeSteps, row_.state, event).value();
  row_.updated_at = context_.now;
  if (domain::is_over(row_.state)) row_.ended_at = context_.now;
  switch (event) {
    case ExchangeEvent::reserve:
      return reserve();
    case ExchangeEvent::want_payment:
      return want_payment();
    case ExchangeEvent::settle_payment:
      return hold(waiting_words());
    case ExchangeEvent::release:
      return release();
    case ExchangeEvent::miss:
      return note("exchange.customer_owes", amount_detail(owed_now(), row_.currency));
    case ExchangeEvent::complete:
      return note("exchange.completed");
    case ExchangeEvent::cancel:
      return cancel();
  }
}

void Exchanging::save() {
  store::save_exchange(tx_, context_.merchant, row_);
  if (replacement_) store::save_head(tx_, context_.merchant, *replacement_, context_.now);
}

bool Exchanging::triggered() const {
  if (row_.sent_early_at || row_.trigger == "approval") return true;
  if (row_.trigger == "carrier_scan") return row_.carrier_scanned_at || received_ > 0;
  return arrived_;
}

domain::ExchangeFacts Exchanging::facts() {
  domain::ExchangeFacts facts;
  facts.state = row_.state;
  facts.approved = approved_;
  facts.triggered = triggered();
  facts.goods_open = open_;
  facts.goods_accepted = accepted_ > 0;
  facts.let_go = row_.let_go;
  facts.credit = row_.credit;
  facts.total = row_.total;
  if (!row_.replacement) return facts;
  const auto now = store::replacement_state(tx_, context_.merchant, *row_.replacement);
  facts.total = now.total;
  facts.held = now.held;
  facts.brought = now.brought;
  facts.replacement_left = now.left;
  facts.replacement_canceled = now.canceled;
  return facts;
}

std::string Exchanging::waiting_words() const {
  return row_.trigger == "carrier_scan" ? "Exchange: leaves once the carrier has the return" : "Exchange: leaves once the return is here";
}

void Exchanging::reserve() {
  const auto priced = priced_from(row_.wanted);
  auto made = make_replacement(
      tx_, context_, head_,
      {"exchange", to_text(row_.return_id), priced.lines, priced.shipping, priced.shipping_tax, priced.discount, waiting_words()});
  if (!made) throw std::logic_error("an exchange that was priced cannot be made: " + made.error().message);
  replacement_ = std::move(*made);
  row_.replacement = replacement_->id;
  note("exchange.reserved", amount_detail(row_.total, row_.currency));
}

void Exchanging::hold(const std::string& reason) {
  if (!replacement_ || replacement_->hold_reason == reason) return;
  replacement_->hold_reason = reason;
  store::set_hold(tx_, context_.merchant, replacement_->id, true, std::nullopt);
  note_replacement("order.held", exchange_dump({{"reason", reason}}));
}

void Exchanging::want_payment() {
  const std::int64_t amount = owed_now();
  hold("Exchange: the customer still owes " + plain_money(amount, row_.currency));
  note("exchange.payment_due", amount_detail(amount, row_.currency));
}

void Exchanging::release() {
  row_.released_at = context_.now;
  if (replacement_->hold_reason) {
    replacement_->hold_reason.reset();
    store::set_hold(tx_, context_.merchant, replacement_->id, false, std::nullopt);
    note_replacement("order.released", "{}");
  }
  note("exchange.released");
}

void Exchanging::cancel() {
  if (row_.replacement && !facts().replacement_canceled) {
    store::save_head(tx_, context_.merchant, *replacement_, context_.now);
    auto work = store::lock_work(tx_, context_.merchant, *row_.replacement, std::nullopt);
    auto freed = cancel_units_in(tx_, context_, *work, {}, {"the exchange is canceled", "cancellation"});
    if (!freed) throw std::logic_error("a replacement that has not left cannot be canceled: " + freed.error().message);
    freed_ = std::move(*freed);
    replacement_ = std::move(work->head);
    replacement_->hold_reason.reset();
  }
  note("exchange.canceled", row_.reason.empty() ? "{}" : exchange_dump({{"reason", row_.reason}}));
}

void Exchanging::note(const char* type, const std::string& detail) {
  auto json = ordered_json::parse(detail);
  if (replacement_) json["replacement"] = replacement_->external_id;
  note_return(tx_, context_, head_, type, row_.return_id, exchange_dump(json));
}

void Exchanging::note_replacement(const char* type, const std::string& detail) {
  store::append_timeline(tx_, context_.merchant, *replacement_,
                         {type, context_.actor.channel, context_.actor.name, to_text(replacement_->id), detail}, context_.now);
}

void open_exchange(store::Transaction& tx, const Context& context, const store::OrderHead& head, ReturnId return_id,
                   const PricedExchange& priced, domain::ExchangeTrigger trigger) {
  store::ExchangeRow row;
  row.return_id = return_id;
  row.order = head.id;
  row.trigger = domain::to_text(trigger);
  row.currency = head.currency;
  row.wanted = wanted_json(priced);
  row.total = priced.total;
  row.credit = priced.credit;
  row.created_at = context.now;
  store::insert_exchange(tx, context.merchant, row);
}

std::vector<std::string> settle_exchange(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id) {
  auto row = store::lock_exchange(tx, context.merchant, return_id);
  if (!row || domain::is_over(row->state)) return {};
  Exchanging exchange(tx, context, head, std::move(*row));
  exchange.settle();
  exchange.save();
  return exchange.take_freed();
}

Result<std::vector<std::string>> give_up_exchange(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                                  ReturnId return_id, std::vector<std::string> instead) {
  auto row = store::lock_exchange(tx, context.merchant, return_id);
  if (!row) return std::vector<std::string>{};
  Exchanging exchange(tx, context, head, std::move(*row));
  const auto state = exchange.row().state;
  if (!domain::is_over(state)) {
    if (!domain::next_state(domain::kExchangeSteps, state, ExchangeEvent::cancel) || exchange.replacement_left())
      return state_conflict("exchange_state", std::string(domain::to_text(state)), "changed", "The replacement has left.");
    for (const auto& line : priced_from(exchange.row().wanted).lines) instead.push_back(line.sku);
    store::lock_stock(tx, context.merchant, head.warehouse, instead);
    exchange.take(ExchangeEvent::cancel);
    exchange.save();
  }
  store::remove_exchange(tx, context.merchant, return_id);
  return exchange.take_freed();
}

void note_exchange_carrier_scan(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id) {
  auto row = store::lock_exchange(tx, context.merchant, return_id);
  if (!row || row->carrier_scanned_at || domain::is_over(row->state)) return;
  row->carrier_scanned_at = context.now;
  Exchanging exchange(tx, context, head, std::move(*row));
  exchange.settle();
  exchange.save();
}

bool direct_to_exchange(store::Transaction& tx, const Context& context, ReturnId return_id, RefundTerms& terms) {
  const auto row = store::lock_exchange(tx, context.merchant, return_id);
  if (!row) return false;
  if (domain::is_over(row->state) || !row->replacement) return true;
  store::lock_order(tx, context.merchant, *row->replacement);
  const auto now = store::replacement_state(tx, context.merchant, *row->replacement);
  const std::int64_t room = now.canceled ? 0 : std::max<std::int64_t>(0, now.total - now.held);
  if (room > 0) terms.destinations = {{domain::RefundDestination::exchange, room}};
  return true;
}

void pay_into_exchange(store::Transaction& tx, const Context& context, ReturnId return_id, const std::vector<RefundId>& refunds) {
  const auto row = store::lock_exchange(tx, context.merchant, return_id);
  if (!row || !row->replacement || refunds.empty()) return;
  auto replacement = store::lock_order(tx, context.merchant, *row->replacement);
  if (move_into_replacement(tx, context, *replacement, refunds) > 0) store::save_head(tx, context.merchant, *replacement, context.now);
}

}  // namespace roundtrip::usecases
