// JSON of orders, shipments, parcels, returns and refunds.
#include "http/views.hpp"

#include <nlohmann/json.hpp>

#include "domain/codes.hpp"

namespace roundtrip::http {
using json = nlohmann::ordered_json;

json money_json(std::int64_t amount, const std::string& currency) { return {{"amount", amount}, {"currency", currency}}; }
json time_json(const std::optional<Instant>& at) { return at ? json(format_rfc3339(*at)) : json(nullptr); }
json text_json(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json refund_json(const domain::RefundView& refund) {
  return {
      {"id", to_text(refund.id)},
      {"order_id", to_text(refund.order)},
      {"return_id", refund.return_id ? json(to_text(*refund.return_id)) : json(nullptr)},
      {"payment_id", to_text(refund.payment)},
      {"state", refund.state},
      {"reason", refund.reason},
      {"amount", money_json(refund.amount, refund.currency)},
      {"components",
       {{"price", refund.price}, {"discount", refund.discount}, {"tax", refund.tax}, {"shipping", refund.shipping}, {"fees", refund.fees}}},
      {"destination", refund.destination},
      {"bonus", money_json(refund.bonus, refund.currency)},
      {"held", text_json(refund.held)},
      {"gateway", refund.gateway},
      {"gateway_reference", text_json(refund.gateway_reference)},
      {"approval_needed", refund.approval_needed},
      {"last_error", text_json(refund.last_error)},
      {"requested_at", format_rfc3339(refund.requested_at)},
      {"due_at", time_json(refund.due_at)},
      {"submitted_at", time_json(refund.submitted_at)},
      {"settled_at", time_json(refund.settled_at)},
      {"answer_due_at", time_json(refund.answer_due_at)},
      {"disagreement", text_json(refund.disagreement)}};
}

json exchange_lines_json(const std::vector<domain::ExchangeLineView>& lines) {
  json out = json::array();
  for (const auto& line : lines) {
    out.push_back({{"line_id", line.line ? json(to_text(*line.line)) : json(nullptr)},
                   {"sku", line.sku},
                   {"description", line.description},
                   {"quantity", line.quantity},
                   {"unit_price", line.unit_price},
                   {"discount", line.discount},
                   {"tax", line.tax}});
  }
  return out;
}

json exchange_json(const domain::ExchangeView& exchange) {
  return {{"return_id", to_text(exchange.return_id)},
          {"order_id", to_text(exchange.order)},
          {"state", exchange.state},
          {"trigger", exchange.trigger},
          {"replacement_order_id", exchange.replacement ? json(to_text(*exchange.replacement)) : json(nullptr)},
          {"replacement_external_id", text_json(exchange.replacement_number)},
          {"lines", exchange_lines_json(exchange.lines)},
          {"total", money_json(exchange.total, exchange.currency)},
          {"credit", money_json(exchange.credit, exchange.currency)},
          {"paid", money_json(exchange.paid, exchange.currency)},
          {"let_go", money_json(exchange.let_go, exchange.currency)},
          {"owed", money_json(exchange.owed, exchange.currency)},
          {"to_pay_back", money_json(exchange.to_pay_back, exchange.currency)},
          {"reason", text_json(exchange.reason)},
          {"created_at", format_rfc3339(exchange.created_at)},
          {"updated_at", format_rfc3339(exchange.updated_at)},
          {"released_at", time_json(exchange.released_at)},
          {"ended_at", time_json(exchange.ended_at)}};
}

json claim_json(const domain::ClaimView& claim) {
  const auto id_or_null = [](const auto& id) { return id ? json(to_text(*id)) : json(nullptr); };
  json lines = json::array(), refunds = json::array();
  for (const auto& line : claim.lines)
    lines.push_back({{"line_id", to_text(line.line)}, {"sku", line.sku}, {"description", line.description}, {"quantity", line.quantity}});
  for (const auto id : claim.refunds) refunds.push_back(to_text(id));
  return {{"id", to_text(claim.id)},
          {"order_id", to_text(claim.order)},
          {"order_external_id", claim.order_number},
          {"kind", claim.kind},
          {"state", claim.state},
          {"waits_for", text_json(claim.waits_for)},
          {"wish", text_json(claim.wish)},
          {"outcome", text_json(claim.outcome)},
          {"note", claim.note},
          {"decision_note", claim.decision_note},
          {"steps", claim.steps},
          {"lines", lines},
          {"parcel_id", id_or_null(claim.parcel)},
          {"return_id", id_or_null(claim.return_id)},
          {"replacement_order_id", id_or_null(claim.replacement)},
          {"replacement_external_id", text_json(claim.replacement_number)},
          {"refunds", refunds},
          {"carrier", text_json(claim.carrier)},
          {"tracking_number", text_json(claim.tracking_number)},
          {"opened_at", format_rfc3339(claim.opened_at)},
          {"updated_at", format_rfc3339(claim.updated_at)},
          {"decided_at", time_json(claim.decided_at)},
          {"repair_by", time_json(claim.repair_by)},
          {"sent_back_at", time_json(claim.sent_back_at)},
          {"closed_at", time_json(claim.closed_at)},
          {"turned_up_at", time_json(claim.turned_up_at)}};
}

json return_json(const domain::ReturnView& one, const std::string&) {
  json lines = json::array();
  for (const auto& line : one.lines) {
    lines.push_back({{"line_id", to_text(line.line)},
                     {"sku", line.sku},
                     {"quantity", line.announced},
                     {"received", line.received},
                     {"accepted", line.accepted},
                     {"rejected", line.rejected},
                     {"reason", text_json(line.reason)},
                     {"note", text_json(line.note)},
                     {"reception", line.reception},
                     {"acceptance", line.acceptance},
                     {"disposition", line.disposition}});
  }
  json refunds = json::array();
  for (const auto id : one.refunds) refunds.push_back(to_text(id));
  json out = {{"id", to_text(one.id)},
              {"order_id", to_text(one.order)},
              {"code", one.code},
              {"kind", one.kind},
              {"outcome", one.outcome},
              {"status", one.status},
              {"decline_reason", text_json(one.decline_reason)},
              {"carrier", text_json(one.carrier)},
              {"tracking_number", text_json(one.tracking_number)},
              {"suggestion", text_json(one.suggestion)},
              {"lines", lines},
              {"refunds", refunds},
              {"created_at", format_rfc3339(one.created_at)},
              {"received_at", time_json(one.received_at)},
              {"label_expires_at", time_json(one.label_expires_at)},
              {"links",
               {{"label_pdf", "/v1/returns/" + to_text(one.id) + "/label.pdf"},
                {"label_zpl", "/v1/returns/" + to_text(one.id) + "/label.zpl"},
                {"label_png", "/v1/returns/" + to_text(one.id) + "/label.png"}}}};
  if (one.exchange) out["exchange"] = exchange_json(*one.exchange);
  return out;
}

json parcel_json(const domain::ParcelView& parcel) {
  json contents = json::array();
  for (const auto& item : parcel.items)
    contents.push_back({{"line_id", to_text(item.line)}, {"sku", item.sku}, {"quantity", item.quantity}});
  return {{"id", to_text(parcel.id)},
          {"code", parcel.code},
          {"state", parcel.state},
          {"status", parcel.status},
          {"reason", text_json(parcel.reason)},
          {"carrier", text_json(parcel.carrier)},
          {"account", text_json(parcel.account)},
          {"service", text_json(parcel.service)},
          {"tracking_number", text_json(parcel.tracking_number)},
          {"label", {{"state", parcel.label.empty() ? "own" : parcel.label}, {"error", text_json(parcel.label_error)}}},
          {"weight_g", parcel.weight_g ? json(*parcel.weight_g) : json(nullptr)},
          {"delayed", parcel.delayed},
          {"stalled", parcel.stalled},
          {"never_collected", parcel.never_collected},
          {"silence", text_json(parcel.silence)},
          {"contents", contents},
          {"label_url", "/v1/parcels/" + to_text(parcel.id) + "/label.pdf"},
          {"closed_at", time_json(parcel.closed_at)},
          {"handed_over_at", time_json(parcel.handed_over_at)},
          {"delivered_at", time_json(parcel.delivered_at)}};
}

namespace {
json line_json(const domain::LineView& line) {
  return {
      {"id", to_text(line.id)},
      {"external_id", text_json(line.external_id)},
      {"sku", line.sku},
      {"description", line.description},
      {"goods", line.goods},
      {"quantity", line.quantity},
      {"unit_price", line.unit_price},
      {"discount", line.discount},
      {"tax", line.tax},
      {"amounts",
       {{"price", line.frozen.price}, {"discount", line.frozen.discount}, {"tax", line.frozen.tax}, {"shipping", line.frozen.shipping}}},
      {"canceled", line.canceled},
      {"shipped", line.shipped},
      {"delivered", line.delivered},
      {"announced", line.announced},
      {"credited", line.credited},
      {"returned", line.returned}};
}

json shipment_json(const domain::ShipmentView& shipment) {
  json lines = json::array();
  for (const auto& line : shipment.lines) {
    lines.push_back({{"line_id", to_text(line.line)},
                     {"sku", line.sku},
                     {"quantity", line.quantity},
                     {"picked", line.picked},
                     {"packed", line.packed}});
  }
  json parcels = json::array();
  for (const auto& parcel : shipment.parcels) parcels.push_back(parcel_json(parcel));
  return {{"id", to_text(shipment.id)},
          {"code", shipment.code},
          {"status", shipment.status},
          {"reason", text_json(shipment.reason)},
          {"warehouse", shipment.warehouse},
          {"ship_by", format_rfc3339(shipment.ship_by)},
          {"handed_over_at", time_json(shipment.handed_over_at)},
          {"lines", lines},
          {"parcels", parcels}};
}

json address_json_of(const domain::Address& to) {
  return {{"name", to.name},
          {"company", text_json(to.company)},
          {"line1", to.line1},
          {"line2", text_json(to.line2)},
          {"city", to.city},
          {"region", text_json(to.region)},
          {"postal_code", to.postal_code},
          {"country", to.country},
          {"phone", text_json(to.phone)}};
}

json customer_json(const domain::Customer& customer) {
  return {{"external_id", text_json(customer.external_id)},
          {"name", customer.name},
          {"email", text_json(customer.email)},
          {"phone", text_json(customer.phone)},
          {"locale", customer.locale},
          {"time_zone", customer.time_zone},
          {"tier", customer.tier}};
}

json payments_json(const std::vector<domain::PaymentView>& payments) {
  json out = json::array();
  for (const auto& payment : payments) {
    out.push_back({{"id", to_text(payment.id)},
                   {"gateway", payment.gateway},
                   {"reference", text_json(payment.reference)},
                   {"captured", payment.captured},
                   {"refunded", payment.refunded}});
  }
  return out;
}
}  // namespace

json order_json(const domain::OrderView& order, const usecases::Links& links, MerchantId merchant, Instant now) {
  json lines = json::array(), shipments = json::array(), returns = json::array(), refunds = json::array(), claims = json::array();
  for (const auto& claim : order.claims) claims.push_back(claim_json(claim));
  for (const auto& line : order.lines) lines.push_back(line_json(line));
  for (const auto& shipment : order.shipments) shipments.push_back(shipment_json(shipment));
  for (const auto& one : order.returns) {
    json value = return_json(one, order.currency);
    json full = json::array();
    for (const auto& refund : order.refunds) {
      if (refund.return_id == one.id) full.push_back(refund_json(refund));
    }
    value["refunds"] = full;
    returns.push_back(value);
  }
  for (const auto& refund : order.refunds) refunds.push_back(refund_json(refund));
  const usecases::LinkTarget target{merchant, order.id, order.link_generation};
  return {{"id", to_text(order.id)},
          {"version", order.version},
          {"external_id", order.external_id},
          {"kind", order.kind},
          {"status", domain::to_text(order.status)},
          {"hold", order.hold_reason ? json{{"reason", *order.hold_reason}, {"until", time_json(order.held_until)}} : json(nullptr)},
          {"placed_at", format_rfc3339(order.placed_at)},
          {"received_at", format_rfc3339(order.received_at)},
          {"updated_at", format_rfc3339(order.updated_at)},
          {"currency", order.currency},
          {"service", order.service},
          {"warehouse", order.warehouse},
          {"customer", customer_json(order.customer)},
          {"ship_to", address_json_of(order.ship_to)},
          {"lines", lines},
          {"shipping", {{"amount", order.shipping_amount}, {"tax", order.shipping_tax}}},
          {"discount", order.discount},
          {"total", order.total},
          {"promise", {{"ship_by", time_json(order.promised_ship_at)}, {"deliver_by", time_json(order.promised_deliver_at)}}},
          {"payments", payments_json(order.payments)},
          {"money",
           {{"captured", money_json(order.captured, order.currency)},
            {"refunded", money_json(order.refunded, order.currency)},
            {"refundable", money_json(order.refundable, order.currency)},
            {"captured_differs", order.captured != order.total}}},
          {"shipments", shipments},
          {"returns", returns},
          {"refunds", refunds},
          {"claims", claims},
          {"links",
           {{"tracking_url", links.url(usecases::LinkKind::tracking, target, now)},
            {"return_url", links.url(usecases::LinkKind::returns, target, now)}}}};
}

}  // namespace roundtrip::http
