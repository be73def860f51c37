// Which documents are new, and what they make.
#include "usecases/import_batch.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "store/cancellations.hpp"
#include "store/database.hpp"
#include "store/imports.hpp"
#include "store/notifications.hpp"
#include "store/orders.hpp"
#include "store/stock.hpp"
#include "usecases/order_plan.hpp"

namespace roundtrip::usecases {
namespace {
using connectors::Document;
using connectors::DocumentKind;
using connectors::Mapping;
using connectors::Row;
using nlohmann::json;

bool is_order(const Document& document) { return document.kind == DocumentKind::order || document.kind == DocumentKind::free; }

// Stock in the warehouse while a batch is planned: what is free, and what the batch puts in and takes out.
class Shelf {
 public:
  Shelf(std::vector<domain::StockPlace> places, BinId bin, std::string source) : bin_(bin), source_(std::move(source)) {
    for (auto& place : places) places_[place.sku].push_back(std::move(place));
  }
  // Puts in what the lines need beyond what is free.
  void fill(const std::vector<domain::NewLine>& lines) {
    std::map<std::string, std::int64_t> needed;
    for (const auto& line : lines) {
      if (line.goods) needed[line.sku] += line.quantity;
    }
    for (const auto& [sku, quantity] : needed) {
      std::int64_t available = 0;
      for (const auto& place : places_[sku]) available += place.available;
      if (quantity <= available) continue;
      put(sku, quantity - available);
      filled_[sku] += quantity - available;
    }
  }
  // Books an adjustment as far as it goes without taking what is reserved; gives what was booked.
  std::int64_t adjust(const std::string& sku, std::int64_t quantity, const std::string& document) {
    if (quantity > 0) {
      changes_.push_back({sku, bin_, "", quantity, "adjust", source_ + "/" + document});
      put(sku, quantity);
      landed_.insert(sku);
      return quantity;
    }
    std::int64_t open = -quantity;
    for (auto& place : places_[sku]) {
      const std::int64_t taken = std::min(open, place.available);
      if (taken <= 0) continue;
      place.available -= taken;
      open -= taken;
      changes_.push_back({sku, place.bin, place.lot, -taken, "adjust", source_ + "/" + document});
    }
    return quantity + open;
  }
  // Lends the places of these lines to `use` and takes them back.
  template <class Use>
  void with_places(const std::vector<domain::NewLine>& lines, Use&& use) {
    std::vector<domain::StockPlace> lent;
    std::set<std::string> skus;
    for (const auto& line : lines) {
      if (!line.goods || !skus.insert(line.sku).second) continue;
      auto& places = places_[line.sku];
      lent.insert(lent.end(), places.begin(), places.end());
      places.clear();
    }
    use(lent);
    for (auto& place : lent) places_[place.sku].push_back(std::move(place));
  }
  // Every movement of the batch; one a SKU for what the orders needed.
  std::vector<store::StockChange> changes() const {
    std::vector<store::StockChange> all;
    for (const auto& [sku, quantity] : filled_) all.push_back({sku, bin_, "", quantity, "import", source_});
    all.insert(all.end(), changes_.begin(), changes_.end());
    return all;
  }
  // SKUs that an adjustment brought in: backorders may be waiting for them.
  std::vector<std::string> landed() const { return {landed_.begin(), landed_.end()}; }

 private:
  void put(const std::string& sku, std::int64_t quantity) {
    auto& places = places_[sku];
    const auto at = std::find_if(places.begin(), places.end(), [&](const auto& place) { return place.bin == bin_ && place.lot.empty(); });
    if (at != places.end()) {
      at->available += quantity;
    } else {
      places.push_back({sku, bin_, "", quantity});
    }
  }
  std::map<std::string, std::vector<domain::StockPlace>> places_;
  BinId bin_;
  std::string source_;
  std::map<std::string, std::int64_t> filled_;
  std::vector<store::StockChange> changes_;
  std::set<std::string> landed_;
};

// One batch of documents in one transaction.
class BatchWriter {
 public:
  BatchWriter(const Context& context, const Mapping& mapping, const ImportOptions& options, std::vector<Document>& documents)
      : context_(context), mapping_(mapping), options_(options), documents_(documents), outcomes_(documents.size()), tx_(context.db) {}

