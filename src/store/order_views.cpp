// The statements behind an order's view.
#include "store/order_views.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "domain/codes.hpp"
#include "domain/tracking_silence.hpp"

namespace roundtrip::store {
namespace {

// Reads the columns of a text row one after another.
class OrderColumns {
 public:
  explicit OrderColumns(TextRow& row) : row_(row) {}
  template <class T>
  OrderColumns& operator>>(T& value) {
    value = Column<T>::read(row_.at(at_++));
    return *this;
  }
  // NULL as "".
  OrderColumns& text_or_empty(std::string& value) {
    value = Column<std::optional<std::string>>::read(row_.at(at_++)).value_or("");
    return *this;
  }

 private:
  TextRow& row_;
  std::size_t at_ = 0;
};

constexpr std::string_view kHead =
    "SELECT o.order_id, o.timeline_seq, o.external_id, o.kind, o.currency, o.service, w.name, o.status, o.placed_at, o.received_at, "
    "o.updated_at, "
    "o.hold_reason, o.held_until, o.promised_ship_at, o.promised_deliver_at, o.customer_external_id, o.customer_name, o.customer_email, "
    "o.customer_phone, o.customer_locale, o.customer_time_zone, o.customer_tier, o.ship_to, o.shipping_amount, o.shipping_tax, o.discount, "
    "o.total, "
    "o.captured, o.link_generation FROM orders o JOIN warehouses w ON w.merchant_id = o.merchant_id AND w.warehouse_id = o.warehouse_id "
    "WHERE o.merchant_id = $1 AND o.order_id = $2";
constexpr std::string_view kLines =
    "SELECT l.line_id, l.position, l.external_id, l.sku, l.description, l.goods, l.quantity, l.unit_price, l.line_discount, l.line_tax, "
    "l.price_amount, "
    "l.discount_amount, l.tax_amount, l.shipping_amount, l.canceled, l.shipped, l.delivered, l.announced, l.returned, l.released_units, "
    "l.credited, p.image_url "
    "FROM order_lines l LEFT JOIN products p ON p.merchant_id = l.merchant_id AND p.sku = l.sku "
    "WHERE l.merchant_id = $1 AND l.order_id = $2 ORDER BY l.position";
constexpr std::string_view kPayments =
    "SELECT payment_id, gateway, reference, captured, refunded, greatest(captured - refunded - charged_back, 0) FROM payments "
    "WHERE merchant_id = $1 AND order_id = $2 ORDER BY payment_id";
constexpr std::string_view kShipments =
    "SELECT s.shipment_id, s.status, s.reason, w.name, s.ship_by, s.handed_over_at FROM shipments s "
    "JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id "
    "WHERE s.merchant_id = $1 AND s.order_id = $2 ORDER BY s.shipment_id";
constexpr std::string_view kShipmentLines =
    "SELECT l.shipment_id, l.line_id, l.sku, l.quantity, l.picked, l.packed FROM shipments s "
    "JOIN shipment_lines l ON l.merchant_id = s.merchant_id AND l.shipment_id = s.shipment_id "
    "WHERE s.merchant_id = $1 AND s.order_id = $2 ORDER BY l.shipment_id, l.line_id";
constexpr std::string_view kParcels =
    "SELECT p.parcel_id, p.shipment_id, p.state, p.status, t.reason, p.carrier, p.service, p.tracking_number, p.weight_g, p.closed_at, "
    "p.handed_over_at, "
    "p.delivered_at, t.promised_at, t.last_checked_at, t.last_success_at, t.next_check_at, t.last_push_at, t.subscribed_until, "
    "coalesce(t.delayed, false), coalesce(t.stalled, "
    "false), coalesce(t.never_collected, false), t.attended_at IS NOT NULL, coalesce(t.failures, 0), t.last_error, p.account, b.state, "
    "b.error "
    "FROM parcels p LEFT JOIN trackers t ON t.merchant_id = p.merchant_id AND t.tracker_id = p.tracker_id "
    "LEFT JOIN LATERAL (SELECT z.state, z.error FROM (SELECT k.booking_id, k.state, k.error FROM bookings k WHERE k.merchant_id = $1 "
    "AND k.parcel_id = p.parcel_id OFFSET 0) z ORDER BY z.booking_id DESC LIMIT 1) b ON true "
    "WHERE p.merchant_id = $1 AND p.order_id = $2 ORDER BY p.parcel_id";
constexpr std::string_view kParcelItems =
    "SELECT i.parcel_id, i.line_id, i.sku, i.quantity FROM parcels p "
    "JOIN parcel_items i ON i.merchant_id = p.merchant_id AND i.parcel_id = p.parcel_id "
    "WHERE p.merchant_id = $1 AND p.order_id = $2 ORDER BY i.parcel_id, i.line_id";
constexpr std::string_view kReturns =
    "SELECT return_id, kind, outcome, status, decline_reason, decision, carrier, tracking_number, suggestion, created_at, "
    "label_expires_at, "
    "received_at "
    "FROM returns WHERE merchant_id = $1 AND order_id = $2 ORDER BY return_id";
constexpr std::string_view kReturnLines =
    "SELECT l.return_id, l.line_id, l.sku, l.reason, l.note, l.announced, l.received, l.accepted, l.rejected, l.reception, l.acceptance, "
    "l.disposition, l.owed "
    "FROM returns r JOIN LATERAL (SELECT x.return_id, x.line_id, x.sku, x.reason, x.note, x.announced, x.received, x.accepted, x.rejected, "
    "x.reception, x.acceptance, x.disposition, "
    "CASE WHEN x.advance_settled_at IS NULL THEN greatest(x.advanced - x.accepted, 0) ELSE 0 END AS owed FROM return_lines x WHERE "
    "x.merchant_id = $1 AND x.return_id = r.return_id OFFSET 0) l ON "
    "true "
    "WHERE r.merchant_id = $1 AND r.order_id = $2 ORDER BY l.return_id, l.line_id";
constexpr std::string_view kRefunds =
    "SELECT refund_id, return_id, payment_id, state, reason, gateway, gateway_reference, last_error, amount, price, discount, tax, "
    "shipping, fees, "
    "currency, approval_needed, requested_at, submitted_at, settled_at, destination, bonus, held, due_at, answer_due_at, disagreement FROM "
    "refunds "
    "WHERE merchant_id = $1 AND order_id = $2 ORDER BY "
    "refund_id";

domain::Address address_from(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  const auto field = [&](const char* name) {
    return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : std::string();
  };
  return {field("name"),   field("company"),     field("line1"),   field("line2"), field("city"),
          field("region"), field("postal_code"), field("country"), field("phone")};
}

void read_head(TextRow& row, domain::OrderView& view) {
  std::string status, ship_to;
  OrderColumns columns(row);
  columns >> view.id >> view.version >> view.external_id >> view.kind >> view.currency >> view.service >> view.warehouse >> status >>
      view.placed_at >> view.received_at >> view.updated_at >> view.hold_reason >> view.held_until >> view.promised_ship_at >>
      view.promised_deliver_at;
  columns.text_or_empty(view.customer.external_id)
      .text_or_empty(view.customer.name)
      .text_or_empty(view.customer.email)
      .text_or_empty(view.customer.phone);
  columns >> view.customer.locale >> view.customer.time_zone >> view.customer.tier >> ship_to >> view.shipping_amount >>
      view.shipping_tax >> view.discount >> view.total >> view.captured >> view.link_generation;
  view.status = domain::parse_order_status(status).value();
  view.ship_to = address_from(ship_to);
}

void read_lines(std::vector<TextRow>& rows, domain::OrderView& view) {
  for (TextRow& row : rows) {
    auto& line = view.lines.emplace_back();
    OrderColumns columns(row);
    columns >> line.id >> line.position >> line.external_id >> line.sku >> line.description >> line.goods >> line.quantity >>
        line.unit_price >> line.discount >> line.tax >> line.frozen.price >> line.frozen.discount >> line.frozen.tax >>
        line.frozen.shipping >> line.canceled >> line.shipped >> line.delivered >> line.announced >> line.returned >> line.released_units;
    columns >> line.credited;
    columns.text_or_empty(line.image_url);
  }
}

void read_payments(std::vector<TextRow>& rows, domain::OrderView& view) {
  for (TextRow& row : rows) {
    std::int64_t room = 0;
    auto& payment = view.payments.emplace_back();
    OrderColumns(row) >> payment.id >> payment.gateway >> payment.reference >> payment.captured >> payment.refunded >> room;
    view.refundable += room;
  }
}

void read_silence(OrderColumns& columns, domain::ParcelView& parcel) {
  domain::SilenceFacts facts;
  std::string last_error;
  columns >> facts.failures;
  columns.text_or_empty(last_error);
  if (parcel.tracking_number.empty()) return;
  facts.status = domain::parse_tracking_status(parcel.status).value_or(domain::TrackingStatus::unknown);
  facts.last_checked_at = parcel.last_checked_at;
  facts.last_success_at = parcel.last_success_at;
  facts.last_error = last_error;
  facts.stalled = parcel.stalled;
  facts.never_collected = parcel.never_collected;
  parcel.silence = domain::to_text(domain::silence_of(facts));
}

void read_shipments(std::vector<std::vector<TextRow>>& all, std::size_t first, domain::OrderView& view) {
  std::unordered_map<std::int64_t, std::size_t> shipments;
  for (TextRow& row : all[first]) {
    auto& shipment = view.shipments.emplace_back();
    OrderColumns(row) >> shipment.id >> shipment.status >> shipment.reason >> shipment.warehouse >> shipment.ship_by >>
        shipment.handed_over_at;
    shipment.code = domain::code_of(shipment.id);
    shipments[shipment.id.value] = view.shipments.size() - 1;
  }
  for (TextRow& row : all[first + 1]) {
    ShipmentId id;
    domain::ShipmentLineView line;
    OrderColumns(row) >> id >> line.line >> line.sku >> line.quantity >> line.picked >> line.packed;
    view.shipments[shipments.at(id.value)].lines.push_back(line);
  }
  std::unordered_map<std::int64_t, domain::ParcelView> parcels;
  std::vector<std::int64_t> order;
  for (TextRow& row : all[first + 2]) {
    domain::ParcelView parcel;
    OrderColumns columns(row);
    columns >> parcel.id >> parcel.shipment >> parcel.state >> parcel.status;
    columns.text_or_empty(parcel.reason).text_or_empty(parcel.carrier).text_or_empty(parcel.service).text_or_empty(parcel.tracking_number);
    columns >> parcel.weight_g >> parcel.closed_at >> parcel.handed_over_at >> parcel.delivered_at >> parcel.promised_at >>
        parcel.last_checked_at >> parcel.last_success_at >> parcel.next_check_at >> parcel.last_push_at >> parcel.subscribed_until >>
        parcel.delayed >> parcel.stalled >> parcel.never_collected >> parcel.attended;
    read_silence(columns, parcel);
    columns.text_or_empty(parcel.account).text_or_empty(parcel.label).text_or_empty(parcel.label_error);
    parcel.code = domain::code_of(parcel.id);
    order.push_back(parcel.id.value);
    parcels[parcel.id.value] = std::move(parcel);
  }
  for (TextRow& row : all[first + 3]) {
    ParcelId id;
    domain::ParcelItemView item;
    OrderColumns(row) >> id >> item.line >> item.sku >> item.quantity;
    parcels.at(id.value).items.push_back(item);
  }
  for (const auto id : order) {
    auto& parcel = parcels.at(id);
    view.shipments[shipments.at(parcel.shipment.value)].parcels.push_back(std::move(parcel));
  }
}

void read_returns(std::vector<std::vector<TextRow>>& all, std::size_t first, domain::OrderView& view) {
  std::unordered_map<std::int64_t, std::size_t> returns;
  for (TextRow& row : all[first]) {
    auto& one = view.returns.emplace_back();
    OrderColumns columns(row);
    columns >> one.id >> one.kind >> one.outcome >> one.status >> one.decline_reason >> one.decision;
    columns.text_or_empty(one.carrier).text_or_empty(one.tracking_number);
    columns >> one.suggestion >> one.created_at >> one.label_expires_at >> one.received_at;
    one.order = view.id;
    one.code = domain::code_of(one.id);
    returns[one.id.value] = view.returns.size() - 1;
  }
  for (TextRow& row : all[first + 1]) {
    ReturnId id;
    domain::ReturnLineView line;
    OrderColumns(row) >> id >> line.line >> line.sku >> line.reason >> line.note >> line.announced >> line.received >> line.accepted >>
        line.rejected >> line.reception >> line.acceptance >> line.disposition >> line.owed;
    view.returns[returns.at(id.value)].lines.push_back(std::move(line));
  }
  for (TextRow& row : all[first + 2]) {
    auto& refund = view.refunds.emplace_back();
    refund.order = view.id;
    OrderColumns(row) >> refund.id >> refund.return_id >> refund.payment >> refund.state >> refund.reason >> refund.gateway >>
        refund.gateway_reference >> refund.last_error >> refund.amount >> refund.price >> refund.discount >> refund.tax >>
        refund.shipping >> refund.fees >> refund.currency >> refund.approval_needed >> refund.requested_at >> refund.submitted_at >>
        refund.settled_at >> refund.destination >> refund.bonus >> refund.held >> refund.due_at >> refund.answer_due_at >>
        refund.disagreement;
    if (refund.state == "succeeded") view.refunded += refund.amount;
    if (refund.return_id && returns.contains(refund.return_id->value))
      view.returns[returns.at(refund.return_id->value)].refunds.push_back(refund.id);
  }
}
}  // namespace

std::optional<domain::OrderView> read_order_view(Session& session, MerchantId merchant, OrderId order) {
  std::vector<Statement> reads;
  for (const auto sql : {kHead, kLines, kPayments, kShipments, kShipmentLines, kParcels, kParcelItems, kReturns, kReturnLines, kRefunds}) {
    reads.push_back({std::string(sql), {merchant, order}});
  }
  auto all = session.read_all(reads);
  if (all[0].empty()) return std::nullopt;
  domain::OrderView view;
  read_head(all[0][0], view);
  read_lines(all[1], view);
  read_payments(all[2], view);
  read_shipments(all, 3, view);
  read_returns(all, 7, view);
  return view;
}

std::optional<std::int64_t> read_order_version(Queryable& db, MerchantId merchant, OrderId order) {
  return db.value<std::int64_t>("SELECT timeline_seq FROM orders WHERE merchant_id = $1 AND order_id = $2", merchant, order);
}

std::vector<domain::OrderSummary> list_orders(Queryable& db, MerchantId merchant, const OrderListFilter& filter) {
  const std::string columns =
      "SELECT order_id, external_id, status, customer_name, currency, total, placed_at, updated_at, hold_reason, promised_ship_at FROM "
      "orders "
      "WHERE merchant_id = $1 ";
  const Instant from = filter.cursor_at.value_or(filter.updated_after.value_or(Instant{0}));
  const std::int64_t after = filter.cursor_at ? filter.cursor_id.value : (filter.updated_after ? INT64_MAX : 0);
  std::vector<domain::OrderSummary> out;
  const auto add = [&](auto&& rows) {
    for (auto& [id, external, status, name, currency, total, placed, updated, hold, promise] : rows) {
      out.push_back({id, external, status, name, currency, total, placed, updated, hold, promise});
    }
  };
  using Rows = std::vector<std::tuple<OrderId, std::string, std::string, std::string, std::string, std::int64_t, Instant, Instant,
                                      std::optional<std::string>, std::optional<Instant>>>;
  const auto select = [&](const std::string& where, auto... args) -> Rows {
    return db.rows<OrderId, std::string, std::string, std::string, std::string, std::int64_t, Instant, Instant, std::optional<std::string>,
                   std::optional<Instant>>(columns + where, merchant, args...);
  };
  if (filter.external_id)
    add(select("AND external_id = $2 AND ($3::text IS NULL OR status = $3)", *filter.external_id, filter.status));
  else if (filter.status)
    add(select("AND status = $2 AND (updated_at, order_id) > ($3, $4) ORDER BY updated_at, order_id LIMIT $5", *filter.status, from, after,
               filter.limit));
  else
    add(select("AND (updated_at, order_id) > ($2, $3) ORDER BY updated_at, order_id LIMIT $4", from, after, filter.limit));
  return out;
}

}  // namespace roundtrip::store
