// UPS Shipping API v2409: labels for the way out and the way back (return service 9, print return label), and their void.
#include "carriers/shipping.hpp"

#include <algorithm>
#include <array>

#include "base/secrets.hpp"
#include "carriers/shipping_parts.hpp"
#include "carriers/ups/parts.hpp"

namespace roundtrip::carriers::ups {
namespace {
constexpr std::string_view kVersion = "v2409", kSubVersion = "2205";
constexpr std::string_view kPrintReturnLabel = "9";
constexpr std::string_view kCustomerPackaging = "02";
constexpr std::string_view kOurReference = "TN", kReturnNumber = "RZ";  // transaction reference, return authorization number

bool measures_in_pounds(std::string_view country) { return country == "US" || country == "PR"; }

// Ground at home, Standard to the neighbors, Saver to the rest of the world.
std::string service_of(const LabelOrder& order) {
  if (!order.service.empty()) return order.service;
  const std::string &from = order.from.address.country, &to = order.to.address.country;
  if (measures_in_pounds(from) && measures_in_pounds(to)) return "03";
  const auto north_america = [](std::string_view country) { return country == "US" || country == "CA" || country == "MX"; };
  const bool near = !crosses_customs(from, to) || (north_america(from) && north_america(to));
  return near ? "11" : "65";
}

Json address_json(const domain::Address& address) {
  Json lines = Json::array();
  for (const auto* line : {&address.line1, &address.line2}) {
    if (const auto cut = fitted(*line, 35); !cut.empty()) lines.push_back(cut);
  }
  Json out = {{"AddressLine", lines}, {"City", fitted(address.city, 30)}, {"CountryCode", address.country}};
  if (!address.region.empty() && address.region.size() <= 5) out["StateProvinceCode"] = address.region;
  std::string postal = fitted(address.postal_code, 10);
  if (postal.size() > 9) std::erase(postal, '-');
  if (!postal.empty()) out["PostalCode"] = fitted(postal, 9);
  return out;
}

Json party_json(const Party& party) {
  Json out = {{"Name", display_name(party.address, 35)},
              {"AttentionName", fitted(party.address.name.empty() ? party.address.company : party.address.name, 35)},
              {"Address", address_json(party.address)}};
  if (const auto phone = phone_digits(party.address); !phone.empty()) out["Phone"] = {{"Number", phone}};
  if (!party.email.empty() && party.email.size() <= 50) out["EMailAddress"] = party.email;
  return out;
}

// UPS takes references of a shipment within the United States at the package, all others at the shipment.
Json references_json(const LabelOrder& order) {
  Json out = Json::array();
  if (!order.reference.empty()) out.push_back({{"Code", kOurReference}, {"Value", fitted(order.reference, 35)}});
  if (!order.rma.empty()) out.push_back({{"Code", kReturnNumber}, {"Value", fitted(order.rma, 35)}});
  return out;
}

// What is not known is left out: UPS says what it cannot do without.
Json package_json(const LabelOrder& order) {
  const bool imperial = measures_in_pounds(order.from.address.country);
  std::string description = contents_text(order, 35);
  if (description.empty()) description = order.direction == Direction::back ? "Returned goods" : "Goods";
  Json out = {{"Description", description}, {"Packaging", {{"Code", kCustomerPackaging}}}};
  if (order.weight_g > 0) {
    out["PackageWeight"] = {{"UnitOfMeasurement", {{"Code", imperial ? "LBS" : "KGS"}}},
                            {"Weight", one_decimal(imperial ? pounds(order.weight_g) : kilograms(order.weight_g))}};
  }
  std::array<int, 3> sides = {order.length_mm, order.width_mm, order.height_mm};
  std::sort(sides.rbegin(), sides.rend());  // the longest is the length
  if (sides[2] > 0) {
    const auto side = [&](int millimeters) { return std::to_string(imperial ? inches(millimeters) : centimeters(millimeters)); };
    out["Dimensions"] = {{"UnitOfMeasurement", {{"Code", imperial ? "IN" : "CM"}}},
                         {"Length", side(sides[0])},
                         {"Width", side(sides[1])},
                         {"Height", side(sides[2])}};
  }
  return out;
}

// The invoice for customs: 01 on the way out, the partial invoice 05 on the way back (the only one UPS takes with a return service).
Json forms_json(const LabelOrder& order) {
  const bool back = order.direction == Direction::back;
  Json products = Json::array();
  for (const auto& content : order.contents) {
    Json product = {{"Description", Json::array({fitted(content.description, 35)})},
                    {"Unit",
                     {{"Number", std::to_string(content.quantity)},
                      {"UnitOfMeasurement", {{"Code", "PCS"}}},
                      {"Value", amount_text(content.value, order.currency)}}}};
    if (!content.hs_code.empty()) product["CommodityCode"] = plain_number(content.hs_code);
    if (!content.origin_country.empty()) product["OriginCountryCode"] = content.origin_country;
    products.push_back(product);
  }
  Json forms = {{"FormType", Json::array({back ? "05" : "01"})}, {"Product", products},
                {"InvoiceNumber", fitted(order.reference, 35)},  {"InvoiceDate", day_text(order.ship_at, false)},
                {"ReasonForExport", back ? "RETURN" : "SALE"},   {"CurrencyCode", order.currency}};
  Json sold_to = party_json(order.to);
  if (!sold_to.contains("Phone")) sold_to["Phone"] = {{"Number", phone_digits(order.from.address)}};
  if (!back) forms["Contacts"] = {{"SoldTo", sold_to}};
  return forms;
}

Json shipment_json(const CarrierAccount& account, const LabelOrder& order) {
  const bool back = order.direction == Direction::back;
  const bool domestic_us = measures_in_pounds(order.from.address.country) && measures_in_pounds(order.to.address.country);
  Json from = party_json(order.from);
  from.erase("EMailAddress");  // not of who hands the parcel over
  // The shipper is who has the account: the shop, wherever the parcel comes from.
  Json shipper = party_json(back ? order.to : order.from);
  shipper["ShipperNumber"] = account.customer;
  const Json bill = {{"AccountNumber", account.customer}};
  Json charges = Json::array({{{"Type", "01"}, {"BillShipper", bill}}});
  const bool customs = crosses_customs(order.from.address.country, order.to.address.country) && !order.contents.empty();
  if (back && customs) charges.push_back({{"Type", "02"}, {"BillShipper", bill}});  // duties on goods that come home are the shop's
  Json package = package_json(order);
  const Json references = references_json(order);
  Json shipment = {{"Shipper", shipper},
                   {"ShipTo", party_json(order.to)},
                   {"ShipFrom", from},
                   {"PaymentInformation", {{"ShipmentCharge", charges}}},
                   {"Service", {{"Code", service_of(order)}}},
                   {"ShipmentRatingOptions", {{"NegotiatedRatesIndicator", "Y"}}}};
  if (back)
    shipment["ReturnService"] = {{"Code", kPrintReturnLabel}};
  else
    shipment["ShipmentDate"] = day_text(order.ship_at, false);
  if (const auto description = contents_text(order, 50); !description.empty()) shipment["Description"] = description;
  if (customs) shipment["ShipmentServiceOptions"] = {{"InternationalForms", forms_json(order)}};
  const bool to_neighbor = order.from.address.country == "US" && (order.to.address.country == "CA" || order.to.address.country == "PR");
  if (!back && to_neighbor && contents_value(order) > 0)
    shipment["InvoiceLineTotal"] = {{"CurrencyCode", order.currency},
                                    {"MonetaryValue", amount_text(contents_value(order), order.currency)}};
  if (!references.empty()) (domestic_us ? package : shipment)["ReferenceNumber"] = references;
  shipment["Package"] = Json::array({package});
  return shipment;
}

// The account's own price, else the published one.
void read_price(const Json& results, BoughtLabel& label) {
  for (const auto path : {"NegotiatedRateCharges/TotalCharge", "ShipmentCharges/TotalCharges"}) {
    const std::string currency = text(at(results, path), "CurrencyCode");
    if (label.price) continue;
    label.price = minor_units(text(at(results, path), "MonetaryValue"), currency);
    if (label.price) label.price_currency = currency;
  }
}

void add_document(LabelPart part, const Json& holder, BoughtLabel& label) {
  if (label.documents.size() >= kMostLabelDocuments) return;
  if (auto document = label_document(part, at(holder, "GraphicImage"))) label.documents.push_back(std::move(*document));
}

// Packages and forms come as a list or, from older versions, as one object.
LabelReply label_of(const Json& results) {
  LabelReply reply;
  auto& label = reply.label;
  label.void_id = plain_number(text(results, "ShipmentIdentificationNumber"));
  for (const Json* package : list(results, "PackageResults")) {
    if (label.number.empty()) label.number = plain_number(text(*package, "TrackingNumber"));
    add_document(LabelPart::label, at(*package, "ShippingLabel"), label);
    for (const Json* form : list(*package, "Form")) add_document(LabelPart::customs_form, at(*form, "Image"), label);
  }
  for (const Json* form : list(results, "Form")) add_document(LabelPart::customs_form, at(*form, "Image"), label);
  const bool printed = std::any_of(label.documents.begin(), label.documents.end(),
                                   [](const LabelDocument& document) { return document.part == LabelPart::label; });
  if (label.void_id.empty()) label.void_id = label.number;
  if (label.number.empty() || !printed) return {Trouble::bad_reply, "an answer without a number and a label", 0, {}};
  read_price(results, label);
  return reply;
}

class UpsShipping : public Shipping {
 public:
  bool returns() const override { return true; }
  bool outbound() const override { return true; }
  HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const override;
  LabelReply parse_label(const HttpOutcome& outcome) const override;
  HttpRequest void_request(const CarrierAccount& account, std::string_view void_id) const override;
  VoidReply parse_void(const HttpOutcome& outcome) const override;
};

HttpRequest UpsShipping::label_request(const CarrierAccount& account, const LabelOrder& order) const {
  // UPS draws images and thermal labels, no PDF.
  const Json body = {{"ShipmentRequest",
                      {{"Request",
                        {{"RequestOption", "nonvalidate"},
                         {"SubVersion", kSubVersion},
                         {"TransactionReference", {{"CustomerContext", fitted(order.reference, 512)}}}}},
                       {"Shipment", shipment_json(account, order)},
                       {"LabelSpecification",
                        {{"LabelImageFormat", {{"Code", order.format == "zpl" ? "ZPL" : "PNG"}}},
                         {"LabelStockSize", {{"Height", "6"}, {"Width", "4"}}}}}}}};
  HttpRequest request;
  request.method = "POST";
  request.url = base_of(account) + "/api/shipments/" + std::string(kVersion) + "/ship";
  request.headers = headers_of(account, "label " + order.reference);
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}

LabelReply UpsShipping::parse_label(const HttpOutcome& outcome) const {
  const auto [call, body] = answer_of(coded_errors(), outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, {}};
  return label_of(at(body, "ShipmentResponse/ShipmentResults"));
}

HttpRequest UpsShipping::void_request(const CarrierAccount& account, std::string_view void_id) const {
  const std::string id = plain_number(void_id);
  HttpRequest request;
  request.method = "DELETE";
  request.url = base_of(account) + "/api/shipments/" + std::string(kVersion) + "/void/cancel/" + id;
  request.headers = headers_of(account, "void " + id);
  request.timeout_ms = account.timeout_ms;
  return request;
}

VoidReply UpsShipping::parse_void(const HttpOutcome& outcome) const {
  const auto [call, body] = answer_of(coded_errors(), outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, false};
  const Json& status = at(body, "VoidShipmentResponse/SummaryResult/Status");
  const std::string code = text(status, "Code");
  if (code == "1") return {};
  if (code.empty()) return {Trouble::bad_reply, "an answer that does not say whether it is void", 0, false};
  return {Trouble::bad_request, joined({code, text(status, "Description")}, " "), 0, false};
}
}  // namespace

const Shipping& shipping() {
  static const UpsShipping shipping;
  return shipping;
}

}  // namespace roundtrip::carriers::ups
