// UPS Shipping v2409: a label for the way out or the way back as PNG or ZPL, and its void until the parcel is picked up. UPS has no
// idempotency: the same order again is another label. Error codes after UPS's list for Shipping and Void.
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kUpsShip = "/api/shipments/v2409/ship", kUpsVoid = "/api/shipments/v2409/void/cancel/";

TongueReply ups_refusal(const char* code, const char* message, int status = 400) {
  return {status, {{"response", {{"errors", alone({{"code", code}, {"message", message}})}}}}, "", ""};
}

bool ups_wants_state(const std::string& country) { return country == "US" || country == "CA" || country == "PR"; }

LabelAddress ups_address(const OrderedJson& shipment, const std::string& party) {
  const auto at = [&](const char* name) { return said(shipment, "/" + party + name); };
  LabelAddress address;
  address.name = at("/AttentionName");
  if (at("/Name") != address.name) address.company = at("/Name");
  const auto lines = members(shipment, "/" + party + "/Address/AddressLine");
  if (!lines.empty() && lines[0].is_string()) address.line1 = lines[0].get<std::string>();
  if (lines.size() > 1 && lines[1].is_string()) address.line2 = lines[1].get<std::string>();
  address.city = at("/Address/City");
  address.region = at("/Address/StateProvinceCode");
  address.postal_code = at("/Address/PostalCode");
  address.country = at("/Address/CountryCode");
  return address;
}

struct UpsPartyCodes {
  const char *party, *name, *line, *city, *state, *postal, *country;
};
constexpr UpsPartyCodes kUpsParties[] = {{"Shipper", "120101", "120102", "120105", "120106", "120107", "120108"},
                                         {"ShipTo", "120200", "120202", "120205", "120206", "120207", "120208"},
                                         {"ShipFrom", "120300", "120302", "120305", "120306", "120307", "120308"}};

// The code of what is missing of a party; nothing is missing: nullptr.
const char* ups_fault_of(const UpsPartyCodes& codes, const OrderedJson& shipment) {
  const LabelAddress address = ups_address(shipment, codes.party);
  if (address.name.empty() && address.company.empty()) return codes.name;
  if (address.line1.empty()) return codes.line;
  if (address.city.empty()) return codes.city;
  if (address.country.size() != 2) return codes.country;
  if (address.postal_code.empty() && address.country != "IE" && address.country != "HK") return codes.postal;
  return ups_wants_state(address.country) && address.region.empty() ? codes.state : nullptr;
}

bool ups_sells(const std::string& service) {
  static constexpr std::string_view kServices[] = {"01", "02", "03", "07", "08", "11", "12", "13", "14", "54", "59", "65", "96"};
  return std::find(std::begin(kServices), std::end(kServices), service) != std::end(kServices);
}

// What UPS says of an order that it cannot take.
std::optional<TongueReply> ups_fault(const OrderedJson& shipment, const OrderedJson& package) {
  const std::string account = said(shipment, "/Shipper/ShipperNumber");
  const bool plain = std::all_of(account.begin(), account.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  if (account.size() != 6 || !plain) return ups_refusal("120100", "Missing or invalid shipper number");
  for (const auto& party : kUpsParties) {
    if (const char* code = ups_fault_of(party, shipment))
      return ups_refusal(code, (std::string("Missing or invalid ") + party.party + " address").c_str());
  }
  if (!ups_sells(said(shipment, "/Service/Code"))) return ups_refusal("120500", "Missing or invalid Service/Code");
  if (members(shipment, "/PaymentInformation/ShipmentCharge").empty())
    return ups_refusal("120416", "A single billing option is required per shipment.");
  if (said(package, "/Packaging/Code").empty()) return ups_refusal("120600", "Missing Package/PackagingType/Code");
  if (said(package, "/PackageWeight/Weight").empty()) return ups_refusal("120608", "Package weight is required");
  if (amount(package, "/PackageWeight/Weight") <= 0) return ups_refusal("120601", "Missing or invalid package weight");
  return std::nullopt;
}

// "1Z", the account, the service, seven digits, and the digit that UPS's rule wants: letters count as (ASCII - 3) mod 10.
std::string ups_number(const std::string& account, const std::string& service, std::uint64_t serial) {
  std::string number = account + service + digits_of(serial, 7);
  std::string counted;
  for (char& c : number) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    counted += c <= '9' ? c : static_cast<char>('0' + (c - 3) % 10);
  }
  return "1Z" + number + mod10_of(counted, 1, 2);
}

OrderedJson ups_charge(const std::string& currency, std::int64_t cents) {
  return {{"CurrencyCode", currency}, {"MonetaryValue", money_text(cents)}};
}

