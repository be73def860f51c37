// DHL Parcel DE: Shipping v2 (orders, deletion, manifests) and Returns v1 (label, QR code, or both). The API key in a header and the
// portal's user by HTTP Basic; faults per shipment in `items` with their validation messages. Neither API has idempotency: the same order
// again is another shipment.
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kDhlOrders = "/parcel/de/shipping/v2/orders", kDhlManifests = "/parcel/de/shipping/v2/manifests";
constexpr std::string_view kDhlReturns = "/parcel/de/shipping/returns/v1/orders";
constexpr std::size_t kDhlMost = 30;

TongueReply dhl_problem(int status, const char* title, const std::string& detail) {
  return {status, {{"title", title}, {"status", status}, {"detail", detail}}, "", ""};
}
TongueReply dhl_malformed(const std::string& what) { return dhl_problem(400, "Bad Request", what); }

OrderedJson dhl_state(int status, const char* title, const std::string& detail = "") {
  OrderedJson state = {{"title", title}, {"status", status}, {"statusCode", status}};
  if (!detail.empty()) state["detail"] = detail;
  return state;
}

struct DhlFault {
  std::string property, message;
};

LabelAddress dhl_address(const OrderedJson& party) {
  LabelAddress address;
  address.name = said(party, "/name1");
  if (address.name.empty()) address.name = said(party, "/name");
  address.company = said(party, "/name2");
  address.line1 = said(party, "/addressStreet");
  if (const auto house = said(party, "/addressHouse"); !house.empty()) address.line1 += " " + house;
  if (const auto locker = said(party, "/lockerID"); !locker.empty()) address.line1 = "Packstation " + locker;
  if (const auto shop = said(party, "/retailID"); !shop.empty()) address.line1 = "Postfiliale " + shop;
  address.line2 = said(party, "/additionalAddressInformation1");
  if (address.line2.empty()) address.line2 = said(party, "/name3");
  address.city = said(party, "/city");
  address.region = said(party, "/state");
  address.postal_code = said(party, "/postalCode");
  address.country = two_letters(said(party, "/country"));
  return address;
}

void find_faults_of_party(const OrderedJson& shipment, const std::string& name, std::vector<DhlFault>& faults) {
  const OrderedJson party = shipment.value(name, OrderedJson::object());
  const LabelAddress address = dhl_address(party);
  const auto missing = [&](const char* member) { faults.push_back({name + "." + member, "This member is required."}); };
  if (address.name.empty()) missing("name1");
  if (address.line1.empty()) missing("addressStreet");
  if (address.city.empty()) missing("city");
  if (said(party, "/country").size() != 3) missing("country");
  const bool german = address.country == "DE";
  const bool five = address.postal_code.size() == 5 && address.postal_code.find_first_not_of("0123456789") == std::string::npos;
  if (address.postal_code.empty() ? address.country != "IE" : german && !five)
    faults.push_back({name + ".postalCode", "The postal code is missing or not valid."});
}

std::vector<DhlFault> faults_of_order(const OrderedJson& shipment, Instant now) {
  static constexpr std::string_view kProducts[] = {"V01PAK", "V53WPAK", "V54EPAK", "V62WP", "V62KP", "V66WPI"};
  std::vector<DhlFault> faults;
  const std::string product = said(shipment, "/product"), billing = said(shipment, "/billingNumber");
  if (std::find(std::begin(kProducts), std::end(kProducts), product) == std::end(kProducts))
    faults.push_back({"product", "Please enter a valid product."});
  else if (billing.size() != 14 || billing.substr(10, 2) != product.substr(1, 2))
    faults.push_back({"billingNumber", "The billing number is not valid for this product."});
  if (const auto reference = said(shipment, "/refNo"); !reference.empty() && (reference.size() < 8 || reference.size() > 35))
    faults.push_back({"refNo", "The reference must have 8 to 35 characters."});
  if (const auto day = said(shipment, "/shipDate"); !day.empty() && day < format_date(now))
    faults.push_back({"shipDate", "The date of the shipment must not be in the past."});
  find_faults_of_party(shipment, "shipper", faults);
  find_faults_of_party(shipment, "consignee", faults);
  const bool grams = said(shipment, "/details/weight/uom") == "g";
  const double weight = amount(shipment, "/details/weight/value") / (grams ? 1000 : 1);
  if (weight <= 0) faults.push_back({"details.weight", "The weight is missing."});
  const auto country = [&](const char* pointer) { return two_letters(said(shipment, pointer)); };
  if (crosses_a_border(country("/shipper/country"), country("/consignee/country")) && !shipment.contains("customs"))
    faults.push_back({"customs", "Customs details are required for this destination."});
  if (weight > 31.5) faults.push_back({"details.weight", "The weight is too high."});
  return faults;
}

// "00", the SSCC of DHL's company prefix, and its check digit.
std::string dhl_number(std::uint64_t serial) {
  const std::string digits = "00340434" + digits_of(serial, 11);
  return digits + mod10_of(digits, 3, 1);
}

