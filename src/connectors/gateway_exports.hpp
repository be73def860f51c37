// Rows of the files in which gateways say what money moved: what we compare our books with.
//
// Stripe: the balance exports, of the Dashboard (id, Type, Source, Amount, Fee, Net, Currency, Created (UTC)) or of the reports API
//   (balance_transaction_id, reporting_category, source_id, gross, fee, net, currency, created_utc; charge_id and payment_intent_id when
//   they were asked for). Amounts are decimals, refunds below zero; a fee above zero was charged.
// Adyen: the settlement details report (Psp Reference, Merchant Reference, Type, Modification Reference, Gross Currency, Gross Debit (GC),
//   Gross Credit (GC), Creation Date, and for what it charged Net Currency with Commission, Markup, Scheme Fees and Interchange (NC)).
//   https://docs.adyen.com/reporting/settlement-reconciliation/transaction-level/settlement-details-report
// PayPal: the transaction detail report (TRR) with a header row (Transaction ID, Transaction Event Code, Gross Transaction Amount in minor
//   units, Gross Transaction Currency, Transaction  Debit or Credit, PayPal Reference ID, Custom Field, Transaction Initiation Date, Fee
//   Amount, Fee Currency, Fee Debit or Credit), also
//   the rows "CH"/"SB" of the settlement report around it.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "connectors/csv.hpp"

namespace roundtrip::connectors {

enum class ExportKind { payment, refund, refund_returned, dispute, dispute_won, other };

struct ExportRow {
  std::int64_t line = 0;
  ExportKind kind = ExportKind::other;
  std::string type;                     // in the gateway's words
  std::vector<std::string> references;  // what it may be called in our books, the best first
  std::string key;                      // ours, where the gateway gives it back
  std::string amount;                   // without sign; a decimal, or minor units
  bool minor_units = false;
  std::string currency;  // upper case
  std::optional<Instant> at;
  std::string fee_reference;      // what the gateway's books call this row
  std::vector<std::string> fees;  // their sum was charged; below zero: given back. As decimals, or minor units.
  std::string fee_currency;       // upper case; empty: no fees
};
struct ExportFault {
  std::int64_t line = 0;
  std::string code, detail;
};

// Calls `row` for each row with money of a kind that we book; gives what could not be read. Refused for a gateway whose exports we do not
// know, and for a file without the columns above.
Result<std::vector<ExportFault>> read_gateway_export(const std::string& gateway, ByteSource& source,
                                                     const std::function<void(const ExportRow&)>& row);

}  // namespace roundtrip::connectors
