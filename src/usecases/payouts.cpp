// Makes payout files and takes their answers.
#include "usecases/payouts.hpp"

#include <algorithm>
#include <set>

#include "base/secrets.hpp"
#include "clients/gateway_parts.hpp"
#include "connectors/csv.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/payouts.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {

constexpr std::string_view kChecksum = "#checksum,";

std::string csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (const auto& field : fields) row += (row.empty() ? "" : ",") + connectors::csv_field(field);
  return row + "\n";
}

PayoutView payout_view(const store::PayoutRow& row) { return {PayoutId{row.id}, row.refunds, row.checksum, row.made_by, row.made_at}; }

// The rows before the last line; nothing when that line does not say what they are.
std::optional<std::string> checked_rows(const std::string& file) {
  std::string text;
  for (const char c : file) {
    if (c != '\r') text += c;
  }
  if (!text.ends_with('\n')) text += '\n';
  const auto at = text.rfind(kChecksum);
  if (at == std::string::npos || at == 0 || text[at - 1] != '\n') return std::nullopt;
  std::string rows = text.substr(0, at);
  const auto lines = static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n'));
  if (lines == 0 || text != with_checksum(rows, lines - 1)) return std::nullopt;
  return rows;
}

struct AnswerRow {
  std::int64_t line = 0;
  std::string refund, amount, currency, status, reference;
};

struct ReadAnswer {
  std::vector<AnswerRow> rows;
  std::vector<PayoutFault> faults;
};

ReadAnswer read_rows(const std::string& text) {
  ReadAnswer out;
  const auto source = connectors::from_memory(text);
  connectors::CsvReader reader(*source);
  for (auto step = reader.next(); step != connectors::CsvStep::end; step = reader.next()) {
    if (step == connectors::CsvStep::fault) {
      out.faults.push_back({reader.line(), "", reader.fault().code, reader.fault().message});
      continue;
    }
    const auto& fields = reader.fields();
    if (reader.line() == 1) continue;  // the header, checked before
    if (fields.size() != 6) {
      out.faults.push_back(
          {reader.line(), fields.front(), "wrong_columns", "A row has refund, amount, currency, status, reference, paid_at."});
      continue;
    }
    out.rows.push_back({reader.line(), fields[0], fields[1], fields[2], fields[3], fields[4]});
  }
  return out;
}

std::optional<PayoutFault> fault_of_row(const AnswerRow& row, const store::RefundRow& refund) {
  const auto amount = clients::minor_of_decimal(row.amount, domain::exponent(row.currency));
  if (row.currency != refund.currency)
    return PayoutFault{row.line, row.refund, "other_currency", "The refund is in " + refund.currency + "."};
  if (amount != refund.components.amount()) {
    return PayoutFault{row.line, row.refund, "other_amount",
                       "The refund is of " + clients::decimal_text(refund.components.amount(), domain::exponent(refund.currency)) + "."};
  }
  if (row.status != "paid" && row.status != "failed")
    return PayoutFault{row.line, row.refund, "unknown_status", "status is paid or failed."};
  if (row.status == "paid" && row.reference.empty())
    return PayoutFault{row.line, row.refund, "no_reference", "Say the reference of the transfer."};
  return std::nullopt;
}

void take_row(const Context& context, const AnswerRow& row, PayoutAnswer& answer) {
  const auto refuse = [&](const std::string& code, const std::string& detail) {
    answer.faults.push_back({row.line, row.refund, code, detail});
  };
  const auto id = parse_id<RefundId>(row.refund);
  std::optional<store::RefundRow> refund;
  if (id) {
    store::Session session(context.db);
    refund = store::find_refund(session, context.merchant, *id);
  }
  if (!refund) return refuse("unknown_refund", "There is no such refund.");
  if (const auto fault = fault_of_row(row, *refund)) return answer.faults.push_back(*fault);
  if (row.status == "paid" && refund->state == domain::RefundState::succeeded && refund->gateway_reference == row.reference) {
    ++answer.repeated;
    return;
  }
  if (row.status == "failed") {
    store::Session session(context.db);
    if (!store::leave_payout(session, context.merchant, *id))
      return refuse("not_waiting", "The refund is in no file that waits for an answer.");
    ++answer.failed;
    return;
  }
  const auto paid = mark_refund_paid(context, *id, row.reference);
  if (!paid) return refuse(paid.error().code, paid.error().message);
  ++answer.paid;
}

}  // namespace

