// The returns station: a return's label or a tracking number receives it and requests the refund.
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/bench.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {
NextStep next_return() { return {"scan_return", "Scan the next return."}; }

void receive(Bench& bench, OrderId order, ReturnId id, const std::vector<ReceivedUnits>& only) {
  const auto& context = bench.context;
  auto head = store::lock_order(bench.tx, context.merchant, order);
  if (!head) throw std::logic_error("an order that exists cannot be locked");
  bench.answer.order = order;
  bench.answer.expected = {{"return", domain::code_of(id)}, {"order", head->external_id}};
  const auto received = receive_return(bench.tx, context, *head, id, only, bench.station().warehouse);
  bench.station().return_id = id;
  if (!received) {
    const auto& error = received.error();
    return bench.refuse(error.code, error.message,
                        {"call_person", error.explain ? error.explain->next_step : "Put it aside; the desk decides."});
  }
  if (!received->anything_new) {
    const std::string when = received->received_at ? " at " + format_rfc3339(*received->received_at).substr(11, 5) + " UTC on " +
                                                         format_date(*received->received_at) + " by " + received->received_by
                                                   : "";
    return bench.refuse(
        "already_received",
        "Return " + domain::code_of(id) + " of order " + head->external_id + " was received before" + when + "; nothing was booked twice.",
        next_return());
  }
  store::save_head(bench.tx, context.merchant, *head, context.now);
  bench.answer.code = "return_received";
  bench.answer.say = "Return " + domain::code_of(id) + " of order " + head->external_id + ": " + std::to_string(received->units) +
                     (received->units == 1 ? " unit" : " units") + " received.";
  bench.answer.effects.push_back({"return.received", to_text(id)});
  bench.fill_skus = received->restocked;
  for (const auto refund : received->refunds) bench.answer.effects.push_back({"refund.requested", to_text(refund)});
  if (!received->refunds.empty()) bench.answer.say += " The refund is on its way.";
  if (received->suggestion == "resend") bench.answer.say += " It came back undelivered: put it aside, the desk sends it again.";
  if (received->suggestion == "inspect") bench.answer.say += " It came back undelivered: look for damage.";
  bench.answer.next = next_return();
  if (received->status == "partly_received") bench.answer.next = {"scan_item", "More is announced: scan each further item."};
}

// An outbound parcel came back: the return that was made because it could not be delivered, else the open return of its order, when there
// is exactly one.
void receive_by_parcel(Bench& bench) {
  const auto order = *bench.facts.parcel_order;
  bench.answer.order = order;
  if (const auto undeliverable = store::return_of_parcel(bench.tx, bench.context.merchant, *bench.facts.parcel))
    return receive(bench, order, *undeliverable, {});
  const auto open = store::open_returns(bench.tx, bench.context.merchant, order);
  if (open.size() == 1) return receive(bench, order, open.front(), {});
  if (open.empty()) {
    return bench.ask_person("unannounced_return",
                            "This is " + bench.scanned_name + ". No return was announced for its order, or it was received before.",
                            {"call_person", "Put it aside with its papers; the desk decides."});
  }
  bench.ask_person("several_returns", "This is " + bench.scanned_name + ". Its order has " + std::to_string(open.size()) + " open returns.",
                   {"scan_return", "Scan the return label inside, or let the desk decide."});
}
}  // namespace

void scan_at_returns(Bench& bench) {
  const auto& facts = bench.facts;
  if (facts.return_id) return receive(bench, *facts.return_order, *facts.return_id, {});
  if (facts.parcel) return receive_by_parcel(bench);
  if (facts.sku && bench.station().return_id && facts.context_return_order) {
    auto head = store::lock_order(bench.tx, bench.context.merchant, *facts.context_return_order);
    const auto line = store::return_line_of_sku(bench.tx, bench.context.merchant, *bench.station().return_id, *facts.sku);
    if (!line || !head) {
      return bench.ask_person(
          "not_in_return",
          "This is " + bench.scanned_name + ". It was not announced in return " + domain::code_of(*bench.station().return_id) + ".",
          {"call_person", "Put it aside with the return; the desk decides."});
    }
    return receive(bench, *facts.context_return_order, *bench.station().return_id, {{*line, bench.units(), ""}});
  }
  if (facts.sku)
    return bench.refuse("no_return", "This is " + bench.scanned_name + ", but no return is open here.",
                        {"scan_return", "Scan the return's label first."});
  bench.refuse("not_here", "This is " + bench.scanned_name + ". Here return labels and tracking numbers are scanned.",
               {"scan_return", "Scan a return label."});
}

}  // namespace roundtrip::usecases
