// Statements about receipts and inspections.
#include "store/receipts.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {
using nlohmann::json;

template <class Enum, std::size_t N>
Enum kept_word(const domain::Word<Enum> (&words)[N], const std::string& text) {
  const auto value = domain::value_of(words, text);
  if (!value) throw std::logic_error("an unknown word in the database: " + text);
  return *value;
}

#define RT_RECEIPT_COLUMNS \
  "SELECT return_id, receipt_no, order_id, warehouse_id, station_id, whole, refund_key, actor, booked_at, undone_at, undone_by "

template <class... Args>
std::vector<ReceiptRow> read_receipts(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<ReceiptRow> out;
  for (auto& [id, number, order, warehouse, station, whole, key, actor, booked, undone, by] :
       db.rows<ReturnId, int, OrderId, WarehouseId, std::optional<StationId>, bool, std::string, std::string, Instant,
               std::optional<Instant>, std::string>(sql, args...)) {
    out.push_back({id, number, order, warehouse, station, whole, std::move(key), std::move(actor), booked, undone, std::move(by)});
  }
  return out;
}

json inspection_json(const InspectionRow& row) {
  json out = {{"part", row.part},
              {"line_id", row.line.value},
              {"sku", row.sku},
              {"fresh", row.fresh},
              {"units", row.units},
              {"grade", domain::to_text(row.grade)},
              {"verdict", domain::to_text(row.verdict)},
              {"disposition", domain::to_text(row.disposition)},
              {"damaged", row.damaged},
              {"was_reception", domain::to_text(row.was_reception)},
              {"was_acceptance", domain::to_text(row.was_acceptance)},
              {"was_disposition", domain::to_text(row.was_disposition)},
              {"photo", row.photo},
              {"note", row.note}};
  if (row.bin) out["bin_id"] = row.bin->value;
  return out;
}
}  // namespace

void add_receipt(Transaction& tx, MerchantId merchant, const ReceiptRow& receipt, const std::vector<InspectionRow>& rows) {
  tx.write(
      "INSERT INTO return_receipts (merchant_id, return_id, receipt_no, order_id, warehouse_id, station_id, whole, refund_key, actor, "
      "booked_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      merchant, receipt.return_id, receipt.number, receipt.order, receipt.warehouse, receipt.station, receipt.whole, receipt.refund_key,
      receipt.actor, receipt.booked_at);
  json set = json::array();
  for (const auto& row : rows) set.push_back(inspection_json(row));
  tx.write(
      "INSERT INTO inspections (merchant_id, return_id, receipt_no, part, order_id, line_id, sku, fresh, units, grade, verdict, "
      "disposition, bin_id, damaged, was_reception, was_acceptance, was_disposition, photo, note, actor, inspected_at) "
      "SELECT $1, $2, $3, x.part, $4, x.line_id, x.sku, x.fresh, x.units, x.grade, x.verdict, x.disposition, x.bin_id, x.damaged, "
      "x.was_reception, x.was_acceptance, x.was_disposition, x.photo, x.note, $5, $6 "
      "FROM jsonb_to_recordset($7::jsonb) AS x(part int, line_id bigint, sku text, fresh bigint, units bigint, grade text, verdict text, "
      "disposition text, bin_id bigint, damaged bigint, was_reception text, was_acceptance text, was_disposition text, photo text, note "
      "text)",
      merchant, receipt.return_id, receipt.number, receipt.order, receipt.actor, receipt.booked_at,
      set.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::optional<ReceiptRow> last_receipt(Queryable& db, MerchantId merchant, ReturnId id) {
  auto rows = read_receipts(db,
                            RT_RECEIPT_COLUMNS
                            "FROM return_receipts WHERE merchant_id = $1 AND return_id = $2 AND undone_at IS NULL "
                            "ORDER BY receipt_no DESC LIMIT 1",
                            merchant, id);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<ReceiptRow> receipts_of(Queryable& db, MerchantId merchant, ReturnId id) {
  return read_receipts(
      db, RT_RECEIPT_COLUMNS "FROM return_receipts WHERE merchant_id = $1 AND return_id = $2 ORDER BY receipt_no LIMIT 1000", merchant, id);
}

std::vector<InspectionRow> inspections_of(Queryable& db, MerchantId merchant, ReturnId id, std::optional<int> receipt) {
  std::vector<InspectionRow> out;
  for (auto& [no, part, line, sku, fresh, units, grade, verdict, disposition, bin, damaged, reception, acceptance, was, photo, note, actor,
              at] :
       db.rows<int, int, LineId, std::string, std::int64_t, std::int64_t, std::string, std::string, std::string, std::optional<BinId>,
               std::int64_t, std::string, std::string, std::string, std::string, std::string, std::string, Instant>(
           "SELECT receipt_no, part, line_id, sku, fresh, units, grade, verdict, disposition, bin_id, damaged, was_reception, "
           "was_acceptance, was_disposition, photo, note, actor, inspected_at FROM inspections "
           "WHERE merchant_id = $1 AND return_id = $2 AND ($3::int IS NULL OR receipt_no = $3) ORDER BY receipt_no, part LIMIT 5000",
           merchant, id, receipt)) {
    out.push_back({id, no, part, line, std::move(sku), fresh, units, kept_word(domain::kGrades, grade),
                   kept_word(domain::kVerdicts, verdict), kept_word(domain::kDispositions, disposition), bin, damaged,
                   kept_word(domain::kReceptions, reception), kept_word(domain::kAcceptances, acceptance),
                   kept_word(domain::kDispositions, was), std::move(photo), std::move(note), std::move(actor), at});
  }
  return out;
}

void mark_receipt_undone(Transaction& tx, MerchantId merchant, const ReceiptRow& receipt, const std::string& by, Instant now) {
  tx.write("UPDATE return_receipts SET undone_at = $4, undone_by = $5 WHERE merchant_id = $1 AND return_id = $2 AND receipt_no = $3",
           merchant, receipt.return_id, receipt.number, now, by);
}

}  // namespace roundtrip::store
