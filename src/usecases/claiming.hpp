// One claim under its order's lock, and what each step does with its units. Within the room only.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/notifications.hpp"
#include "store/claims.hpp"
#include "store/timeline.hpp"
#include "usecases/claims.hpp"
#include "usecases/idempotency.hpp"

namespace roundtrip::usecases {

class Claiming {
 public:
  using Values = std::vector<std::pair<std::string, std::string>>;
  Claiming(store::Transaction& tx, const Context& context, store::OrderHead& head, store::ClaimRow row)
      : tx_(tx), context_(context), head_(head), row_(std::move(row)), lines_before_(row_.lines) {}

  store::ClaimRow& row() { return row_; }
  store::Transaction& tx() { return tx_; }
  store::OrderHead& head() { return head_; }
  // Moves the state on, or says why the table has no such step.
  std::optional<Error> step(domain::ClaimEvent event, const std::string& wanted);
  // Counts the lines' units on the order as claimed, or no longer.
  void hold_units(bool hold);
  // The customer has the units (again): those of the claim, and those that came in with its return.
  void give_units_back();
  // After a rejection the units must still be free; the refusal says that they are not.
  std::optional<Error> take_units_again();
  void note(const char* type, const Values& values = {});
  // Tells the customer; `what` besides the claim makes it another message.
  void tell(domain::Milestone milestone, const std::string& what = "");
  void save();

 private:
  store::Transaction& tx_;
  const Context& context_;
  store::OrderHead& head_;
  store::ClaimRow row_;
  std::vector<store::ClaimLineRow> lines_before_;
};

Error no_such_claim();
// Locks order and claim, lets `change` work on it, saves and commits. `change` gives false when there is nothing to do.
template <class Change>
Result<ClaimView> change_claim(const Context& context, ClaimId id, Change&& change) {
  {
    store::Transaction tx(context.db);
    if (done_before(tx, context)) return read_claim(context, id);
    const auto order = store::order_of_claim(tx, context.merchant, id);
    auto head = order ? store::lock_order(tx, context.merchant, *order) : std::nullopt;
    auto row = head ? store::lock_claim(tx, context.merchant, *order, id) : std::nullopt;
    if (!row) return no_such_claim();
    Claiming claim(tx, context, *head, std::move(*row));
    const Result<bool> changed = change(claim);
    if (!changed) return changed.error();
    if (*changed) {
      claim.save();
      store::save_head(tx, context.merchant, *head, context.now);
      note_done(tx, context);
      tx.commit();
    }
  }
  return read_claim(context, id);
}

}  // namespace roundtrip::usecases