  Result<WrittenBatch> write() {
    store::lock_import(tx_, context_.merchant, mapping_.name);
    const auto warehouse = store::find_warehouse(tx_, context_.merchant, options_.warehouse);
    const auto bin = warehouse ? store::first_bin(tx_, context_.merchant, warehouse->id) : std::nullopt;
    if (!warehouse || !bin) {
      return Error{ErrorKind::not_found, "no_warehouse",
                   "the merchant has no warehouse '" + options_.warehouse + "' with a bin; make one first"};
    }
    sort_out();
    make_orders();
    Shelf shelf(store::lock_stock(tx_, context_.merchant, warehouse->id, wanted_skus()), *bin, mapping_.name);
    plan(*warehouse, shelf);
    store::insert_missing_products(tx_, context_.merchant, products_, context_.now);
    store::write_stock_changes(tx_, context_.merchant, warehouse->id, shelf.changes(), context_.actor.name, context_.now);
    store::write_orders(tx_, context_.merchant, plans_);
    store::insert_documents(tx_, context_.merchant, mapping_.name, rows_, context_.now);
    store::queue_cancellation_lines(tx_, context_.merchant, mapping_.name, cancellations());
    if (options_.notify) {
      for (const auto& order : plans_) {
        store::queue_notification(tx_, context_.merchant, order.head.id, domain::Milestone::order_received, "", context_.now, context_.now);
      }
    }
    tx_.commit();
    return WrittenBatch{std::move(outcomes_), shelf.landed()};
  }

 private:
  bool is_new(std::size_t i) const { return outcomes_[i].what == DocumentOutcome::What::imported; }
  void refuse(std::size_t i, const std::string& code, const std::string& message) {
    outcomes_[i] = {DocumentOutcome::What::refused, code, message};
  }

  // Which documents are here already, which clash with something else.
  void sort_out() {
    std::vector<std::string> numbers, order_numbers;
    for (const Document& document : documents_) {
      numbers.push_back(document.number);
      if (is_order(document)) order_numbers.push_back(document.number);
    }
    std::unordered_map<std::string, std::string> known;
    for (auto& [number, hash] : store::known_documents(tx_, context_.merchant, mapping_.name, numbers)) known[number] = hash;
    std::set<std::string> taken;
    for (auto& number : store::taken_order_numbers(tx_, context_.merchant, order_numbers)) taken.insert(std::move(number));
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      const Document& document = documents_[i];
      const auto [at, first_time] = known.emplace(document.number, document.content_hash);
      if (!first_time && at->second == document.content_hash) {
        outcomes_[i].what = DocumentOutcome::What::already;
      } else if (!first_time) {
        refuse(i, "document_differs",
               "document " + document.number + " was imported with other rows before; give the new one a number of its own");
      } else if (is_order(document) && taken.contains(document.number)) {
        refuse(i, "order_exists", "there is an order " + document.number + " already that did not come from this source");
      }
    }
  }

  std::vector<std::string> cancellations() const {
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (is_new(i) && documents_[i].kind == DocumentKind::cancel) numbers.push_back(documents_[i].number);
    }
    return numbers;
  }

