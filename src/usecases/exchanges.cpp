// What people and the storefront do with exchanges.
#include "usecases/exchanges.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "store/exchange_products.hpp"
#include "store/notifications.hpp"
#include "usecases/exchanging.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/replacements.hpp"
#include "usecases/state_conflict.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {

using domain::ExchangeEvent;
using domain::ExchangeState;
using nlohmann::ordered_json;

std::string said_dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

Error no_such_exchange() {
  return {ErrorKind::not_found, "exchange_not_found", "There is no exchange for this return. Check the id (ret_...)."};
}

Error exchange_conflict(const store::ExchangeRow& row, const std::string& wanted, const std::string& next_step) {
  return state_conflict("exchange_state", std::string(domain::to_text(row.state)), wanted, next_step);
}

// Locks order, exchange, return and replacement, lets `change` say what a person or the storefront did, takes the steps that follow, and
// commits. `change` gives false when there is nothing to do.
template <class Change>
Result<ExchangeView> change_exchange(const Context& context, ReturnId return_id, Change&& change) {
  std::vector<std::string> freed;
  {
    store::Transaction tx(context.db);
    if (done_before(tx, context)) return read_exchange(context, return_id);
    const auto order = store::order_of_return(tx, context.merchant, return_id);
    auto head = order ? store::lock_order(tx, context.merchant, *order) : std::nullopt;
    auto row = head ? store::lock_exchange(tx, context.merchant, return_id) : std::nullopt;
    if (!row) return no_such_exchange();
    Exchanging exchange(tx, context, *head, std::move(*row));
    const Result<bool> changed = change(tx, exchange);
    if (!changed) return changed.error();
    if (*changed) {
      exchange.settle();
      exchange.save();
      freed = exchange.take_freed();
      store::save_head(tx, context.merchant, *head, context.now);
      note_done(tx, context);
      tx.commit();
    }
  }
  if (!freed.empty()) fill_backorders(context, freed);
  return read_exchange(context, return_id);
}

Error more_than_owed(std::int64_t amount, std::int64_t owed, const std::string& currency) {
  Error error{ErrorKind::conflict, "exchange_amount",
              "The customer owes " + plain_money(owed, currency) + ", not " + plain_money(amount, currency) + "."};
  error.explain = Explain{"exchange_amount",
                          {{"amount", std::to_string(amount)}, {"owed", std::to_string(owed)}},
                          "Capture no more than what is owed; give back what was captured on top."};
  return error;
}

}  // namespace

ExchangeOffer offer_of(store::Queryable& db, const Context& context, WarehouseId warehouse, const PricedExchange& priced,
                       domain::ExchangeTrigger trigger) {
  ExchangeOffer offer;
  offer.lines = priced.lines;
  offer.total = priced.total;
  offer.credit = priced.credit;
  offer.customer_pays = std::max<std::int64_t>(0, priced.total - priced.credit);
  offer.customer_gets = std::max<std::int64_t>(0, priced.credit - priced.total);
  offer.trigger = domain::to_text(trigger);
  std::map<std::string, std::int64_t> wanted;
  std::vector<std::string> skus;
  for (const auto& line : priced.lines) {
    if (wanted[line.sku] == 0) skus.push_back(line.sku);
    wanted[line.sku] += line.quantity;
  }
  for (const auto& product : store::wanted_products(db, context.merchant, warehouse, skus)) wanted[product.sku] -= product.available;
  for (const auto& [sku, missing] : wanted) offer.in_stock = offer.in_stock && missing <= 0;
  return offer;
}

ExchangeView exchange_view(const store::StoredExchange& stored) {
  const auto& row = stored.row;
  ExchangeView view;
  view.return_id = row.return_id;
  view.order = row.order;
  view.order_number = stored.order_number;
  view.customer_name = stored.customer_name;
  view.return_status = stored.return_status;
  view.replacement = row.replacement;
  view.replacement_number = stored.replacement_number;
  view.replacement_generation = stored.replacement_generation;
  view.replacement_status = stored.replacement_status;
  view.state = domain::to_text(row.state);
  view.trigger = row.trigger;
  view.currency = row.currency;
  view.reason = row.reason;
  view.total = row.replacement ? stored.replacement.total : row.total;
  view.credit = row.credit;
  view.paid = stored.replacement.held;
  view.let_go = row.let_go;
  domain::ExchangeFacts facts;
  facts.goods_open = stored.goods_open;
  facts.total = view.total;
  facts.held = view.paid;
  facts.let_go = row.let_go;
  facts.credit = row.credit;
  facts.brought = stored.replacement.brought;
  view.owed = domain::is_over(row.state) ? 0 : domain::owed(facts);
  view.to_pay_back = domain::is_over(row.state) ? 0 : std::max<std::int64_t>(0, row.credit - view.total);
  view.lines = priced_from(row.wanted).lines;
  view.created_at = row.created_at;
  view.updated_at = row.updated_at;
  view.released_at = row.released_at;
  view.ended_at = row.ended_at;
  return view;
}

Result<ExchangeView> read_exchange(const Context& context, ReturnId return_id) {
  store::Session session(context.db);
  const auto stored = store::find_exchange(session, context.merchant, return_id);
  if (!stored) return no_such_exchange();
  return exchange_view(*stored);
}

