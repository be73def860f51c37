// Reading an order's books.
#include "usecases/books.hpp"

#include "store/books.hpp"
#include "store/refunds.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {
namespace {
Error no_order_for_books() {
  return {ErrorKind::not_found, "no_such_order", "There is no such order. Check the id, or list orders with ?external_id=."};
}
}  // namespace

Result<std::vector<PostingView>> read_order_ledger(const Context& context, OrderId order) {
  if (!order_version(context, order)) return no_order_for_books();
  std::vector<PostingView> out;
  store::Session session{context.db};
  for (const auto& entry : store::ledger_of_order(session, context.merchant, order)) {
    out.push_back({entry.posting, entry.account, entry.currency, entry.amount, entry.posted_at});
  }
  return out;
}

Result<std::vector<ToldView>> read_order_notifications(const Context& context, OrderId order) {
  if (!order_version(context, order)) return no_order_for_books();
  std::vector<ToldView> out;
  store::Session session{context.db};
  for (const auto& row : store::told_of_order(session, context.merchant, order)) {
    out.push_back({row.id, row.milestone, row.channel, row.about, row.state, row.last_error, row.created_at, row.sent_at});
  }
  return out;
}

}  // namespace roundtrip::usecases
