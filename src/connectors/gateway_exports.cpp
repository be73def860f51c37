// Three gateways' columns -> one kind of row.
#include "connectors/gateway_exports.hpp"

#include <algorithm>
#include <map>

namespace roundtrip::connectors {
namespace {

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string upper_code(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// One record by the names of its columns.
class NamedRow {
 public:
  NamedRow(const std::map<std::string, std::size_t>& columns, const std::vector<std::string>& fields)
      : columns_(columns), fields_(fields) {}
  // The first of these columns that has a value.
  std::string get(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      const auto found = columns_.find(name);
      if (found != columns_.end() && found->second < fields_.size() && !fields_[found->second].empty()) return fields_[found->second];
    }
    return "";
  }

 private:
  const std::map<std::string, std::size_t>& columns_;
  const std::vector<std::string>& fields_;
};

struct KindWord {
  const char* word;
  ExportKind kind;
};

ExportKind kind_of_word(const std::vector<KindWord>& words, const std::string& word) {
  for (const auto& known : words) {
    if (word == known.word) return known.kind;
  }
  return ExportKind::other;
}

void add_references(ExportRow& row, std::initializer_list<std::string> references) {
  for (const auto& one : references) {
    if (!one.empty()) row.references.push_back(one);
  }
}

// "2026-11-20 10:00:00", "2026-11-20T10:00:00Z", "2026/11/20 10:00:00 +0000": all are read as UTC; the day is what counts.
std::optional<Instant> time_of(std::string text) {
  std::replace(text.begin(), text.end(), '/', '-');
  if (text.size() < 10) return std::nullopt;
  const std::string clock = text.size() >= 16 ? text.substr(11, 5) : "00:00";
  return parse_rfc3339(text.substr(0, 10) + "T" + clock + ":00Z");
}

std::string without_sign(std::string amount) {
  std::erase(amount, ',');
  if (amount.starts_with('-')) amount.erase(0, 1);
  return amount;
}

void add_fee(ExportRow& row, std::string amount, bool given_back) {
  std::erase(amount, ',');
  if (amount.empty()) return;
  if (given_back) amount = amount.starts_with('-') ? amount.substr(1) : "-" + amount;
  row.fees.push_back(std::move(amount));
}

ExportRow stripe_row(const NamedRow& in) {
  static const std::vector<KindWord> kWords = {{"charge", ExportKind::payment},
                                               {"payment", ExportKind::payment},
                                               {"refund", ExportKind::refund},
                                               {"payment_refund", ExportKind::refund},
                                               {"refund_failure", ExportKind::refund_returned},
                                               {"payment_failure_refund", ExportKind::refund_returned},
                                               {"dispute", ExportKind::dispute},
                                               {"dispute_reversal", ExportKind::dispute_won}};
  ExportRow row;
  row.type = folded(in.get({"reporting_category", "type"}));
  row.kind = kind_of_word(kWords, row.type);
  const std::string source = in.get({"source_id", "source"});
  if (row.kind == ExportKind::payment) {
    add_references(row, {source, in.get({"charge_id"}), in.get({"payment_intent_id"})});
  } else {
    add_references(row, {source});
  }
  row.key = in.get({"refund_metadata[refund_key]", "refund_key (metadata)"});
  row.amount = without_sign(in.get({"gross", "amount"}));
  row.currency = upper_code(in.get({"currency"}));
  row.at = time_of(in.get({"created_utc", "created (utc)", "created"}));
  row.fee_reference = in.get({"balance_transaction_id", "id"});
  add_fee(row, in.get({"fee"}), false);
  row.fee_currency = row.currency;
  return row;
}

ExportRow adyen_row(const NamedRow& in) {
  static const std::vector<KindWord> kWords = {
      {"settled", ExportKind::payment},    {"refunded", ExportKind::refund},          {"refundedreversed", ExportKind::refund_returned},
      {"chargeback", ExportKind::dispute}, {"secondchargeback", ExportKind::dispute}, {"chargebackreversed", ExportKind::dispute_won}};
  ExportRow row;
  row.type = folded(in.get({"type"}));
  row.kind = kind_of_word(kWords, row.type);
  if (row.kind == ExportKind::payment) {
    add_references(row, {in.get({"psp reference"})});
  } else {
    add_references(row, {in.get({"modification reference"})});
  }
  row.key = in.get({"modification merchant reference"});
  row.amount = without_sign(in.get({"gross debit (gc)", "gross credit (gc)"}));
  row.currency = upper_code(in.get({"gross currency"}));
  row.at = time_of(in.get({"creation date"}));
  if (!row.references.empty()) row.fee_reference = row.type + ":" + row.references.front();
  for (const char* name : {"commission (nc)", "markup (nc)", "scheme fees (nc)", "interchange (nc)"}) add_fee(row, in.get({name}), false);
  row.fee_currency = upper_code(in.get({"net currency"}));
  return row;
}

// https://developer.paypal.com/docs/reports/reference/tcodes/
ExportKind kind_of_event(const std::string& code) {
  if (code == "T1107" || code == "T1106") return ExportKind::refund;
  if (code == "T1201") return ExportKind::dispute;
  if (code == "T1202") return ExportKind::dispute_won;
  if (code == "T1108") return ExportKind::other;  // fee reversal
  return code.starts_with("T00") ? ExportKind::payment : ExportKind::other;
}

ExportRow paypal_row(const NamedRow& in) {
  ExportRow row;
  row.type = upper_code(in.get({"transaction event code"}));
  row.kind = kind_of_event(row.type);
  add_references(row, {in.get({"transaction id"})});
  row.key = in.get({"custom field"});
  row.amount = without_sign(in.get({"gross transaction amount"}));
  row.minor_units = row.amount.find('.') == std::string::npos;
  row.currency = upper_code(in.get({"gross transaction currency"}));
  row.at = time_of(in.get({"transaction initiation date", "transaction completion date"}));
  row.fee_reference = in.get({"transaction id"});
  add_fee(row, in.get({"fee amount"}), folded(in.get({"fee debit or credit"})) == "cr");
  row.fee_currency = upper_code(in.get({"fee currency"}));
  return row;
}

struct ExportFormat {
  const char* gateway;
  ExportRow (*read)(const NamedRow&);
  std::vector<std::vector<const char*>> columns;  // one of each group must be there
};
const std::vector<ExportFormat>& formats() {
  static const std::vector<ExportFormat> all = {
      {"stripe", stripe_row, {{"reporting_category", "type"}, {"source_id", "source"}, {"gross", "amount"}, {"currency"}}},
      {"adyen", adyen_row, {{"type"}, {"psp reference"}, {"modification reference"}, {"gross currency"}, {"gross debit (gc)"}}},
      {"paypal",
       paypal_row,
       {{"transaction id"}, {"transaction event code"}, {"gross transaction amount"}, {"gross transaction currency"}}},
  };
  return all;
}

// The columns by name; nothing when this record is no header of that format.
std::optional<std::map<std::string, std::size_t>> header_of(const ExportFormat& format, const std::vector<std::string>& fields) {
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < fields.size(); ++i) columns.emplace(folded(fields[i]), i);
  for (const auto& group : format.columns) {
    if (std::none_of(group.begin(), group.end(), [&](const char* name) { return columns.contains(name); })) return std::nullopt;
  }
  return columns;
}

}  // namespace