SoldLabel dhl_sell(LabelSale sale, const Counter& counter) {
  sale.tongue = "dhl";
  return counter.book.sell(sale, dhl_number, counter.good_percent, counter.now);
}

OrderedJson dhl_order(const OrderedJson& shipment, const std::string& format, const Counter& counter) {
  const auto faults = faults_of_order(shipment, counter.now);
  if (!faults.empty()) {
    OrderedJson item = {{"sstatus", dhl_state(400, "Bad Request", "The shipment could not be created.")},
                        {"validationMessages", OrderedJson::array()}};
    for (const auto& fault : faults)
      item["validationMessages"].push_back(
          {{"property", fault.property}, {"validationMessage", fault.message}, {"validationState", "Error"}});
    return item;
  }
  LabelSale sale;
  sale.reference = said(shipment, "/refNo");
  sale.service = said(shipment, "/product");
  sale.account = said(shipment, "/billingNumber");
  sale.from = dhl_address(shipment.at("shipper"));
  sale.to = dhl_address(shipment.at("consignee"));
  const bool grams = said(shipment, "/details/weight/uom") == "g";
  sale.weight_g = static_cast<int>(amount(shipment, "/details/weight/value") * (grams ? 1 : 1000));
  const SoldLabel label = dhl_sell(sale, counter);
  OrderedJson item = {{"shipmentNo", label.number}, {"sstatus", dhl_state(200, "OK")}};
  if (!sale.reference.empty()) item["shipmentRefNo"] = sale.reference;
  item["routingCode"] = "40327" + sale.to.postal_code + "+99000943042250";
  if (format == "ZPL2")
    item["label"] = {{"zpl2", label_paper(label, "DHL Paket", "zpl")}, {"fileFormat", "ZPL2"}};
  else
    item["label"] = {{"b64", to_base64(label_paper(label, "DHL Paket", "pdf"))}, {"fileFormat", "PDF"}, {"printFormat", "A4"}};
  if (shipment.contains("customs")) item["customsDoc"] = {{"b64", to_base64(customs_paper(label))}, {"fileFormat", "PDF"}};
  return item;
}

// One item: its state is the call's; several: 207.
TongueReply dhl_items(const OrderedJson& items, const char* done) {
  bool all = true;
  for (const auto& item : items) all = all && amount(item, "/sstatus/status") < 400;
  const int status = items.size() == 1 ? (all ? 200 : 400) : 207;
  return {status, {{"status", dhl_state(status, all ? "OK" : "Bad Request", done)}, {"items", items}}, "", ""};
}

TongueReply dhl_orders(const TongueRequest& request, const Counter& counter) {
  const OrderedJson body = object_of(request.body);
  const auto shipments = members(body, "/shipments");
  if (said(body, "/profile").empty() || shipments.empty() || shipments.size() > kDhlMost)
    return dhl_malformed("profile and 1 to 30 shipments are required");
  const std::string format = query_value(request, "docFormat");
  if (!format.empty() && format != "PDF" && format != "ZPL2") return dhl_malformed("docFormat is PDF or ZPL2");
  OrderedJson items = OrderedJson::array();
  for (const auto& shipment : shipments) {
    const OrderedJson order = shipment.is_object() ? shipment : OrderedJson::object();
    items.push_back(dhl_order(order, format, counter));
  }
  return dhl_items(items, "");
}

// A shipment that is not there, was deleted, closed out or handed over cannot be deleted.
TongueReply dhl_delete(const TongueRequest& request, const Counter& counter) {
  OrderedJson items = OrderedJson::array();
  for (const auto& [name, number] : request.query) {
    if (name != "shipment") continue;
    const auto label = counter.book.label("dhl", number);
    const bool open = label && label->manifest.empty() && !label->sale.back && !is_used(counter, *label);
    const bool done = open && counter.book.void_label(*label, counter.now);
    const std::string why = !label || label->voided_at ? "Unknown shipment number." : "The shipment is closed and cannot be deleted.";
    items.push_back({{"shipmentNo", number}, {"sstatus", done ? dhl_state(200, "OK") : dhl_state(400, "Bad Request", why)}});
  }
  if (query_value(request, "profile").empty() || items.empty() || items.size() > kDhlMost)
    return dhl_malformed("profile and 1 to 30 shipments are required");
  return dhl_items(items, "");
}

