// The returns station's cards: grades and dispositions for the next item, UNDO, SPLIT, PROBLEM, DONE.
#include "domain/codes.hpp"
#include "store/timeline.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/returns_bench.hpp"

namespace roundtrip::usecases {
namespace {
void keep_card(ReturnsBench& at) {
  const auto& card = *at.bench.command;
  auto& memory = at.memory;
  if (card.grade) memory.grade = domain::to_text(*card.grade);
  if (card.disposition) memory.disposition = domain::to_text(*card.disposition);
  if (card.reject) memory.reject = true;
  std::string waits;
  const auto add = [&](const std::string& word) { waits += (waits.empty() ? "" : ", ") + word; };
  if (!memory.grade.empty()) add("grade " + memory.grade);
  if (memory.reject) add("rejected");
  if (!memory.disposition.empty()) add(memory.disposition);
  at.bench.answer.code = "card_kept";
  at.bench.answer.say = "The next item: " + waits + ".";
  at.bench.answer.next = {"scan_item", at.bench.station().return_id ? "Scan the item." : "Scan the return, then the item."};
}

void mark_mistake(ReturnsBench& at, FoundId id) {
  auto& bench = at.bench;
  at.memory.last_found.reset();
  if (at.memory.parcel == id) at.memory.parcel.reset();
  auto found = store::lock_found(bench.tx, bench.context.merchant, id);
  if (!found || found->outcome != domain::FoundOutcome::none)
    return bench.refuse("found_item_settled", to_text(id) + " was settled at the desk meanwhile.", next_return());
  found->outcome = domain::FoundOutcome::mistake;
  found->settled_by = bench.context.actor.name;
  found->settled_at = bench.context.now;
  store::save_found_outcome(bench.tx, bench.context.merchant, *found);
  bench.answer.code = "undone";
  bench.answer.say = to_text(id) + " was a mistake: nothing is put aside.";
  bench.answer.next = {"scan_item", "Go on scanning."};
}

// Takes the station's last receipt of the open return back; false: it said why not.
std::optional<ReceiptUndone> undo_here(ReturnsBench& at) {
  auto& bench = at.bench;
  auto head = store::lock_order(bench.tx, bench.context.merchant, *bench.facts.context_return_order);
  if (!head) throw std::logic_error("an order that exists cannot be locked");
  bench.answer.order = head->id;
  auto undone = undo_receipt(bench.tx, bench.context, *head, *bench.station().return_id, bench.station().id);
  if (!undone) {
    const auto& error = undone.error();
    bench.refuse(error.code, error.message, {"call_person", error.explain ? error.explain->next_step : "Ask the desk."});
    return std::nullopt;
  }
  store::save_head(bench.tx, bench.context.merchant, *head, bench.context.now);
  bench.answer.effects.push_back({"return.receipt_undone", to_text(*bench.station().return_id)});
  return std::move(*undone);
}

void undo_at_returns(ReturnsBench& at) {
  auto& bench = at.bench;
  auto& memory = at.memory;
  if (memory.cards_wait() || memory.by_item || !memory.choices.empty()) {
    memory.drop_cards();
    memory.by_item = false;
    memory.choices.clear();
    memory.chosen_sku.clear();
    bench.answer.code = "undone";
    bench.answer.say = "The cards and choices are put away; nothing was booked by them.";
    bench.answer.next = {"scan", "Go on scanning."};
    return;
  }
  if (memory.last_found) return mark_mistake(at, *memory.last_found);
  if (!bench.station().return_id || !bench.facts.context_return_order)
    return bench.refuse("nothing_to_undo", "No return is open here: there is nothing to undo.", next_return());
  const auto undone = undo_here(at);
  if (!undone) return;
  bench.answer.code = "undone";
  bench.answer.say = "Taken back: " + undone->what + ", with its refund and its stock.";
  bench.answer.next = {"scan_item", "Scan the item again as it should be, or the next return."};
}

// One by one: the whole receipt that was just booked is taken back, else the next return is opened item by item.
void split_at_returns(ReturnsBench& at) {
  auto& bench = at.bench;
  if (bench.station().return_id && bench.facts.context_return_order) {
    const auto last = store::last_receipt(bench.tx, bench.context.merchant, *bench.station().return_id);
    if (last && last->whole && last->station == bench.station().id) {
      const auto id = *bench.station().return_id;
      if (!undo_here(at)) return;
      const auto effects = bench.answer.effects;
      open_at(at, *bench.facts.context_return_order, id);
      bench.answer.effects = effects;
      return;
    }
  }
  at.memory.by_item = true;
  bench.answer.code = "by_item";
  bench.answer.say = "The next return is received item by item.";
  bench.answer.next = {"scan_return", "Scan the return."};
}

// The lines that nobody has decided about wait for a person.
void doubt_lines(ReturnsBench& at, store::OrderHead& head, ReturnId id) {
  auto& bench = at.bench;
  auto found = store::lock_return(bench.tx, bench.context.merchant, head.id, id);
  if (!found) throw std::logic_error("a return that exists cannot be locked");
  for (auto& line : found->lines) {
    if (bench.station().line && *bench.station().line != line.state.line) continue;
    if (const auto next = domain::next_state(domain::kAcceptanceSteps, line.state.acceptance, domain::AcceptanceEvent::doubt))
      line.state.acceptance = *next;
  }
  found->row.updated_at = bench.context.now;
  store::save_return(bench.tx, bench.context.merchant, found->row, found->lines);
  note_return(bench.tx, bench.context, head, "return.needs_person", id);
}

void problem_at_returns(ReturnsBench& at) {
  auto& bench = at.bench;
  auto& memory = at.memory;
  if (!bench.station().return_id || !bench.facts.context_return_order) {
    bench.scanned_name = memory.unknown.empty() ? "a parcel without a number" : "\"" + memory.unknown + "\"";
    const auto about = memory.choices.empty() ? memory.about : std::nullopt;
    return find_parcel_at(at, memory.unknown, memory.unknown.empty() ? about : std::nullopt);
  }
  const auto id = *bench.station().return_id;
  auto head = store::lock_order(bench.tx, bench.context.merchant, *bench.facts.context_return_order);
  if (!head) throw std::logic_error("an order that exists cannot be locked");
  bench.answer.order = head->id;
  doubt_lines(at, *head, id);
  FoundView found;
  found.kind = domain::FoundKind::problem;
  found.warehouse = bench.station().warehouse;
  found.order = head->id;
  found.return_id = id;
  const auto recorded = record_found(bench.tx, bench.context, &*head, std::move(found));
  store::save_head(bench.tx, bench.context.merchant, *head, bench.context.now);
  bench.answer.effects.push_back({"found.recorded", to_text(recorded.id)});
  bench.station().return_id.reset();
  bench.station().line.reset();
  memory = {};
  bench.ask_person(
      "problem_reported",
      "Return " + domain::code_of(id) + " of order " + head->external_id + " waits for a person: " + to_text(recorded.id) + ".",
      {"scan_return", "Put it aside with that number on it, and scan the next return."});
}

void done_at_returns(ReturnsBench& at) {
  auto& bench = at.bench;
  if (at.memory.parcel) {
    bench.answer.say = "Put " + to_text(*at.memory.parcel) + " aside: the desk decides.";
  } else if (bench.station().return_id) {
    const auto found = store::find_return(bench.tx, bench.context.merchant, *bench.station().return_id);
    const std::string awaited = found ? awaited_words(found->lines) : "";
    bench.answer.say = "Return " + domain::code_of(*bench.station().return_id) + " is put away" +
                       (awaited.empty() ? "." : "; still awaited: " + awaited + ".");
    if (found) bench.answer.order = found->row.order;
  } else {
    return bench.refuse("nothing_open", "No return is open here.", next_return());
  }
  bench.answer.code = "done";
  bench.answer.next = next_return();
  bench.station().return_id.reset();
  bench.station().line.reset();
  at.memory = {};
}
}  // namespace

void card_at_returns(ReturnsBench& at) {
  auto& bench = at.bench;
  if (!bench.command->command) return keep_card(at);
  switch (*bench.command->command) {
    case domain::Command::undo:
      return undo_at_returns(at);
    case domain::Command::split:
      return split_at_returns(at);
    case domain::Command::problem:
      return problem_at_returns(at);
    case domain::Command::done:
      return done_at_returns(at);
    case domain::Command::run_short:
    case domain::Command::print:
      return bench.refuse(
          "not_here", "The card " + domain::word_of_card(*bench.command) + " is for other stations. What is missing stays open by itself.",
          {"scan_item", "Go on scanning; DONE at the end."});
  }
}

}  // namespace roundtrip::usecases