Result<std::vector<ExportFault>> read_gateway_export(const std::string& gateway, ByteSource& source,
                                                     const std::function<void(const ExportRow&)>& take) {
  const auto format = std::find_if(formats().begin(), formats().end(), [&](const auto& one) { return gateway == one.gateway; });
  if (format == formats().end())
    return Error{ErrorKind::invalid, "unknown_gateway", "We know the exports of stripe, adyen and paypal, not of '" + gateway + "'."};
  CsvReader reader(source);
  std::optional<std::map<std::string, std::size_t>> columns;
  std::vector<ExportFault> faults;
  for (auto step = reader.next(); step != CsvStep::end; step = reader.next()) {
    if (step == CsvStep::fault) {
      faults.push_back({reader.line(), reader.fault().code, reader.fault().message});
      continue;
    }
    if (!columns) {  // reports open with rows of their own before the header
      columns = header_of(*format, reader.fields());
      continue;
    }
    ExportRow row = format->read(NamedRow(*columns, reader.fields()));
    row.line = reader.line();
    if (row.kind == ExportKind::other) continue;
    if (row.references.empty() || row.amount.empty() || row.currency.size() != 3) {
      faults.push_back({row.line, "incomplete", "A row of type " + row.type + " lacks its reference, amount or currency."});
      continue;
    }
    take(row);
  }
  if (!columns) return Error{ErrorKind::invalid, "unknown_columns", "The file has no header with the columns of a " + gateway + " export."};
  if (!source.broken().empty()) faults.push_back({reader.line(), "cut_off", source.broken()});
  return faults;
}

}  // namespace roundtrip::connectors
