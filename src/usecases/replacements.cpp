// Making a replacement order and paying it with what the old order gives up.
#include "usecases/replacements.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/exchanges.hpp"
#include "store/order_changes.hpp"
#include "store/orders.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {
namespace {

// The first free number of the kind `<order>-X1`: a storefront may have used one itself.
std::string free_number(store::Queryable& db, MerchantId merchant, const std::string& order, const Replacement& wanted, int made_before) {
  const std::string stem = order + (wanted.kind == "exchange" ? "-X" : "-C");
  for (int n = made_before + 1;; ++n) {
    const std::string number = stem + std::to_string(n);
    if (!store::find_by_external_id(db, merchant, number)) return number;
  }
}

void hold(store::Transaction& tx, const Context& context, store::OrderHead& head, const std::string& reason) {
  head.hold_reason = reason;
  store::set_hold(tx, context.merchant, head.id, true, std::nullopt);
  const nlohmann::ordered_json detail = {{"reason", reason}};
  store::append_timeline(tx, context.merchant, head,
                         {"order.held", context.actor.channel, context.actor.name, to_text(head.id), detail.dump()}, context.now);
}

}  // namespace

std::string plain_money(std::int64_t minor, const std::string& currency) {
  const int places = domain::exponent(currency);
  std::string digits = std::to_string(minor < 0 ? -minor : minor);
  if (places > 0) {
    if (digits.size() <= static_cast<std::size_t>(places)) digits.insert(0, static_cast<std::size_t>(places) + 1 - digits.size(), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  }
  return (minor < 0 ? "-" : "") + digits + " " + currency;
}

Result<store::OrderHead> make_replacement(store::Transaction& tx, const Context& context, const store::OrderHead& replaced,
                                          const Replacement& wanted) {
  auto base = store::order_to_replace(tx, context.merchant, replaced.id);
  if (!base) throw std::logic_error("make_replacement: an order that is locked cannot be read");
  domain::NewOrder& order = base->order;
  order.external_id = free_number(tx, context.merchant, replaced.external_id, wanted, base->replacements);
  order.kind = wanted.kind;
  order.placed_at = context.now;
  order.shipping_amount = wanted.shipping;
  order.shipping_tax = wanted.shipping_tax;
  order.discount = wanted.discount;
  for (const auto& line : wanted.lines) {
    domain::NewLine made;
    made.external_id = line.line ? to_text(*line.line) : "";
    made.sku = line.sku;
    made.description = line.description;
    made.quantity = line.quantity;
    made.unit_price = line.unit_price;
    made.discount = line.discount;
    made.tax = line.tax;
    order.lines.push_back(std::move(made));
  }
  auto head = take_order_in(tx, context, order, sha256_hex(wanted.kind + ":" + wanted.cause));
  if (!head) return head;
  const nlohmann::ordered_json detail = {{"order", to_text(replaced.id)}, {"order_number", replaced.external_id}, {"cause", wanted.cause}};
  store::append_timeline(tx, context.merchant, *head,
                         {"order.replaces", context.actor.channel, context.actor.name, wanted.cause, detail.dump()}, context.now);
  if (!wanted.hold_reason.empty()) hold(tx, context, *head, wanted.hold_reason);
  store::save_head(tx, context.merchant, *head, context.now);
  return head;
}

std::int64_t move_into_replacement(store::Transaction& tx, const Context& context, store::OrderHead& replacement,
                                   const std::vector<RefundId>& refunds) {
  std::int64_t moved = 0;
  for (const auto& one : store::refunds_to_exchange(tx, context.merchant, refunds)) {
    const auto payment = store::add_payment(tx, context.merchant, replacement.id, {"exchange", to_text(one.id), one.amount},
                                            replacement.currency, context.now);
    const nlohmann::ordered_json detail = {{"amount", one.amount},
                                           {"currency", replacement.currency},
                                           {"gateway", one.gateway},
                                           {"refund", to_text(one.id)},
                                           {"payment", to_text(payment)}};
    store::append_timeline(tx, context.merchant, replacement,
                           {"payment.from_exchange", context.actor.channel, context.actor.name, to_text(payment), detail.dump()},
                           context.now);
    moved += one.amount;
  }
  return moved;
}

}  // namespace roundtrip::usecases