std::string with_checksum(std::string rows, std::size_t count) {
  const std::string digest = sha256_hex(rows);
  return rows + std::string(kChecksum) + std::to_string(count) + "," + digest + "\n";
}

Result<PayoutView> make_payout(const Context& context) {
  store::Transaction tx(context.db);
  if (const auto made = done_before(tx, context))
    return payout_view(store::find_payout(tx, context.merchant, parse_id<PayoutId>(*made).value().value).value());
  const auto waiting = store::refunds_for_payout(tx, context.merchant, kRefundsPerPayout);
  if (waiting.empty()) return Error{ErrorKind::conflict, "nothing_to_pay_out", "No refund waits to be paid by hand."};
  const PayoutId id{store::next_payout_id(tx)};
  std::string rows = "payout,refund,order,customer,email,amount,currency,reason,requested_at\n";
  std::vector<RefundId> refunds;
  for (const auto& one : waiting) {
    refunds.push_back(one.refund);
    rows += csv_row({to_text(id), to_text(one.refund), one.order, one.customer, one.email,
                     clients::decimal_text(one.amount, domain::exponent(one.currency)), one.currency, one.reason,
                     format_rfc3339(one.requested_at)});
  }
  store::PayoutRow row{
      id.value, static_cast<int>(waiting.size()), with_checksum(rows, waiting.size()), sha256_hex(rows), context.actor.name, context.now};
  store::insert_payout(tx, context.merchant, row, refunds);
  note_done(tx, context, to_text(id));
  tx.commit();
  return payout_view(row);
}

std::vector<PayoutView> list_payouts(const Context& context, int limit) {
  store::Session session(context.db);
  std::vector<PayoutView> out;
  for (const auto& row : store::payouts_of(session, context.merchant, limit)) out.push_back(payout_view(row));
  return out;
}

Result<std::string> payout_file(const Context& context, PayoutId payout) {
  store::Session session(context.db);
  auto content = store::payout_content(session, context.merchant, payout.value);
  if (!content) return Error{ErrorKind::not_found, "payout_not_found", "There is no such payout file. Check the id (pyt_...)."};
  return *std::move(content);
}

Result<PayoutAnswer> take_payout_answer(const Context& context, const std::string& file) {
  const auto rows = checked_rows(file);
  if (!rows) {
    return Error{
        ErrorKind::invalid,
        "bad_checksum",
        "The file does not end with a line \"#checksum,rows,sha256\" that fits its rows: it was cut or changed. Nothing was taken.",
        {{"/file", "bad_checksum", "the last line does not fit the rows"}}};
  }
  if (!rows->starts_with("refund,amount,currency,status,reference,paid_at\n")) {
    return Error{ErrorKind::invalid,
                 "bad_header",
                 "The first line is not refund,amount,currency,status,reference,paid_at. Nothing was taken.",
                 {{"/file", "bad_header", "the first line is another"}}};
  }
  auto read = read_rows(*rows);
  PayoutAnswer answer;
  answer.faults = std::move(read.faults);
  std::set<std::string> seen;
  for (const auto& row : read.rows) {
    if (!seen.insert(row.refund).second) {
      answer.faults.push_back({row.line, row.refund, "twice", "The refund stands in the file before."});
      continue;
    }
    take_row(context, row, answer);
  }
  return answer;
}

}  // namespace roundtrip::usecases
