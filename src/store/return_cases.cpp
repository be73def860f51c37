// Statements of the returns station's screen.
#include "store/return_cases.hpp"

namespace roundtrip::store {

std::optional<CaseHead> case_head(Queryable& db, MerchantId merchant, ReturnId id, WarehouseId warehouse) {
  const auto row = db.row<std::string, std::string, std::string, std::string>(
      "SELECT o.external_id, o.customer_name, coalesce(o.ship_to->>'country', ''), "
      "coalesce((SELECT w.address->>'country' FROM warehouses w WHERE w.merchant_id = $1 AND w.warehouse_id = $3), '') "
      "FROM returns r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "
      "WHERE r.merchant_id = $1 AND r.return_id = $2",
      merchant, id, warehouse);
  if (!row) return std::nullopt;
  return CaseHead{std::get<0>(*row), std::get<1>(*row), std::get<2>(*row), std::get<3>(*row)};
}

std::vector<CaseLine> case_lines(Queryable& db, MerchantId merchant, ReturnId id) {
  std::vector<CaseLine> out;
  for (auto& [line, sku, description, image, reason, note, disposition, acceptance, announced, received, accepted, rejected, care, waste] :
       db.rows<LineId, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t,
               std::int64_t, std::int64_t, std::int64_t, std::string, std::string>(
           "SELECT r.line_id, r.sku, coalesce(nullif(ol.description, ''), p.name, r.sku), coalesce(p.image_url, ''), r.reason, r.note, "
           "  r.disposition, r.acceptance, r.announced, r.received, r.accepted, r.rejected, coalesce(p.care::text, '{}'), "
           "  coalesce(p.special_waste, '') FROM return_lines r "
           "JOIN order_lines ol ON ol.merchant_id = r.merchant_id AND ol.order_id = r.order_id AND ol.line_id = r.line_id "
           "LEFT JOIN products p ON p.merchant_id = r.merchant_id AND p.sku = r.sku "
           "WHERE r.merchant_id = $1 AND r.return_id = $2 ORDER BY ol.position LIMIT 1000",
           merchant, id)) {
    out.push_back({line, std::move(sku), std::move(description), std::move(image), std::move(reason), std::move(note),
                   std::move(disposition), std::move(acceptance), announced, received, accepted, rejected, std::move(care),
                   std::move(waste)});
  }
  return out;
}

}  // namespace roundtrip::store