// To close what is closed is a warning.
TongueReply dhl_close(const TongueRequest& request, const Counter& counter) {
  const OrderedJson body = object_of(request.body);
  const auto numbers = members(body, "/shipmentNumbers");
  if (said(body, "/profile").empty() || numbers.empty() || numbers.size() > kDhlMost)
    return dhl_malformed("profile and 1 to 30 shipments are required");
  const std::string manifest = "dhl " + format_date(counter.now);
  OrderedJson items = OrderedJson::array();
  for (const auto& one : numbers) {
    const std::string number = one.is_string() ? one.get<std::string>() : "";
    const auto label = counter.book.label("dhl", number);
    OrderedJson item = {{"shipmentNo", number}};
    if (!label || label->voided_at || label->sale.back) {
      item["sstatus"] = dhl_state(400, "Bad Request", "Unknown shipment number.");
    } else {
      const bool closed = !counter.book.put_on_manifest("dhl", {number}, manifest).empty();
      item["sstatus"] = dhl_state(200, closed ? "Warning" : "OK", closed ? "The shipment was closed before." : "");
    }
    items.push_back(std::move(item));
  }
  return {207, {{"status", dhl_state(207, "Multi-Status")}, {"items", items}}, "", ""};
}

// The letters of a receiver are its country's; any other name is a receiver in Germany.
TongueReply dhl_return(const TongueRequest& request, const Counter& counter) {
  const OrderedJson body = object_of(request.body);
  const OrderedJson shipper = body.value("shipper", OrderedJson::object());
  for (const char* member : {"name1", "addressStreet", "addressHouse", "city", "postalCode"}) {
    if (said(shipper, std::string("/") + member).empty()) return dhl_malformed(std::string("shipper.") + member + " is required");
  }
  std::string receiver = said(body, "/receiverId");
  if (receiver.empty()) return dhl_malformed("receiverId is required");
  if (body.contains("itemWeight") && amount(body, "/itemWeight/value") <= 0) return dhl_malformed("itemWeight is not valid");
  for (char& c : receiver) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const bool outside = receiver == "CHE" || receiver == "NOR" || receiver == "GBR";
  if (outside && !body.contains("customsDetails")) return dhl_malformed("customsDetails is required for returns from outside the EU");
  std::string type = query_value(request, "labelType");
  if (type.empty()) type = "BOTH";
  if (type != "SHIPMENT_LABEL" && type != "QR_LABEL" && type != "BOTH") return dhl_malformed("labelType is not valid");
  LabelSale sale;
  sale.reference = said(body, "/shipmentReference");
  if (sale.reference.empty()) sale.reference = said(body, "/customerReference");
  sale.service = "Retoure";
  sale.account = receiver;
  sale.from = dhl_address(shipper);
  sale.from.country = receiver.size() == 3 ? two_letters(receiver) : "DE";
  sale.to = {"Retoure", "", "Returns center", "", "Germany", "", "", "DE"};
  sale.back = true;
  sale.weight_g = static_cast<int>(amount(body, "/itemWeight/value") * (said(body, "/itemWeight/uom") == "kg" ? 1000 : 1));
  const SoldLabel label = dhl_sell(sale, counter);
  OrderedJson reply = {{"sstatus", {{"title", "Created"}, {"status", 201}, {"detail", "Created"}}}, {"shipmentNo", label.number}};
  if (type != "QR_LABEL") reply["label"] = {{"b64", to_base64(label_paper(label, "DHL Retoure", "pdf"))}};
  if (type != "SHIPMENT_LABEL") {
    const std::string link = "https://www.dhl.de/retoure/qr/" + label.number;
    reply["qrLabel"] = {{"b64", to_base64(code_paper(link))}};
    reply["qrLink"] = link;
  }
  reply["routingCode"] = "40327653113+99000933090010";
  return {201, reply, "", ""};
}

bool dhl_user_is_known(const TongueRequest& request, const Counter& counter) {
  const auto [user, password] = basic_of(request);
  return !user.empty() && equal_in_constant_time(password, counter.key);
}

TongueReply dhl_stranger() {
  return dhl_problem(401, "Unauthorized",
                     "Unauthorized - The client could not be authenticated since the request lacks the required HTTP headers or the "
                     "credentials are just wrong.");
}

// Unified's quota is not that of Parcel DE.
Tongue without_quota() {
  Tongue tongue = dhl_tongue();
  tongue.quotas = {};
  return tongue;
}
}  // namespace

Tongue dhl_shipping_tongue() {
  return serving(
      without_quota(), "shipping",
      [](const TongueRequest& request) {
        const bool orders = request.path == kDhlOrders && (request.method == "POST" || request.method == "DELETE");
        return orders || (request.path == kDhlManifests && request.method == "POST");
      },
      [](const TongueRequest& request, const Counter& counter) {
        if (!dhl_user_is_known(request, counter)) return dhl_stranger();
        if (request.method == "DELETE") return dhl_delete(request, counter);
        return request.path == kDhlOrders ? dhl_orders(request, counter) : dhl_close(request, counter);
      });
}

Tongue dhl_returns_tongue() {
  return serving(
      without_quota(), "returns", [](const TongueRequest& request) { return request.path == kDhlReturns && request.method == "POST"; },
      [](const TongueRequest& request, const Counter& counter) {
        return dhl_user_is_known(request, counter) ? dhl_return(request, counter) : dhl_stranger();
      });
}

}  // namespace roundtrip::demo
