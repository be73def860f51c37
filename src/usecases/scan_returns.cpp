// The returns station: whatever stands on the parcel finds its case; goods are received at once or item by item, judged and refunded.
#include <algorithm>

#include "carriers/identify.hpp"
#include "domain/codes.hpp"
#include "store/orders.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/returns_bench.hpp"

namespace roundtrip::usecases {
namespace {
constexpr int kChoicesListed = static_cast<int>(domain::kMostChoices);

std::string words_of_judged(const std::vector<ReturnReceived::Judged>& judged) {
  std::string text;
  for (const auto& one : judged) {
    std::string where = one.disposition;
    std::replace(where.begin(), where.end(), '_', ' ');
    text += (text.empty() ? "" : "; ") + std::to_string(one.units) + " x " + one.sku + (one.accepted ? ": " : " rejected: ") + where;
  }
  return text;
}

// What must not be thrown into the bin is said when it is about to be.
std::string words_of_waste(const std::vector<ReturnReceived::Judged>& judged) {
  for (const auto& one : judged) {
    if (one.special_waste.empty() || (one.disposition != "scrap" && one.disposition != "recycle")) continue;
    if (one.special_waste == "weee") return " Electronics: into the WEEE container.";
    if (one.special_waste == "battery") return " Battery: into the battery box, poles taped.";
    if (one.special_waste == "weee_battery") return " Electronics with a battery: take the battery out; WEEE container and battery box.";
    return " Hazardous: into the locked container, never into the bin.";
  }
  return "";
}

// When the money goes, and until when it can still be taken back.
std::string words_of_wait(std::int64_t wait_us) {
  if (wait_us <= 0) return " The refund is on its way.";
  const bool hours = wait_us >= kHour;
  return " The refund goes out in " + std::to_string(wait_us / (hours ? kHour : kSecond)) + (hours ? " h" : " s") +
         ": UNDO takes it back until then.";
}

std::string by_whom(const ReturnReceived& received) {
  if (!received.received_at) return "";
  return " at " + format_rfc3339(*received.received_at).substr(11, 5) + " UTC on " + format_date(*received.received_at) + " by " +
         received.received_by;
}

void say_received(ReturnsBench& at, const ReturnReceived& received, const store::OrderHead& head, ReturnId id, bool whole) {
  auto& bench = at.bench;
  auto& answer = bench.answer;
  answer.code = received.units > 0 ? "return_received" : "inspected";
  answer.say = "Return " + domain::code_of(id) + " of order " + head.external_id + ": " + std::to_string(received.units) +
               (received.units == 1 ? " unit" : " units") + " received.";
  if (!whole) answer.say = words_of_judged(received.judged) + ". Order " + head.external_id + ".";
  answer.effects.push_back({"return.received", to_text(id)});
  bench.fill_skus = received.restocked;
  for (const auto refund : received.refunds) answer.effects.push_back({"refund.requested", to_text(refund)});
  if (!received.refunds.empty()) answer.say += words_of_wait(received.refund_wait_us);
  answer.say += words_of_waste(received.judged);
  if (received.suggestion == "resend") answer.say += " It came back undelivered: put it aside, the desk sends it again.";
  if (received.suggestion == "inspect") answer.say += " It came back undelivered: look for damage.";
  answer.next = next_return();
  if (whole && received.judged.empty())
    answer.next = {"scan_item", "Look at each item: scan its grade, then the item. REJECT before an item that is not accepted."};
  else if (whole)
    answer.next.say = "Goods go " + words_of_judged(received.judged) + ". Scan the next return.";
  if (received.status == "partly_received") answer.next = {"scan_item", "More is announced: scan each further item, or DONE."};
}

// The line that a scanned item of the open return counts for, or what it is instead.
void receive_item_at(ReturnsBench& at, OrderId order, ReturnId id, const std::string& sku, std::int64_t units) {
  auto& bench = at.bench;
  bench.answer.order = order;
  const auto found = store::find_return(bench.tx, bench.context.merchant, id);
  if (!found) throw std::logic_error("a return that exists cannot be found");
  const store::ReturnLineRow* line = nullptr;
  bool of_return = false;
  std::int64_t open = 0;
  for (const auto& one : found->lines) {
    if (one.sku != sku) continue;
    of_return = true;
    const std::int64_t here = one.state.awaited() + one.state.undecided();
    if (here > open) {
      open = here;
      line = &one;
    }
  }
  const std::string awaited = awaited_words(found->lines);
  if (line == nullptr) {
    return find_item_at(at, of_return ? domain::FoundKind::extra_item : domain::FoundKind::wrong_item, order, id, awaited);
  }
  if (units > open) {
    return bench.refuse(
        "more_than_announced",
        "This is " + bench.scanned_name + ". " + std::to_string(units) + " were counted, " + std::to_string(open) + " can be received.",
        {"scan_item", "Scan QTY " + std::to_string(open) + " and the item; then each one that is too many."});
  }
  ReceivedUnits wanted{line->state.line, units, at.memory.disposition, at.memory.reject, {at.memory.grade, "", at.memory.photo}};
  receive_at(at, order, id, {wanted});
  if (bench.answer.outcome != "accepted") return;
  bench.station().line = line->state.line;
  at.memory.drop_cards();
}

void scan_item_at_returns(ReturnsBench& at) {
  auto& bench = at.bench;
  const auto& facts = bench.facts;
  if (bench.station().return_id && facts.context_return_order) {
    return receive_item_at(at, *facts.context_return_order, *bench.station().return_id, *facts.sku, bench.units());
  }
  if (at.memory.parcel) return find_content_at(at);
  const auto returns = store::returns_awaiting(bench.tx, bench.context.merchant, *facts.sku, kChoicesListed);
  if (returns.empty()) {
    return bench.refuse("no_return", "This is " + bench.scanned_name + ". No return is open here, and none that is announced awaits one.",
                        {"scan_return", "Scan what stands on the parcel: return label, tracking number or order. Nothing there? PROBLEM."});
  }
  offer_choices(at, returns, "This is " + bench.scanned_name + ".");
  at.memory.chosen_sku = *facts.sku;
  at.memory.chosen_units = bench.units();
}

// A return was named: chosen from the list, or by its own label or number.
void take_return_at(ReturnsBench& at, OrderId order, ReturnId id) {
  auto& memory = at.memory;
  const bool chosen = std::find(memory.choices.begin(), memory.choices.end(), id) != memory.choices.end();
  const std::string sku = chosen ? memory.chosen_sku : "";
  memory.choices.clear();
  memory.chosen_sku.clear();
  memory.parcel.reset();
  if (!sku.empty()) {
    at.bench.station().return_id = id;
    return receive_item_at(at, order, id, sku, memory.chosen_units);
  }
  // Cards that wait are about single items: they are never dropped, and never meant for a whole parcel.
  if (memory.by_item || memory.cards_wait()) return open_at(at, order, id);
  receive_at(at, order, id, {});
}

void take_choice_at(ReturnsBench& at, std::int64_t choice) {
  auto& bench = at.bench;
  if (choice > static_cast<std::int64_t>(at.memory.choices.size())) {
    return bench.refuse("no_such_choice", "The screen lists " + std::to_string(at.memory.choices.size()) + " returns to choose from.",
                        {"scan_return", "Scan one of them, or PROBLEM when it is none."});
  }
  const auto id = at.memory.choices[static_cast<std::size_t>(choice - 1)];
  const auto order = store::order_of_return(bench.tx, bench.context.merchant, id);
  if (!order) throw std::logic_error("a return that was offered cannot be found");
  take_return_at(at, *order, id);
}
}  // namespace

NextStep next_return() { return {"scan_return", "Scan the next return."}; }

std::string awaited_words(const std::vector<store::ReturnLineRow>& lines) {
  std::string text;
  for (const auto& line : lines) {
    if (line.goods && line.state.awaited() > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(line.state.awaited()) + " x " + line.sku;
  }
  return text;
}

void receive_at(ReturnsBench& at, OrderId order, ReturnId id, const std::vector<ReceivedUnits>& only) {
  auto& bench = at.bench;
  const auto& context = bench.context;
  auto head = store::lock_order(bench.tx, context.merchant, order);
  if (!head) throw std::logic_error("an order that exists cannot be locked");
  bench.answer.order = order;
  bench.answer.expected = {{"return", domain::code_of(id)}, {"order", head->external_id}};
  const auto received =
      receive_return(bench.tx, context, *head, id, only, {bench.station().warehouse, bench.station().id, bench.settings.refund_grace_us});
  bench.station().return_id = id;
  bench.station().line.reset();
  at.memory.by_item = at.memory.by_item && !only.empty();
  at.memory.about = order;
  if (!received) {
    const auto& error = received.error();
    return bench.refuse(error.code, error.message,
                        {"call_person", error.explain ? error.explain->next_step : "Put it aside; the desk decides."});
  }
  if (!received->anything_new) {
    return bench.refuse("already_received",
                        "Return " + domain::code_of(id) + " of order " + head->external_id + " was received before" + by_whom(*received) +
                            "; nothing was booked twice.",
                        {"scan_return", "Scan the next return. Is this another parcel? PROBLEM."});
  }
  if (const auto label = bench.facts.parcel ? carriers::label_in_scan(bench.request.barcode) : std::nullopt)
    store::settle_parcel_of(bench.tx, context.merchant, order, label->number, context.actor.name, context.now);
  store::save_head(bench.tx, context.merchant, *head, context.now);
  say_received(at, *received, *head, id, only.empty());
}

void open_at(ReturnsBench& at, OrderId order, ReturnId id) {
  auto& bench = at.bench;
  const auto found = store::find_return(bench.tx, bench.context.merchant, id);
  if (!found) throw std::logic_error("a return that exists cannot be found");
  bench.station().return_id = id;
  bench.station().line.reset();
  at.memory.by_item = false;
  bench.answer.order = order;
  const std::string awaited = awaited_words(found->lines);
  bench.answer.expected = {{"return", domain::code_of(id)}, {"awaited", awaited}};
  bench.answer.code = "return_opened";
  bench.answer.say =
      "Return " + domain::code_of(id) + " is open: " + (awaited.empty() ? "nothing is awaited any more" : awaited + " awaited") + ".";
  bench.answer.next = {"scan_item", "Scan its grade, then the item; DONE at the end."};
}

void offer_choices(ReturnsBench& at, const std::vector<store::AwaitingReturn>& returns, const std::string& why) {
  auto& bench = at.bench;
  at.memory.choices.clear();
  at.memory.chosen_sku.clear();
  bench.station().return_id.reset();
  for (const auto& one : returns) {
    at.memory.choices.push_back(one.id);
    bench.answer.expected.emplace_back(std::to_string(at.memory.choices.size()),
                                       domain::code_of(one.id) + ", order " + one.external_id + ", " + one.customer);
  }
  const auto count = returns.size();
  bench.ask_person("several_returns",
                   why + (count == 1 ? " One announced return awaits it." : " " + std::to_string(count) + " returns may be meant."),
                   {"scan_return", "Compare the papers: scan the return or its number's CHOICE card. None of them? PROBLEM."});
}

void find_case_of(ReturnsBench& at, OrderId order) {
  auto& bench = at.bench;
  bench.answer.order = order;
  at.memory.about = order;
  const auto open = store::open_returns_of_order(bench.tx, bench.context.merchant, order, kChoicesListed);
  if (open.size() == 1) return take_return_at(at, order, open.front().id);
  if (!open.empty()) return offer_choices(at, open, "This is " + bench.scanned_name + ".");
  const auto way = store::way_back_of(bench.tx, bench.context.merchant, order);
  if (!way) throw std::logic_error("an order that exists cannot be found");
  if (!way->anything_left) {
    return bench.refuse(
        "not_here",
        "This is " + bench.scanned_name + " of order " + way->external_id + ". It has not left yet: nothing of it can come back.",
        {"scan_return", "Take it to the right station, and scan a return label."});
  }
  if (way->last_return) return receive_at(at, order, *way->last_return, {});
  const auto label = carriers::label_in_scan(bench.request.barcode);
  find_parcel_at(at, label ? label->number : "", order);
}

void scan_at_returns(Bench& bench) {
  ReturnsMemory memory = parse_returns_memory(bench.station().memory);
  ReturnsBench at{bench, memory};
  const auto& facts = bench.facts;
  if (!bench.command) {
    memory.last_found.reset();
    memory.unknown.clear();
  }
  if (bench.command && bench.command->choice > 0)
    take_choice_at(at, bench.command->choice);
  else if (bench.command)
    card_at_returns(at);
  else if (facts.return_id)
    take_return_at(at, *facts.return_order, *facts.return_id);
  else if (const auto undeliverable =
               facts.parcel ? store::return_of_parcel(bench.tx, bench.context.merchant, *facts.parcel) : std::nullopt)
    take_return_at(at, *facts.parcel_order, *undeliverable);
  else if (facts.parcel)
    find_case_of(at, *facts.parcel_order);
  else if (facts.shipment)
    find_case_of(at, *facts.shipment_order);
  else if (facts.sku)
    scan_item_at_returns(at);
  else
    bench.refuse("not_here", "This is " + bench.scanned_name + ". Here return labels, tracking numbers, orders and items are scanned.",
                 {"scan_return", "Scan a return label."});
  bench.station().memory = to_json(memory);
}

void find_unknown_at_returns(Bench& bench, const std::string& text) {
  ReturnsMemory memory = parse_returns_memory(bench.station().memory);
  ReturnsBench at{bench, memory};
  memory.last_found.reset();
  const auto order = store::find_by_external_id(bench.tx, bench.context.merchant, text);
  const auto by_id = order ? std::nullopt : parse_id<OrderId>(text);
  const auto label = carriers::label_in_scan(bench.request.barcode);
  if (order || (by_id && store::way_back_of(bench.tx, bench.context.merchant, *by_id))) {
    bench.scanned_name = "order " + text;
    bench.answer.scanned = {{"kind", "order"}, {"barcode", text.substr(0, 100)}};
    find_case_of(at, order ? order->id : *by_id);
  } else if (label) {
    find_parcel_at(at, label->number, std::nullopt);
  } else {
    memory.unknown = text.substr(0, 100);
    bench.refuse("unknown_barcode", "Nobody here knows " + bench.scanned_name + ".",
                 {"scan", "Scan another barcode of it. Is there none? PROBLEM records it as a parcel that nobody announced."});
  }
  bench.station().memory = to_json(memory);
}

}  // namespace roundtrip::usecases
