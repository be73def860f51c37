// The returns station: what nobody announced is recorded and put aside; a person decides.
#include "domain/codes.hpp"
#include "store/timeline.hpp"
#include "usecases/returns_bench.hpp"

namespace roundtrip::usecases {
namespace {
std::string said_before(const FoundView& before) {
  return " It was recorded as " + to_text(before.id) + " at " + format_rfc3339(before.found_at).substr(11, 5) + " UTC on " +
         format_date(before.found_at) + " by " + before.found_by + ".";
}

// Records it under its order, when there is one.
FoundRecorded record_at(ReturnsBench& at, FoundView found) {
  auto& bench = at.bench;
  const auto& context = bench.context;
  found.warehouse = bench.station().warehouse;
  std::optional<store::OrderHead> head;
  if (found.order) head = store::lock_order(bench.tx, context.merchant, *found.order);
  auto recorded = record_found(bench.tx, context, head ? &*head : nullptr, std::move(found));
  if (head) store::save_head(bench.tx, context.merchant, *head, context.now);
  bench.answer.effects.push_back({"found.recorded", to_text(recorded.id)});
  if (recorded.fresh) at.memory.last_found = recorded.id;
  return recorded;
}
}  // namespace

void find_parcel_at(ReturnsBench& at, const std::string& number, std::optional<OrderId> order) {
  auto& bench = at.bench;
  FoundView found;
  found.kind = domain::FoundKind::unannounced_parcel;
  found.order = order;
  found.number = number;
  const auto recorded = record_at(at, std::move(found));
  bench.station().return_id.reset();
  at.memory.choices.clear();
  at.memory.parcel = recorded.id;
  const std::string what = order ? "No return was announced for its order." : "No order, parcel or return here has that number.";
  const std::string where = recorded.fresh ? " It was recorded as " + to_text(recorded.id) + "." : said_before(recorded.before);
  bench.ask_person("unannounced_return", "This is " + bench.scanned_name + ". " + what + where,
                   {"scan_item", "Write " + to_text(recorded.id) + " on it, scan what is in it, then DONE; the desk decides."});
}

void find_item_at(ReturnsBench& at, domain::FoundKind kind, OrderId order, ReturnId id, const std::string& awaited) {
  auto& bench = at.bench;
  FoundView found;
  found.kind = kind;
  found.order = order;
  found.return_id = id;
  found.sku = *bench.facts.sku;
  found.quantity = bench.units();
  const auto recorded = record_at(at, std::move(found));
  const bool extra = kind == domain::FoundKind::extra_item;
  bench.answer.expected = {{"return", domain::code_of(id)}, {"awaited", awaited.empty() ? "nothing" : awaited}};
  bench.ask_person(extra ? "extra_item" : "not_in_return",
                   "This is " + bench.scanned_name + ". " +
                       (extra ? "More came than was announced in return " : "It was not announced in return ") + domain::code_of(id) +
                       ". Awaited: " + (awaited.empty() ? "nothing" : awaited) + ". It was recorded as " + to_text(recorded.id) + ".",
                   {"call_person", "Put it aside with that number on it; the desk decides. Scanned by mistake? UNDO."});
}

void find_content_at(ReturnsBench& at) {
  auto& bench = at.bench;
  const auto parcel = store::find_found(bench.tx, bench.context.merchant, *at.memory.parcel);
  if (!parcel || parcel->outcome != domain::FoundOutcome::none) {
    at.memory.parcel.reset();
    return bench.refuse("found_item_settled", "The parcel that was open here was settled at the desk meanwhile.",
                        {"scan_return", "Scan what stands on the parcel."});
  }
  FoundView found;
  found.kind = domain::FoundKind::wrong_item;
  found.order = parcel->order;
  found.container = parcel->id;
  found.sku = *bench.facts.sku;
  found.quantity = bench.units();
  record_at(at, std::move(found));
  bench.answer.code = "found_item_recorded";
  bench.answer.say = std::to_string(bench.units()) + " x " + *bench.facts.product_name + " lay in " + to_text(parcel->id) + ".";
  bench.answer.next = {"scan_item", "Scan the next item in it, or DONE."};
}

}  // namespace roundtrip::usecases
