// FedEx Ship v1: a label in the answer as PDF, PNG or ZPL, and its cancellation until the parcel is picked up. FedEx has no idempotency:
// the same order again is another label. Codes that its specification does not name are in its manner.
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kFedexShip = "/ship/v1/shipments", kFedexCancel = "/ship/v1/shipments/cancel";
constexpr const char* kFedexTransaction = "00000000-0000-4000-8000-000000000000";

TongueReply fedex_refusal(const char* code, const std::string& message, int status = 400) {
  return {status, {{"transactionId", kFedexTransaction}, {"errors", alone({{"code", code}, {"message", message}})}}, "", ""};
}

LabelAddress fedex_address(const OrderedJson& party) {
  LabelAddress address;
  address.name = said(party, "/contact/personName");
  address.company = said(party, "/contact/companyName");
  address.line1 = said(party, "/address/streetLines/0");
  address.line2 = said(party, "/address/streetLines/1");
  address.city = said(party, "/address/city");
  address.region = said(party, "/address/stateOrProvinceCode");
  address.postal_code = said(party, "/address/postalCode");
  address.country = said(party, "/address/countryCode");
  return address;
}

std::optional<TongueReply> fedex_fault_of(const OrderedJson& party, const std::string& who) {
  const LabelAddress address = fedex_address(party);
  const auto wanted = [&](const char* what) { return fedex_refusal((who + "." + what + ".REQUIRED").c_str(), who + ": " + what); };
  if (address.name.empty() && address.company.empty()) return wanted("CONTACTNAME");
  if (said(party, "/contact/phoneNumber").empty()) return wanted("PHONENUMBER");
  if (address.line1.empty()) return wanted("STREETLINES");
  if (address.city.empty()) return wanted("CITY");
  if (address.country.size() != 2) return wanted("COUNTRYCODE");
  const bool postal = address.country != "IE" && address.country != "HK";
  if (postal && address.postal_code.empty())
    return fedex_refusal("COUNTRY.POSTALCODE.INVALID", "Invalid postal code. Please update and try again.");
  const bool state = address.country == "US" || address.country == "CA";
  if (state && address.region.empty()) return wanted("STATEORPROVINCECODE");
  return std::nullopt;
}

bool fedex_sells(const std::string& service) {
  static constexpr std::string_view kServices[] = {"FEDEX_GROUND",
                                                   "GROUND_HOME_DELIVERY",
                                                   "STANDARD_OVERNIGHT",
                                                   "PRIORITY_OVERNIGHT",
                                                   "FIRST_OVERNIGHT",
                                                   "FEDEX_2_DAY",
                                                   "FEDEX_2_DAY_AM",
                                                   "FEDEX_EXPRESS_SAVER",
                                                   "SMART_POST",
                                                   "INTERNATIONAL_ECONOMY",
                                                   "FEDEX_PRIORITY",
                                                   "FEDEX_ECONOMY",
                                                   "FEDEX_INTERNATIONAL_PRIORITY",
                                                   "FEDEX_REGIONAL_ECONOMY"};
  return std::find(std::begin(kServices), std::end(kServices), service) != std::end(kServices);
}

std::optional<TongueReply> fedex_fault(const OrderedJson& body, const OrderedJson& shipment) {
  const std::string account = said(body, "/accountNumber/value");
  if (account.size() != 9 || account.find_first_not_of("0123456789") != std::string::npos)
    return fedex_refusal("ACCOUNTNUMBER.REGISTRATION.REQUIRED",
                         "Please enter a valid 9-digit FedEx account number or register for a new FedEx account number.");
  if (const auto response = said(body, "/labelResponseOptions"); response != "LABEL")
    return fedex_refusal("LABELRESPONSEOPTIONS.INVALID", "Only LABEL is served here.");
  if (auto fault = fedex_fault_of(shipment.value("shipper", OrderedJson::object()), "SHIPPER")) return fault;
  if (auto fault = fedex_fault_of(shipment.value("/recipients/0"_json_pointer, OrderedJson::object()), "RECIPIENT")) return fault;
  if (!fedex_sells(said(shipment, "/serviceType")))
    return fedex_refusal("SERVICETYPE.NOT.ALLOWED", "Service type not allowed. Please update and try again.");
  if (amount(shipment, "/requestedPackageLineItems/0/weight/value") <= 0)
    return fedex_refusal("PACKAGE.WEIGHT.INVALID", "Package weight is missing or invalid. Please update and try again.");
  const bool border = crosses_a_border(said(shipment, "/shipper/address/countryCode"), said(shipment, "/recipients/0/address/countryCode"));
  const bool back = said(shipment, "/shipmentSpecialServices/specialServiceTypes/0") == "RETURN_SHIPMENT";
  if (back && said(shipment, "/shipmentSpecialServices/returnShipmentDetail/returnType").empty())
    return fedex_refusal("RETURNTYPE.REQUIRED", "The return type is missing.");
  if (border && amount(shipment, "/customsClearanceDetail/totalCustomsValue/amount") <= 0)
    return fedex_refusal("CUSTOMSVALUE.REQUIRED", "The customs value is missing.");
  return std::nullopt;
}

