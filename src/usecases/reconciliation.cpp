// Row by row against payments, refunds and disputes; then our refunds of the time against the rows.
#include "usecases/reconciliation.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "clients/gateway_parts.hpp"
#include "connectors/gateway_exports.hpp"
#include "domain/disputes.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/fees.hpp"
#include "store/reconciliation.hpp"

namespace roundtrip::usecases {
namespace {

using connectors::ExportKind;
using connectors::ExportRow;

constexpr std::size_t kRowsAtOnce = 500;

const char* noun_of(ExportKind kind) {
  switch (kind) {
    case ExportKind::payment:
      return "payment";
    case ExportKind::refund:
    case ExportKind::refund_returned:
      return "refund";
    case ExportKind::dispute:
    case ExportKind::dispute_won:
      return "dispute";
    case ExportKind::other:
      break;
  }
  return "other";
}

std::optional<std::int64_t> minor_of_row(const ExportRow& row) {
  return clients::minor_of_decimal(row.amount, row.minor_units ? 0 : domain::exponent(row.currency));
}

std::string money_text(std::int64_t minor, const std::string& currency) {
  return clients::decimal_text(minor, domain::exponent(currency)) + " " + currency;
}

// What the gateway charged for the row; 0 where it does not say.
std::int64_t fee_of_row(const ExportRow& row) {
  if (row.fee_currency.size() != 3) return 0;
  std::int64_t sum = 0;
  for (const auto& fee : row.fees)
    sum = domain::add_exactly(sum, clients::minor_of_decimal(fee, row.minor_units ? 0 : domain::exponent(row.fee_currency)).value_or(0));
  return sum;
}

// What the shop has less when the gateway moved `more` than our books say.
std::int64_t lost_by(ExportKind kind, std::int64_t more) {
  return kind == ExportKind::refund || kind == ExportKind::dispute ? more : -more;
}

// What we know under one of a row's references.
struct Known {
  std::string id, currency, state;
  std::int64_t amount = 0;
  OrderId order;
};

class Comparison {
 public:
  Comparison(const Context& context, std::string gateway, Reconciliation& out)
      : context_(context), gateway_(std::move(gateway)), out_(out), session_(context.db) {}

  void compare(const std::vector<ExportRow>& rows) {
    const auto known = look_up(rows);
    std::vector<std::string> references;
    for (const auto& row : rows) references.push_back(row.references.front());
    remember_let_go(references);
    for (std::size_t i = 0; i < rows.size(); ++i) compare_row(rows[i], known[i]);
    book_fees(rows, known);
  }

  // Refunds that we settled while the export ran, and that it does not name.
  void look_for_missing() {
    if (!out_.from || !out_.to) return;
    auto missing = store::refunds_settled(session_, context_.merchant, gateway_, *out_.from, *out_.to);
    std::erase_if(missing, [&](const auto& ours) { return seen_.contains(ours.id); });
    std::vector<std::string> references;
    for (auto& ours : missing) {
      if (ours.reference.empty()) ours.reference = to_text(RefundId{ours.id});
      references.push_back(ours.reference);
    }
    remember_let_go(references);
    for (const auto& ours : missing) {
      differ({"missing_there", "refund", ours.reference, to_text(RefundId{ours.id}),
              "We paid " + money_text(ours.amount, ours.currency) + "; the export has no such refund.", 0, -ours.amount, ours.currency});
    }
  }

 private:
  void differ(MoneyDifference difference) {
    const auto found = let_go_.find({difference.what, difference.reference});
    if (difference.lost != 0 && found != let_go_.end() && found->second == std::pair(difference.lost, difference.currency)) {
      ++out_.let_go;
      return;
    }
    out_.differences.push_back(std::move(difference));
  }

  void remember_let_go(const std::vector<std::string>& references) {
    for (auto& one : store::let_go_of(session_, context_.merchant, gateway_, references))
      let_go_[{one.what, one.reference}] = {one.amount, one.currency};
  }

  void book_fees(const std::vector<ExportRow>& rows, const std::vector<std::optional<Known>>& known) {
    std::vector<store::FeeRow> fees;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::int64_t fee = fee_of_row(rows[i]);
      if (!known[i] || fee == 0 || rows[i].fee_reference.empty()) continue;
      fees.push_back({known[i]->order, gateway_, rows[i].fee_reference, fee, rows[i].fee_currency});
      out_.fees[rows[i].fee_currency] += fee;
    }
    if (fees.empty()) return;
    store::Transaction tx(context_.db);
    out_.fees_booked += store::book_fees(tx, context_.merchant, fees, context_.now);
    tx.commit();
  }

  std::vector<std::optional<Known>> look_up(const std::vector<ExportRow>& rows) {
    std::vector<store::ExportReference> asked;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (const auto& reference : rows[i].references)
        asked.push_back({static_cast<std::int64_t>(i), noun_of(rows[i].kind), reference, rows[i].key});
    }
    std::vector<std::optional<Known>> known(rows.size());
    for (const auto& found : store::known_to_us(session_, context_.merchant, gateway_, asked)) {
      auto& slot = known[static_cast<std::size_t>(found.row)];
      if (slot) continue;
      if (found.what == "refund") seen_.insert(found.id);
      const std::string id = found.what == "refund"    ? to_text(RefundId{found.id})
                             : found.what == "payment" ? to_text(PaymentId{found.id})
                                                       : to_text(DisputeId{found.id});
      slot = Known{id, found.currency, found.state, found.amount, found.order};
    }
    return known;
  }

