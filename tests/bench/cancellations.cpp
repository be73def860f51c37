// Reading the file once more, on the client's side, and matching.
#include "bench/cancellations.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "connectors/csv.hpp"
#include "domain/cancellations.hpp"

namespace roundtrip::bench {
namespace {
using connectors::Document;
using connectors::DocumentKind;

class Matcher {
 public:
  explicit Matcher(Explained& explained) : explained_(explained) {}
  std::vector<WantedReturn> match(const std::vector<Document>& documents) {
    std::vector<const Document*> by_time;
    for (const Document& document : documents) by_time.push_back(&document);
    std::stable_sort(by_time.begin(), by_time.end(), [](const auto* a, const auto* b) { return a->at < b->at; });
    std::vector<WantedReturn> wanted;
    for (const Document* document : by_time) {
      if (document->kind == DocumentKind::order || document->kind == DocumentKind::free) remember(*document);
      if (document->kind == DocumentKind::cancel) take_back(*document, wanted);
    }
    return wanted;
  }

 private:
  struct Bought {
    const Document* order;
    std::size_t position;
    std::int64_t left;
  };
  void remember(const Document& order) {
    if (order.customer.empty()) return;
    for (std::size_t i = 0; i < order.rows.size(); ++i) {
      if (order.rows[i].goods) bought_[order.customer + "/" + order.rows[i].sku].push_back({&order, i, order.rows[i].quantity});
    }
  }
  void take_back(const Document& cancel, std::vector<WantedReturn>& wanted) {
    std::map<std::string, WantedReturn> by_order;
    for (const auto& row : cancel.rows) {
      if (!row.goods) {
        explained_.add("cancellation row of something that is not goods (postage, fees, discounts)");
        continue;
      }
      if (cancel.customer.empty()) {
        explained_.add("cancellation row without a customer");
        continue;
      }
      const std::int64_t units = -row.quantity, taken = take_units(cancel, row, by_order);
      if (taken == 0)
        explained_.add("cancellation row that matches no earlier line of the month");
      else
        explained_.add(taken == units ? "cancellation row matched: a return" : "cancellation row matched in part: a return");
    }
    for (auto& [number, one] : by_order) wanted.push_back(std::move(one));
  }
  // The program's own rule, on what this client remembers of the file.
  std::int64_t take_units(const Document& cancel, const connectors::Row& row, std::map<std::string, WantedReturn>& by_order) {
    auto& lines = bought_[cancel.customer + "/" + row.sku];
    std::vector<domain::BoughtLine> latest_first;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line)
      latest_first.push_back({line->order->rows[line->position].quantity, line->left, true});
    const auto match = domain::match_cancellation(true, true, -row.quantity, latest_first);
    for (std::size_t i = 0; i < match.taken.size(); ++i) {
      if (match.taken[i] == 0) continue;
      auto& line = lines[lines.size() - 1 - i];
      line.left -= match.taken[i];
      auto& one = by_order[line.order->number];
      one.document = cancel.number;
      one.order_number = line.order->number;
      one.units[line.position] += match.taken[i];
    }
    return match.units();
  }
  Explained& explained_;
  std::map<std::string, std::vector<Bought>> bought_;
};

}  // namespace

void Explained::add(const std::string& reason, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  counts_[reason] += count;
}

void Explained::print(const char* title) const {
  std::printf("%s\n", title);
  if (counts_.empty()) std::printf("  nothing\n");
  for (const auto& [reason, count] : counts_) std::printf("  %8lld  %s\n", static_cast<long long>(count), reason.c_str());
}

std::vector<Document> read_documents(const connectors::Mapping& mapping, const std::string& path) {
  auto source = connectors::open_file(path);
  if (!source) throw std::runtime_error(source.error().message);
  connectors::CsvReader csv(**source, mapping.delimiter);
  csv.next();
  auto reader = connectors::RowReader::make(mapping, csv.fields());
  if (!reader) throw std::runtime_error(reader.error().message);
  connectors::Grouper grouper;
  while (csv.next() == connectors::CsvStep::record) {
    auto row = reader->read(csv.line(), csv.fields(), csv.text());
    if (row) grouper.add(std::move(*row));
  }
  std::vector<Document> documents;
  while (auto group = grouper.take(true)) {
    auto document = connectors::to_document(mapping, *group);
    if (document) documents.push_back(std::move(*document));
  }
  return documents;
}

std::vector<WantedReturn> match_cancellations(const std::vector<Document>& documents, Explained& explained) {
  return Matcher(explained).match(documents);
}

}  // namespace roundtrip::bench
