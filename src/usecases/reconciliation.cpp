// Row by row against payments, refunds and disputes; then our refunds of the time against the rows.
#include "usecases/reconciliation.hpp"

#include <set>

#include "clients/gateway_parts.hpp"
#include "connectors/gateway_exports.hpp"
#include "domain/disputes.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
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

// What we know under one of a row's references.
struct Known {
  std::string id, currency, state;
  std::int64_t amount = 0;
};

class Comparison {
 public:
  Comparison(const Context& context, std::string gateway, Reconciliation& out)
      : context_(context), gateway_(std::move(gateway)), out_(out), session_(context.db) {}

  void compare(const std::vector<ExportRow>& rows) {
    const auto known = look_up(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) compare_row(rows[i], known[i]);
  }

  // Refunds that we settled while the export ran, and that it does not name.
  void look_for_missing() {
    if (!out_.from || !out_.to) return;
    for (const auto& ours : store::refunds_settled(session_, context_.merchant, gateway_, *out_.from, *out_.to)) {
      if (seen_.contains(ours.id)) continue;
      differ("missing_there", "refund", ours.reference, to_text(RefundId{ours.id}),
             "We paid " + money_text(ours.amount, ours.currency) + "; the export has no such refund.", 0);
    }
  }

 private:
  void differ(const char* kind, const char* what, const std::string& reference, const std::string& ours, const std::string& detail,
              std::int64_t line) {
    out_.differences.push_back({kind, what, reference, ours, detail, line});
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
      slot = Known{id, found.currency, found.state, found.amount};
    }
    return known;
  }

  void compare_row(const ExportRow& row, const std::optional<Known>& known) {
    const char* what = noun_of(row.kind);
    const std::string reference = row.references.front();
    const auto amount = minor_of_row(row);
    if (!amount) return differ("unreadable", what, reference, "", "'" + row.amount + "' is no amount in " + row.currency + ".", row.line);
    const std::string there = money_text(*amount, row.currency);
    if (!known) return differ("missing_here", what, reference, "", "The gateway says " + there + "; we know of nothing.", row.line);
    if (known->currency != row.currency)
      return differ("other_currency", what, reference, known->id,
                    "The gateway says " + there + ", we " + money_text(known->amount, known->currency) + ".", row.line);
    if (known->amount != *amount)
      return differ("other_amount", what, reference, known->id,
                    "The gateway says " + there + ", we " + money_text(known->amount, known->currency) + ".", row.line);
    if (const auto wanted = wrong_state(row.kind, known->state); !wanted.empty())
      return differ("other_state", what, reference, known->id, "The gateway says " + row.type + ", we " + known->state + "." + wanted,
                    row.line);
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

}  // namespace roundtrip::usecases
