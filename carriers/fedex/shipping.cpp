// FedEx Ship API v1: labels for the way out and the way back (print return label), and their cancellation.
#include "carriers/shipping.hpp"

#include <algorithm>

#include "carriers/fedex/parts.hpp"
#include "carriers/shipping_parts.hpp"

namespace roundtrip::carriers::fedex {
namespace {
bool north_america(std::string_view country) { return country == "US" || country == "PR" || country == "CA"; }

// Ground within the United States or Canada (to a home: Home Delivery), overnight within other countries, International Priority abroad.
std::string service_of(const LabelOrder& order) {
  if (!order.service.empty()) return order.service;
  const auto &from = order.from.address, &to = order.to.address;
  if (from.country != to.country) return "FEDEX_INTERNATIONAL_PRIORITY";
  if (!north_america(from.country)) return "STANDARD_OVERNIGHT";
  return from.country == "US" && to.company.empty() ? "GROUND_HOME_DELIVERY" : "FEDEX_GROUND";
}

// FedEx wants a phone number of everybody; a party without one has the other's.
Json party_json(const Party& party, const Party& other) {
  const auto& address = party.address;
  Json lines = Json::array();
  for (const auto* line : {&address.line1, &address.line2}) {
    if (const auto cut = fitted(*line, 35); !cut.empty()) lines.push_back(cut);
  }
  Json where = {{"streetLines", lines},
                {"city", fitted(address.city, 35)},
                {"countryCode", address.country},
                {"residential", address.company.empty()}};
  if (address.region.size() == 2 || address.region.size() == 3) where["stateOrProvinceCode"] = address.region;
  if (!address.postal_code.empty()) where["postalCode"] = fitted(address.postal_code, 10);
  Json contact = Json::object();
  if (!address.name.empty()) contact["personName"] = fitted(address.name, 70);
  if (!address.company.empty()) contact["companyName"] = fitted(address.company, 35);
  std::string phone = phone_digits(address);
  if (phone.empty()) phone = phone_digits(other.address);
  contact["phoneNumber"] = phone;
  if (!party.email.empty() && party.email.size() <= 80) contact["emailAddress"] = party.email;
  return {{"address", where}, {"contact", contact}};
}

Json payor_json(const CarrierAccount& account) { return {{"responsibleParty", {{"accountNumber", {{"value", account.customer}}}}}}; }

Json money_json(std::int64_t minor, const std::string& currency) {
  return {{"amount", Json::parse(amount_text(minor, currency))}, {"currency", currency}};
}

// Pounds and inches within the United States, kilograms and centimeters everywhere else: commodities must be in the package's unit.
bool in_pounds(const LabelOrder& order) { return order.from.address.country == "US" && order.to.address.country == "US"; }

Json weight_json(const LabelOrder& order, int grams) {
  const bool imperial = in_pounds(order);
  return {{"units", imperial ? "LB" : "KG"}, {"value", imperial ? pounds(grams) : kilograms(grams)}};
}

Json package_json(const LabelOrder& order) {
  const bool imperial = in_pounds(order);
  Json package = {{"groupPackageCount", 1}};
  if (order.weight_g > 0) package["weight"] = weight_json(order, order.weight_g);
  if (order.length_mm > 0 && order.width_mm > 0 && order.height_mm > 0) {
    const auto side = [&](int millimeters) { return imperial ? inches(millimeters) : centimeters(millimeters); };
    package["dimensions"] = {{"length", side(order.length_mm)},
                             {"width", side(order.width_mm)},
                             {"height", side(order.height_mm)},
                             {"units", imperial ? "IN" : "CM"}};
  }
  Json references = Json::array();
  if (!order.reference.empty())
    references.push_back({{"customerReferenceType", "CUSTOMER_REFERENCE"}, {"value", fitted(order.reference, 40)}});
  if (!order.rma.empty()) references.push_back({{"customerReferenceType", "RMA_ASSOCIATION"}, {"value", fitted(order.rma, 20)}});
  if (!references.empty()) package["customerReferences"] = references;
  if (const auto what = contents_text(order, 50); !what.empty()) package["itemDescription"] = what;
  return package;
}

Json commodity_json(const LabelOrder& order, const Content& content) {
  Json commodity = {{"description", fitted(content.description, 450)},
                    {"quantity", content.quantity},
                    {"quantityUnits", "PCS"},
                    {"numberOfPieces", 1},
                    {"unitPrice", money_json(content.value, order.currency)},
                    {"customsValue", money_json(content.value * content.quantity, order.currency)}};
  if (content.weight_g > 0) commodity["weight"] = weight_json(order, static_cast<int>(content.weight_g * content.quantity));
  if (!content.hs_code.empty()) commodity["harmonizedCode"] = plain_number(content.hs_code);
  if (!content.origin_country.empty()) commodity["countryOfManufacture"] = content.origin_country;
  return commodity;
}

// The recipient pays the duties on what was sold, the shop those on what comes back.
Json customs_json(const CarrierAccount& account, const LabelOrder& order) {
  const bool back = order.direction == Direction::back;
  Json commodities = Json::array();
  for (const auto& content : order.contents) commodities.push_back(commodity_json(order, content));
  Json duties = {{"paymentType", back ? "SENDER" : "RECIPIENT"}};
  if (back) duties["payor"] = payor_json(account);
  Json customs = {{"commercialInvoice", {{"shipmentPurpose", back ? "NOT_SOLD" : "SOLD"}}},
                  {"dutiesPayment", duties},
                  {"commodities", commodities},
                  {"isDocumentOnly", false},
                  {"totalCustomsValue", money_json(contents_value(order), order.currency)}};
  if (back) customs["customsOption"] = {{"type", "COURTESY_RETURN_LABEL"}};
  return customs;
}

Json shipment_json(const CarrierAccount& account, const LabelOrder& order) {
  const bool back = order.direction == Direction::back;
  const std::string image = order.format == "zpl" ? "ZPLII" : order.format == "png" ? "PNG" : "PDF";
  Json shipment = {
      {"shipDatestamp", day_text(order.ship_at)},
      {"shipper", party_json(order.from, order.to)},
      {"recipients", Json::array({party_json(order.to, order.from)})},
      {"pickupType", back ? "DROPOFF_AT_FEDEX_LOCATION" : "USE_SCHEDULED_PICKUP"},
      {"serviceType", service_of(order)},
      {"packagingType", "YOUR_PACKAGING"},
      {"shippingChargesPayment", {{"paymentType", "SENDER"}, {"payor", payor_json(account)}}},
      {"labelSpecification",
       {{"labelFormatType", "COMMON2D"}, {"labelStockType", image == "ZPLII" ? "STOCK_4X6" : "PAPER_4X6"}, {"imageType", image}}},
      {"rateRequestType", Json::array({"ACCOUNT"})},
      {"totalPackageCount", 1},
      {"requestedPackageLineItems", Json::array({package_json(order)})}};
  if (order.weight_g > 0) shipment["totalWeight"] = pounds(order.weight_g);  // in pounds whatever the package's unit
  if (back) {
    shipment["shipmentSpecialServices"] = {{"specialServiceTypes", Json::array({"RETURN_SHIPMENT"})},
                                           {"returnShipmentDetail", {{"returnType", "PRINT_RETURN_LABEL"}}}};
  }
  if (crosses_customs(order.from.address.country, order.to.address.country) && !order.contents.empty()) {
    shipment["customsClearanceDetail"] = customs_json(account, order);
    shipment["shippingDocumentSpecification"] = {
        {"shippingDocumentTypes", Json::array({"COMMERCIAL_INVOICE"})},
        {"commercialInvoiceDetail", {{"documentFormat", {{"docType", "PDF"}, {"stockType", "PAPER_LETTER"}}}}}};
  }
  return shipment;
}

void add_document(const Json& given, BoughtLabel& label) {
  if (label.documents.size() >= kMostLabelDocuments) return;
  const std::string kind = text(given, "contentType");
  LabelPart part = LabelPart::label;
  if (kind == "COMMERCIAL_INVOICE" || kind == "PROFORMA_INVOICE" || kind.ends_with("CERTIFICATE_OF_ORIGIN"))
    part = LabelPart::customs_form;
  else if (kind != "LABEL" && kind != "MERGED_LABEL_DOCUMENTS" && !kind.empty())
    return;
  if (auto document = label_document(part, at(given, "encodedLabel"))) {
    label.documents.push_back(std::move(*document));
    return;
  }
  const std::string url = text(given, "url"), type = text(given, "docType");
  const std::string format = type == "PNG" ? "png" : type.starts_with("ZPL") ? "zpl" : "pdf";
  if (is_link(url)) label.documents.push_back({part, format, "", url});
}

void read_price(const Json& shipment, BoughtLabel& label) {
  const auto rates = list(shipment, "completedShipmentDetail/shipmentRating/shipmentRateDetails");
  const std::string wanted = text(shipment, "completedShipmentDetail/shipmentRating/actualRateType");
  for (const Json* rate : rates) {
    if (label.price || (rates.size() > 1 && text(*rate, "rateType") != wanted)) continue;
    const std::string currency = text(*rate, "currency");
    label.price = minor_units(text(*rate, "totalNetCharge"), currency);
    if (label.price) label.price_currency = currency;
  }
}

class FedexShipping : public Shipping {
 public:
  bool returns() const override { return true; }
  bool outbound() const override { return true; }
  HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const override;
  LabelReply parse_label(const HttpOutcome& outcome) const override;
  HttpRequest void_request(const CarrierAccount& account, std::string_view void_id) const override;
  VoidReply parse_void(const HttpOutcome& outcome) const override;
  HttpRequest document_request(const CarrierAccount& account, const LabelDocument& document) const override {
    CarrierAccount known = account;
    known.base_url = base_of(account);  // the documents of the production system want its token, too
    return Shipping::document_request(known, document);
  }
};

HttpRequest request_of(const CarrierAccount& account, std::string method, std::string_view path, std::string_view about, const Json& body) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = base_of(account) + std::string(path);
  request.headers = headers_of(account, about, "en");
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}

HttpRequest FedexShipping::label_request(const CarrierAccount& account, const LabelOrder& order) const {
  const Json body = {{"labelResponseOptions", "LABEL"},
                     {"accountNumber", {{"value", account.customer}}},
                     {"requestedShipment", shipment_json(account, order)}};
  return request_of(account, "POST", "/ship/v1/shipments", "label " + order.reference, body);
}

LabelReply FedexShipping::parse_label(const HttpOutcome& outcome) const {
  const auto [call, body] = answer_of(coded_errors(), outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, {}};
  LabelReply reply;
  auto& label = reply.label;
  const auto shipments = list(body, "output/transactionShipments");
  if (shipments.empty()) return {Trouble::bad_reply, "an answer without a shipment", 0, {}};
  const Json& shipment = *shipments.front();
  label.void_id = plain_number(text(shipment, "masterTrackingNumber"));
  for (const Json* piece : list(shipment, "pieceResponses")) {
    if (label.number.empty()) label.number = plain_number(text(*piece, "trackingNumber"));
    for (const Json* given : list(*piece, "packageDocuments")) add_document(*given, label);
  }
  for (const Json* given : list(shipment, "shipmentDocuments")) add_document(*given, label);
  if (label.number.empty()) label.number = label.void_id;
  if (label.void_id.empty()) label.void_id = label.number;
  const bool printed = std::any_of(label.documents.begin(), label.documents.end(),
                                   [](const LabelDocument& given) { return given.part == LabelPart::label; });
  if (label.number.empty() || !printed) return {Trouble::bad_reply, "an answer without a number and a label", 0, {}};
  read_price(shipment, label);
  return reply;
}

HttpRequest FedexShipping::void_request(const CarrierAccount& account, std::string_view void_id) const {
  const std::string number = plain_number(void_id);
  const Json body = {
      {"accountNumber", {{"value", account.customer}}}, {"deletionControl", "DELETE_ALL_PACKAGES"}, {"trackingNumber", number}};
  return request_of(account, "PUT", "/ship/v1/shipments/cancel", "void " + number, body);
}

VoidReply FedexShipping::parse_void(const HttpOutcome& outcome) const {
  const auto [call, body] = answer_of(coded_errors(), outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, false};
  if (!has(body, "output/cancelledShipment")) return {Trouble::bad_reply, "an answer that does not say whether it is canceled", 0, false};
  if (flag(body, "output/cancelledShipment")) return {};
  std::string why = text(body, "output/message");
  for (const Json* alert : list(body, "output/alerts")) why = joined({why, text(*alert, "code"), text(*alert, "message")}, " ");
  return {Trouble::bad_request, why.empty() ? "not canceled" : why, 0, false};
}
}  // namespace

const Shipping& shipping() {
  static const FedexShipping shipping;
  return shipping;
}

}  // namespace roundtrip::carriers::fedex