OrderedJson ups_results(const SoldLabel& label, const std::string& format, bool customs) {
  const std::string currency = ups_wants_state(label.sale.from.country) ? "USD" : "EUR";
  const std::int64_t cents = 690 + label.sale.weight_g / 10;
  OrderedJson package = {{"TrackingNumber", label.number},
                         {"ServiceOptionsCharges", ups_charge(currency, 0)},
                         {"ShippingLabel",
                          {{"ImageFormat", {{"Code", format}, {"Description", format}}},
                           {"GraphicImage", to_base64(label_paper(label, "UPS", format == "ZPL" ? "zpl" : "png"))}}}};
  OrderedJson results = {{"ShipmentCharges",
                          {{"TransportationCharges", ups_charge(currency, cents)},
                           {"ServiceOptionsCharges", ups_charge(currency, 0)},
                           {"TotalCharges", ups_charge(currency, cents)}}},
                         {"NegotiatedRateCharges", {{"TotalCharge", ups_charge(currency, cents * 9 / 10)}}},
                         {"ShipmentIdentificationNumber", label.number},
                         {"PackageResults", alone(package)}};
  if (customs) {
    results["Form"] = {{"Code", "01"},
                       {"Description", "All Requested International Forms"},
                       {"Image", {{"ImageFormat", {{"Code", "PDF"}}}, {"GraphicImage", to_base64(customs_paper(label))}}}};
  }
  return results;
}

TongueReply ups_sell(const TongueRequest& request, const Counter& counter) {
  const OrderedJson body = object_of(request.body);
  const OrderedJson shipment = body.value("/ShipmentRequest/Shipment"_json_pointer, OrderedJson());
  if (!shipment.is_object()) return ups_refusal("10002", "The document is well formed but it is not valid");
  const auto packages = members(shipment, "/Package");
  const OrderedJson package = packages.empty() ? OrderedJson() : packages.front();
  if (auto fault = ups_fault(shipment, package)) return *fault;
  const std::string format = said(body, "/ShipmentRequest/LabelSpecification/LabelImageFormat/Code");
  if (format != "PNG" && format != "ZPL") return ups_refusal("124999", "Invalid ImageFormat code");
  LabelSale sale;
  sale.tongue = "ups";
  for (const char* pointer : {"/ReferenceNumber", "/Package/0/ReferenceNumber"}) {
    for (const auto& one : members(shipment, pointer)) {
      if (sale.reference.empty()) sale.reference = said(one, "/Value");
    }
  }
  sale.service = said(shipment, "/Service/Code");
  sale.account = said(shipment, "/Shipper/ShipperNumber");
  sale.from = ups_address(shipment, "ShipFrom");
  sale.to = ups_address(shipment, "ShipTo");
  sale.back = !said(shipment, "/ReturnService/Code").empty();
  const bool pounds = said(package, "/PackageWeight/UnitOfMeasurement/Code") == "LBS";
  sale.weight_g = static_cast<int>(amount(package, "/PackageWeight/Weight") * (pounds ? 453.59237 : 1000));
  const auto number = [&](std::uint64_t serial) { return ups_number(sale.account, sale.service, serial); };
  const SoldLabel label = counter.book.sell(sale, number, counter.good_percent, counter.now);
  const bool customs = shipment.contains("/ShipmentServiceOptions/InternationalForms"_json_pointer);
  OrderedJson response = {{"ResponseStatus", {{"Code", "1"}, {"Description", "Success"}}}};
  if (const auto context = said(body, "/ShipmentRequest/Request/TransactionReference/CustomerContext"); !context.empty())
    response["TransactionReference"] = {{"CustomerContext", context}};
  return {200, {{"ShipmentResponse", {{"Response", response}, {"ShipmentResults", ups_results(label, format, customs)}}}}, "", ""};
}

TongueReply ups_void(const std::string& id, const Counter& counter) {
  if (id.size() != 18 || !id.starts_with("1Z")) return ups_refusal("190100", "Invalid ShipmentIdentificationNumber.");
  const auto label = counter.book.label("ups", id);
  if (!label) return ups_refusal("190102", "No shipment found within the allowed void period");
  if (is_used(counter, *label)) return ups_refusal("190101", "Time for voiding has expired.");
  if (!counter.book.void_label(*label, counter.now)) return ups_refusal("190117", "The Shipment has already been voided");
  const OrderedJson done = {{"Code", "1"}, {"Description", "Voided"}};
  return {200,
          {{"VoidShipmentResponse",
            {{"Response", {{"ResponseStatus", {{"Code", "1"}, {"Description", "Success"}}}}}, {"SummaryResult", {{"Status", done}}}}}},
          "",
          ""};
}

TongueReply ups_serve(const TongueRequest& request, const Counter& counter) {
  if (!header(request.headers, "transid") || !header(request.headers, "transactionsrc")) return ups_refusal("VSS110", "Invalid request");
  return request.method == "POST" ? ups_sell(request, counter) : ups_void(request.path.substr(kUpsVoid.size()), counter);
}
}  // namespace

Tongue ups_labels_tongue() {
  return serving(
      ups_tongue(), "labels",
      [](const TongueRequest& request) {
        return (request.method == "POST" && request.path == kUpsShip) || (request.method == "DELETE" && request.path.starts_with(kUpsVoid));
      },
      ups_serve);
}

}  // namespace roundtrip::demo
