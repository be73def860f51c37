// Receipts of returns and the inspections they hold.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/inspections.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ReceiptRow {
  ReturnId return_id;
  int number = 0;  // within the return, from 1
  OrderId order;
  WarehouseId warehouse;
  std::optional<StationId> station;
  bool whole = false;
  std::string refund_key, actor;
  Instant booked_at;
  std::optional<Instant> undone_at;
  std::string undone_by;
};

// Some units of one line with one verdict.
struct InspectionRow {
  ReturnId return_id;
  int receipt = 0, part = 0;
  LineId line;
  std::string sku;
  std::int64_t fresh = 0, units = 0;  // fresh: of the units, how many this receipt received
  domain::Grade grade = domain::Grade::none;
  domain::Verdict verdict = domain::Verdict::pending;
  domain::Disposition disposition = domain::Disposition::none;
  std::optional<BinId> bin;  // where they went to stock
  std::int64_t damaged = 0;
  domain::Reception was_reception = domain::Reception::awaiting;
  domain::Acceptance was_acceptance = domain::Acceptance::pending;
  domain::Disposition was_disposition = domain::Disposition::none;
  std::string photo, note, actor;
  Instant at;
};

// Queues the receipt with its rows.
void add_receipt(Transaction& tx, MerchantId merchant, const ReceiptRow& receipt, const std::vector<InspectionRow>& rows);
// The newest receipt of a return that was not taken back.
std::optional<ReceiptRow> last_receipt(Queryable& db, MerchantId merchant, ReturnId id);
// All receipts of a return, oldest first.
std::vector<ReceiptRow> receipts_of(Queryable& db, MerchantId merchant, ReturnId id);
// Every inspection of a return, or of one of its receipts; in their order.
std::vector<InspectionRow> inspections_of(Queryable& db, MerchantId merchant, ReturnId id, std::optional<int> receipt = std::nullopt);
void mark_receipt_undone(Transaction& tx, MerchantId merchant, const ReceiptRow& receipt, const std::string& by, Instant now);

}  // namespace roundtrip::store