Result<ExchangeView> record_exchange_payment(const Context& context, ReturnId return_id, const ExchangePayment& payment) {
  std::vector<Fault> faults;
  if (payment.amount < 1) faults.push_back({"/amount", "out_of_range", "is 1 or more"});
  if (payment.gateway.empty() || payment.gateway == "exchange")
    faults.push_back({"/gateway", "invalid", "names the gateway that captured it"});
  if (payment.reference.empty())
    faults.push_back({"/reference", "required", "is the gateway's; it makes this the same payment when sent again"});
  if (!faults.empty()) return Error{ErrorKind::invalid, "invalid_payment", "The payment cannot be recorded; see errors.", faults};
  return change_exchange(context, return_id, [&](store::Transaction& tx, Exchanging& exchange) -> Result<bool> {
    auto& row = exchange.row();
    if (!row.replacement) return exchange_conflict(row, "paid", "Wait until the return is approved.");
    if (const auto known = store::payment_with_reference(tx, context.merchant, *row.replacement, payment.gateway, payment.reference)) {
      if (*known == payment.amount) return false;
      return Error{ErrorKind::conflict, "payment_exists", "Another payment with this reference is here already, over another amount."};
    }
    if (domain::is_over(row.state)) return exchange_conflict(row, "paid", "Give back to the customer what was captured.");
    const std::int64_t owed = exchange.owed_now();
    if (payment.amount > owed) return more_than_owed(payment.amount, owed, row.currency);
    store::add_payment(tx, context.merchant, *row.replacement, {payment.gateway, payment.reference, payment.amount}, row.currency,
                       context.now);
    exchange.note("exchange.paid", said_dump({{"amount", payment.amount}, {"currency", row.currency}, {"gateway", payment.gateway}}));
    return true;
  });
}

Result<ExchangeView> let_difference_go(const Context& context, ReturnId return_id, const std::string& reason) {
  return change_exchange(context, return_id, [&](store::Transaction& tx, Exchanging& exchange) -> Result<bool> {
    auto& row = exchange.row();
    const std::int64_t owed = exchange.owed_now();
    if (row.state != ExchangeState::awaiting_payment && row.state != ExchangeState::customer_owes)
      return exchange_conflict(row, "forgiven", "Nothing is owed.");
    row.let_go += owed;
    row.reason = reason;
    // Sold for its price, and the shop bears what nobody pays.
    store::post_to_ledger(tx, context.merchant, row.replacement,
                          "write_off:exchange:" + to_text(return_id) + ":" + std::to_string(row.let_go),
                          {{"write_offs", owed}, {"sales", -owed}}, row.currency, context.now);
    exchange.note("exchange.difference_let_go", said_dump({{"amount", owed}, {"currency", row.currency}, {"reason", reason}}));
    return true;
  });
}

Result<ExchangeView> send_exchange_now(const Context& context, ReturnId return_id, const std::string& reason) {
  return change_exchange(context, return_id, [&](store::Transaction&, Exchanging& exchange) -> Result<bool> {
    auto& row = exchange.row();
    if (row.state != ExchangeState::awaiting_goods) return exchange_conflict(row, "sent now", "It is sent once nothing is owed.");
    row.sent_early_at = context.now;
    row.reason = reason;
    exchange.note("exchange.sent_early", said_dump({{"reason", reason}}));
    return true;
  });
}

Result<ExchangeView> cancel_exchange(const Context& context, ReturnId return_id, const std::string& reason) {
  return change_exchange(context, return_id, [&](store::Transaction& tx, Exchanging& exchange) -> Result<bool> {
    auto& row = exchange.row();
    if (!domain::next_state(domain::kExchangeSteps, row.state, ExchangeEvent::cancel))
      return exchange_conflict(row, "canceled", "It is over, or its replacement has left.");
    if (exchange.replacement_left()) return exchange_conflict(row, "canceled", "The replacement has left: it can be returned instead.");
    row.reason = reason;
    exchange.take(ExchangeEvent::cancel);
    store::queue_notification(tx, context.merchant, row.order, domain::Milestone::exchange_canceled, exchange.about(), context.now,
                              context.now);
    return true;
  });
}

Result<ExchangePage> list_exchanges(const Context& context, const std::optional<std::string>& state, ReturnId after, int limit) {
  std::optional<ExchangeState> wanted;
  if (state) {
    wanted = domain::parse_exchange_state(*state);
    if (!wanted) {
      return Error{ErrorKind::invalid,
                   "invalid_state",
                   "state is one of requested, awaiting_payment, awaiting_goods, released, customer_owes, completed, canceled.",
                   {{"/state", "invalid", "unknown exchange state"}}};
    }
  }
  store::Session session(context.db);
  auto found = store::list_exchanges(session, context.merchant, wanted, after, limit + 1);
  ExchangePage page;
  if (found.size() > static_cast<std::size_t>(limit)) {
    found.pop_back();
    page.next = found.back().row.return_id;
  }
  for (const auto& one : found) page.items.push_back(exchange_view(one));
  return page;
}

int settle_stray_exchanges(const Context& context, int limit) {
  std::vector<ReturnId> stray;
  {
    store::Session session(context.db);
    stray = store::stray_exchanges(session, context.merchant, limit);
  }
  for (const auto id : stray) {
    // change_exchange settles; nothing else is to be done.
    (void)change_exchange(context, id, [](store::Transaction&, Exchanging&) -> Result<bool> { return true; });
  }
  return static_cast<int>(stray.size());
}

}  // namespace roundtrip::usecases
