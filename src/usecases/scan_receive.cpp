// The receive station: a bin, then items that go into it.
#include "store/stock.hpp"
#include "usecases/bench.hpp"

namespace roundtrip::usecases {

void scan_at_receive(Bench& bench) {
  auto& station = bench.station();
  const auto& facts = bench.facts;
  if (facts.bin) {
    station.bin = facts.bin;
    bench.answer.code = "bin_opened";
    bench.answer.say = "Goods go into bin " + facts.bin_name.value_or("") + " now.";
    bench.answer.next = {"scan_item", "Scan each item, or a QTY card and the item."};
    return;
  }
  if (!facts.sku) {
    return bench.refuse("not_here", "This is " + bench.scanned_name + ". Here bins and items are scanned.",
                        {"scan_item", "Scan an item of the delivery."});
  }
  const auto bin = station.bin ? station.bin : store::first_bin(bench.tx, bench.context.merchant, station.warehouse);
  if (!bin) return bench.refuse("no_bin", "The warehouse has no bin yet.", {"call_person", "Let the desk make one."});
  const auto level = store::book_movement(bench.tx, bench.context.merchant,
                                          {station.warehouse, *bin, *facts.sku, "", bench.units(), 0, "receive", bench.request.scan_id},
                                          bench.context.actor.name, bench.context.now);
  bench.fill_skus.push_back(*facts.sku);
  bench.answer.code = "received";
  bench.answer.say =
      std::to_string(bench.units()) + " x " + *facts.product_name + " received; " + std::to_string(level.on_hand) + " on hand there.";
  bench.answer.effects.push_back({"stock.moved", to_text(level.movement)});
  bench.answer.next = {"scan_item", "Scan the next item."};
}

}  // namespace roundtrip::usecases