// Twelve digits; the last is the sum weighted 3, 1, 7, modulo 11, ten counting as zero.
std::string fedex_number(std::uint64_t serial) {
  std::string digits = "79" + digits_of(serial, 9);
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += (digits[i] - '0') * ("317"[i % 3] - '0');
  return digits + static_cast<char>('0' + sum % 11 % 10);
}

OrderedJson fedex_sold(const SoldLabel& label, const std::string& image, bool customs) {
  const std::string format = image == "PNG" ? "png" : image == "ZPLII" ? "zpl" : "pdf";
  const OrderedJson paper = {
      {"contentType", "LABEL"}, {"copiesToPrint", 1}, {"docType", image}, {"encodedLabel", to_base64(label_paper(label, "FedEx", format))}};
  const OrderedJson piece = {{"masterTrackingNumber", label.number}, {"trackingNumber", label.number}, {"packageDocuments", alone(paper)}};
  OrderedJson shipment = {{"serviceType", label.sale.service},
                          {"shipDatestamp", format_date(label.sold_at)},
                          {"masterTrackingNumber", label.number},
                          {"pieceResponses", alone(piece)}};
  if (customs)
    shipment["shipmentDocuments"] =
        alone({{"contentType", "COMMERCIAL_INVOICE"}, {"docType", "PDF"}, {"encodedLabel", to_base64(customs_paper(label))}});
  const OrderedJson rate = {{"rateType", "ACCOUNT"}, {"totalNetCharge", (1080 + label.sale.weight_g / 8) / 100.0}, {"currency", "USD"}};
  shipment["completedShipmentDetail"]["shipmentRating"] = {{"actualRateType", "ACCOUNT"}, {"shipmentRateDetails", alone(rate)}};
  return shipment;
}

TongueReply fedex_sell(const OrderedJson& body, const Counter& counter) {
  const OrderedJson shipment = body.value("requestedShipment", OrderedJson::object());
  if (auto fault = fedex_fault(body, shipment)) return *fault;
  std::string image = said(shipment, "/labelSpecification/imageType");
  if (image != "PDF" && image != "PNG" && image != "ZPLII")
    return fedex_refusal("LABELIMAGETYPE.INVALID", "Label image type is missing or invalid.");
  LabelSale sale;
  sale.tongue = "fedex";
  for (const auto& one : members(shipment, "/requestedPackageLineItems/0/customerReferences")) {
    if (said(one, "/customerReferenceType") == "CUSTOMER_REFERENCE") sale.reference = said(one, "/value");
  }
  sale.service = said(shipment, "/serviceType");
  sale.account = said(body, "/accountNumber/value");
  sale.from = fedex_address(shipment.at("shipper"));
  sale.to = fedex_address(shipment.at("recipients").at(0));
  sale.back = said(shipment, "/shipmentSpecialServices/specialServiceTypes/0") == "RETURN_SHIPMENT";
  const bool pounds = said(shipment, "/requestedPackageLineItems/0/weight/units") == "LB";
  sale.weight_g = static_cast<int>(amount(shipment, "/requestedPackageLineItems/0/weight/value") * (pounds ? 453.59237 : 1000));
  const SoldLabel label = counter.book.sell(sale, fedex_number, counter.good_percent, counter.now);
  const bool customs = shipment.contains("shippingDocumentSpecification");
  return {200,
          {{"transactionId", kFedexTransaction}, {"output", {{"transactionShipments", alone(fedex_sold(label, image, customs))}}}},
          "",
          ""};
}

TongueReply fedex_cancel(const OrderedJson& body, const Counter& counter) {
  const auto label = counter.book.label("fedex", said(body, "/trackingNumber"));
  if (!label || label->sale.account != said(body, "/accountNumber/value"))
    return fedex_refusal("TRACKINGNUMBER.ENTERED.INVALID",
                         "Error with entered Tracking Number. Please verify the entered Tracking Number.");
  const bool done = !is_used(counter, *label) && counter.book.void_label(*label, counter.now);
  OrderedJson output = {{"cancelledShipment", done}, {"cancelledHistory", done}};
  if (done)
    output["successMessage"] = "Success";
  else
    output["alerts"] = alone({{"code", "SHIPMENT.CANCEL.NOTALLOWED"},
                              {"alertType", "ERROR"},
                              {"message", label->voided_at ? "The shipment was canceled before." : "The shipment is on its way."}});
  return {200, {{"transactionId", kFedexTransaction}, {"output", output}}, "", ""};
}
}  // namespace

Tongue fedex_labels_tongue() {
  return serving(
      fedex_tongue(), "ship",
      [](const TongueRequest& request) {
        return (request.method == "POST" && request.path == kFedexShip) || (request.method == "PUT" && request.path == kFedexCancel);
      },
      [](const TongueRequest& request, const Counter& counter) {
        const OrderedJson body = object_of(request.body);
        return request.method == "POST" ? fedex_sell(body, counter) : fedex_cancel(body, counter);
      });
}

}  // namespace roundtrip::demo