  // Orders that are refused stay without lines.
  void make_orders() {
    orders_.resize(documents_.size());
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!is_new(i) || !is_order(documents_[i])) continue;
      orders_[i] = connectors::to_order(mapping_, documents_[i]);
      if (const auto faults = domain::check(orders_[i]); !faults.empty()) {
        refuse(i, faults.front().code, "document " + documents_[i].number + ": " + faults.front().pointer + " " + faults.front().detail);
        orders_[i].lines.clear();
      }
    }
  }

  std::vector<std::string> wanted_skus() const {
    std::set<std::string> skus;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      const bool moves_stock = is_order(documents_[i]) || documents_[i].kind == DocumentKind::stock_adjustment;
      if (!is_new(i) || !moves_stock) continue;
      for (const Row& row : documents_[i].rows) {
        if (row.goods) skus.insert(row.sku);
      }
    }
    return {skus.begin(), skus.end()};
  }

  void plan(const store::WarehouseFacts& warehouse, Shelf& shelf) {
    std::size_t lines = 0, payments = 0, orders = 0;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!is_new(i) || !is_order(documents_[i])) continue;
      ++orders;
      lines += orders_[i].lines.size();
      payments += orders_[i].payments.size();
    }
    store::OrderNumbers numbers = store::draw_numbers(tx_, int(orders), int(lines), int(orders * 2), int(payments));
    reverse_all(numbers);
    const auto adjusted = adjustable_skus();
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!is_new(i)) continue;
      store::ImportedDocument row = row_of(documents_[i]);
      if (is_order(documents_[i])) {
        if (options_.stock_for_orders) shelf.fill(orders_[i].lines);
        remember_products(orders_[i]);
        const PlanNumbers own = deal(numbers, orders_[i]);
        shelf.with_places(orders_[i].lines, [&](auto& places) {
          plans_.push_back(plan_order(context_, orders_[i], documents_[i].content_hash, warehouse, own, places));
        });
        row.order = plans_.back().head.id;
      } else {
        row.body = body_of(documents_[i], shelf, adjusted);
      }
      rows_.push_back(std::move(row));
    }
  }

  // Numbers are dealt from the back; the first order is to get the smallest.
  static void reverse_all(store::OrderNumbers& numbers) {
    std::reverse(numbers.orders.begin(), numbers.orders.end());
    std::reverse(numbers.lines.begin(), numbers.lines.end());
    std::reverse(numbers.shipments.begin(), numbers.shipments.end());
    std::reverse(numbers.payments.begin(), numbers.payments.end());
  }
  // Takes an order's share of the numbers drawn for the batch.
  static PlanNumbers deal(store::OrderNumbers& numbers, const domain::NewOrder& order) {
    const auto take = [](auto& from, std::size_t count) {
      std::remove_reference_t<decltype(from)> taken(from.end() - static_cast<std::ptrdiff_t>(count), from.end());
      from.resize(from.size() - count);
      std::reverse(taken.begin(), taken.end());
      return taken;
    };
    return {take(numbers.orders, 1).front(), take(numbers.lines, order.lines.size()), take(numbers.shipments, 2),
            take(numbers.payments, order.payments.size())};
  }

  // SKUs that stock can be booked for: products there are, and those this batch makes.
  std::set<std::string> adjustable_skus() {
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!is_new(i) || documents_[i].kind != DocumentKind::stock_adjustment) continue;
      for (const Row& row : documents_[i].rows) wanted.push_back(row.sku);
    }
    std::set<std::string> known;
    if (!wanted.empty()) {
      for (auto& sku : store::known_skus(tx_, context_.merchant, wanted)) known.insert(std::move(sku));
    }
    for (const auto& order : orders_) {
      for (const auto& line : order.lines) {
        if (line.goods) known.insert(line.sku);
      }
    }
    return known;
  }

  void remember_products(const domain::NewOrder& order) {
    for (const auto& line : order.lines) {
      if (line.goods) products_.emplace_back(line.sku, line.description);
    }
  }

  store::ImportedDocument row_of(const Document& document) const {
    store::ImportedDocument row;
    row.number = document.number;
    row.kind = connectors::to_text(document.kind);
    row.customer = document.customer;
    row.at = document.at;
    row.rows = static_cast<int>(document.rows.size());
    row.quantity = document.quantity;
    row.value = connectors::to_text(document.value, mapping_.decimals);
    row.content_hash = document.content_hash;
    return row;
  }

  // The document's lines; of a stock adjustment also how many units were booked (`moved`).
  std::string body_of(const Document& document, Shelf& shelf, const std::set<std::string>& adjustable) const {
    json lines = json::array();
    for (const Row& row : document.rows) {
      json line = {{"sku", row.sku},
                   {"quantity", row.quantity},
                   {"unit_price", connectors::to_text(row.price, mapping_.decimals)},
                   {"goods", row.goods}};
      if (!row.description.empty()) line["description"] = row.description;
      if (document.kind == DocumentKind::stock_adjustment) {
        line["moved"] = row.goods && adjustable.contains(row.sku) ? shelf.adjust(row.sku, row.quantity, document.number) : 0;
      }
      lines.push_back(std::move(line));
    }
    return lines.dump(-1, ' ', false, json::error_handler_t::replace);
  }

  const Context& context_;
  const Mapping& mapping_;
  const ImportOptions& options_;
  std::vector<Document>& documents_;
  std::vector<DocumentOutcome> outcomes_;
  store::Transaction tx_;
  std::vector<domain::NewOrder> orders_;
  std::vector<store::PlannedOrder> plans_;
  std::vector<store::ImportedDocument> rows_;
  std::vector<std::pair<std::string, std::string>> products_;
};
}  // namespace

Result<WrittenBatch> write_batch(const Context& context, const Mapping& mapping, const ImportOptions& options,
                                 std::vector<Document>& documents) {
  return BatchWriter(context, mapping, options, documents).write();
}

}  // namespace roundtrip::usecases