  void compare_row(const ExportRow& row, const std::optional<Known>& known) {
    const char* what = noun_of(row.kind);
    const std::string reference = row.references.front();
    const auto amount = minor_of_row(row);
    if (!amount) return differ({"unreadable", what, reference, "", "'" + row.amount + "' is no amount in " + row.currency + ".", row.line});
    const std::string there = money_text(*amount, row.currency);
    if (!known)
      return differ({"missing_here", what, reference, "", "The gateway says " + there + "; we know of nothing.", row.line,
                     lost_by(row.kind, *amount), row.currency});
    const std::string both = "The gateway says " + there + ", we " + money_text(known->amount, known->currency) + ".";
    if (known->currency != row.currency) return differ({"other_currency", what, reference, known->id, both, row.line});
    if (known->amount != *amount)
      return differ({"other_amount", what, reference, known->id, both, row.line, lost_by(row.kind, *amount - known->amount), row.currency});
    if (const auto wanted = wrong_state(row.kind, known->state); !wanted.empty())
      return differ(
          {"other_state", what, reference, known->id, "The gateway says " + row.type + ", we " + known->state + "." + wanted, row.line});
    ++out_.agreed;
    if (row.kind != ExportKind::refund) return;
    out_.refunded_there[row.currency] += *amount;
    out_.refunded_here[row.currency] += known->amount;
  }

  // What is odd about our state; empty: it fits. A refund that was reversed stands twice in an export: paid, and returned.
  static std::string wrong_state(ExportKind kind, const std::string& state) {
    if (kind == ExportKind::refund && state != "succeeded" && state != "reversed") return " It was paid.";
    if (kind == ExportKind::refund_returned && state != "reversed" && state != "failed") return " The money came back.";
    if (kind == ExportKind::dispute_won && state != "won") return " The dispute was won.";
    return "";
  }

  const Context& context_;
  std::string gateway_;
  Reconciliation& out_;
  store::Session session_;
  std::set<std::int64_t> seen_;
  std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, std::string>> let_go_;  // by what and reference
};

void widen(Reconciliation& out, const std::optional<Instant>& at) {
  if (!at) return;
  if (!out.from || *at < *out.from) out.from = at;
  if (!out.to || *out.to < *at) out.to = at;
}

}  // namespace

Result<Reconciliation> reconcile(const Context& context, const std::string& gateway, connectors::ByteSource& file) {
  Reconciliation out;
  Comparison comparison(context, gateway, out);
  std::vector<ExportRow> batch;
  const auto faults = connectors::read_gateway_export(gateway, file, [&](const ExportRow& row) {
    ++out.rows;
    widen(out, row.at);
    batch.push_back(row);
    if (batch.size() < kRowsAtOnce) return;
    comparison.compare(batch);
    batch.clear();
  });
  if (!faults) return faults.error();
  comparison.compare(batch);
  if (out.to) out.to = *out.to + kMinute;  // exports say minutes
  comparison.look_for_missing();
  for (const auto& fault : *faults) out.differences.push_back({"unreadable", "row", "", "", fault.code + ": " + fault.detail, fault.line});
  return out;
}

Result<Reconciliation> reconcile_text(const Context& context, const std::string& gateway, std::string_view csv) {
  const auto source = connectors::from_memory(std::string(csv));
  return reconcile(context, gateway, *source);
}

Done write_off_difference(const Context& context, const WriteOff& wanted) {
  static constexpr const char* kGateways[] = {"stripe", "adyen", "paypal"};
  static constexpr const char* kNouns[] = {"payment", "refund", "dispute"};
  const auto is_in = [](const auto& words, const std::string& word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
  };
  std::vector<Fault> faults;
  if (!is_in(kGateways, wanted.gateway)) faults.push_back({"/gateway", "invalid", "is stripe, adyen or paypal"});
  if (!is_in(kNouns, wanted.what)) faults.push_back({"/what", "invalid", "is payment, refund or dispute"});
  if (wanted.reference.empty()) faults.push_back({"/reference", "required", "names what differs"});
  if (wanted.lost == 0) faults.push_back({"/lost", "invalid", "is an amount; other differences are put right, not let go"});
  if (!domain::is_currency(wanted.currency)) faults.push_back({"/currency", "invalid", "is an ISO 4217 code"});
  if (wanted.reason.empty()) faults.push_back({"/reason", "required", "says why the shop bears it"});
  if (!faults.empty())
    return Error{ErrorKind::invalid, "invalid_write_off", "The difference cannot be let go like this; see errors.", std::move(faults)};
  store::Transaction tx(context.db);
  const bool fresh = store::insert_write_off(
      tx, context.merchant,
      {wanted.gateway, wanted.what, wanted.reference, wanted.lost, wanted.currency, wanted.reason, context.actor.name}, context.now);
  if (!fresh) return Error{ErrorKind::conflict, "already_let_go", "This difference was let go before."};
  tx.commit();
  return done();
}

}  // namespace roundtrip::usecases
