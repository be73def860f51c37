// EasyPost shipments: created and bought in one call, documents behind links, refunds that are decided later, SCAN forms. EasyPost has no
// idempotency: the same order again is another label.
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kEasyPostShipments = "/v2/shipments", kEasyPostScanForms = "/v2/scan_forms", kEasyPostFiles = "/easypost-files/";
constexpr std::string_view kEasyPostShipment = "shp_";

TongueReply easypost_refusal(int status, const char* code, const std::string& message, const std::string& field = "") {
  OrderedJson errors = OrderedJson::array();
  if (!field.empty()) errors.push_back({{"field", field}, {"message", "is required"}});
  return {status, {{"error", {{"code", code}, {"message", message}, {"errors", errors}}}}, "", ""};
}
TongueReply easypost_lost() { return easypost_refusal(404, "NOT_FOUND", "The requested resource could not be found."); }

LabelAddress easypost_address(const OrderedJson& party) {
  return {said(party, "/name"), said(party, "/company"), said(party, "/street1"), said(party, "/street2"),
          said(party, "/city"), said(party, "/state"),   said(party, "/zip"),     said(party, "/country")};
}

std::string easypost_fault_of(const OrderedJson& shipment, const std::string& name) {
  const LabelAddress address = easypost_address(shipment.value(name, OrderedJson::object()));
  if (address.name.empty() && address.company.empty()) return name + ".name";
  if (address.line1.empty()) return name + ".street1";
  if (address.city.empty()) return name + ".city";
  if (address.country.size() != 2) return name + ".country";
  if (address.postal_code.empty()) return name + ".zip";
  return address.country == "US" && address.region.empty() ? name + ".state" : "";
}

struct EasyPostRate {
  const char* service;
  int cents, cents_per_kg;
};
constexpr EasyPostRate kEasyPostRates[] = {{"GroundAdvantage", 498, 120}, {"Priority", 740, 210}, {"Express", 2810, 540}};

// "9400..." as USPS's online labels.
std::string easypost_number(std::uint64_t serial) {
  const std::string digits = "94055" + std::string("903700009") + digits_of(serial, 7);
  return digits + mod10_of(digits, 3, 1);
}

OrderedJson easypost_rate(const EasyPostRate& rate, int weight_g) {
  return {{"id", "rate_" + std::string(rate.service)},
          {"object", "Rate"},
          {"service", rate.service},
          {"carrier", "USPS"},
          {"rate", money_text(rate.cents + static_cast<std::int64_t>(rate.cents_per_kg) * weight_g / 1000)},
          {"currency", "USD"}};
}

const EasyPostRate* easypost_rate_of(const std::string& service) {
  for (const auto& rate : kEasyPostRates) {
    if (service == rate.service) return &rate;
  }
  return nullptr;
}

// The format is the file's ending.
std::string easypost_file(const Counter& counter, const SoldLabel& label, const std::string& format) {
  return counter.url + std::string(kEasyPostFiles) + label.id + "." + format;
}

OrderedJson easypost_shipment(const Counter& counter, const SoldLabel& label, const std::string& format, bool customs) {
  const EasyPostRate* rate = easypost_rate_of(label.sale.service);
  const std::string type = format == "zpl" ? "application/zpl" : format == "png" ? "image/png" : "application/pdf";
  OrderedJson shipment = {{"id", std::string(kEasyPostShipment) + label.id},
                          {"object", "Shipment"},
                          {"mode", "test"},
                          {"created_at", format_rfc3339(label.sold_at)},
                          {"is_return", label.sale.back},
                          {"reference", label.sale.reference},
                          {"status", "unknown"},
                          {"messages", OrderedJson::array()},
                          {"tracking_code", label.number},
                          {"selected_rate", easypost_rate(*rate, label.sale.weight_g)},
                          {"refund_status", label.voided_at ? OrderedJson("submitted") : OrderedJson()},
                          {"forms", OrderedJson::array()}};
  shipment["postage_label"] = {{"object", "PostageLabel"}, {"label_url", easypost_file(counter, label, format)}, {"label_file_type", type}};
  if (customs) {
    const std::string url = counter.url + std::string(kEasyPostFiles) + "customs-" + label.id + ".pdf";
    shipment["forms"] = alone({{"object", "Form"}, {"form_type", "commercial_invoice"}, {"form_url", url}});
  }
  return shipment;
}

std::string easypost_fault(const OrderedJson& shipment) {
  for (const char* party : {"to_address", "from_address"}) {
    if (const auto fault = easypost_fault_of(shipment, party); !fault.empty()) return fault;
  }
  return amount(shipment, "/parcel/weight") > 0 ? "" : "parcel.weight";
}

TongueReply easypost_sell(const TongueRequest& request, const Counter& counter) {
  const OrderedJson shipment = object_of(request.body).value("shipment", OrderedJson::object());
  if (const auto fault = easypost_fault(shipment); !fault.empty())
    return easypost_refusal(422, "SHIPMENT.INVALID_PARAMS", "Unable to create shipment, one or more parameters were invalid.", fault);
  LabelSale sale;
  sale.service = said(shipment, "/service");
  if (easypost_rate_of(sale.service) == nullptr)
    return easypost_refusal(422, "SHIPMENT.MISSING_RATE", "Unable to find a rate for the service.", "service");
  const LabelAddress customer = easypost_address(shipment.at("to_address")), shop = easypost_address(shipment.at("from_address"));
  sale.tongue = "easypost";
  sale.reference = said(shipment, "/reference");
  sale.back = said(shipment, "/is_return") == "true";
  sale.from = sale.back ? customer : shop;  // is_return swaps the two
  sale.to = sale.back ? shop : customer;
  const bool customs = shipment.contains("customs_info");
  if (crosses_a_border(sale.from.country, sale.to.country) && !customs)
    return easypost_refusal(422, "SHIPMENT.CUSTOMS_INFO.REQUIRED", "Customs info is required.", "customs_info");
  sale.weight_g = static_cast<int>(amount(shipment, "/parcel/weight") * 28.349523125);
  const std::string wanted = said(shipment, "/options/label_format");
  const std::string format = wanted == "PDF" ? "pdf" : wanted == "ZPL" ? "zpl" : "png";
  const SoldLabel label = counter.book.sell(sale, easypost_number, counter.good_percent, counter.now);
  return {201, easypost_shipment(counter, label, format, customs), "", ""};
}

// "/v2/shipments/shp_x/refund" -> the label of shp_x.
std::optional<SoldLabel> easypost_label(const Counter& counter, const std::string& shipment) {
  if (!shipment.starts_with(kEasyPostShipment)) return std::nullopt;
  return counter.book.label("easypost", shipment.substr(kEasyPostShipment.size()));
}

TongueReply easypost_refund(const TongueRequest& request, const Counter& counter) {
  const std::size_t begin = kEasyPostShipments.size() + 1;
  auto label = easypost_label(counter, request.path.substr(begin, request.path.rfind('/') - begin));
  if (!label) return easypost_lost();
  if (is_used(counter, *label))
    return easypost_refusal(422, "SHIPMENT.REFUND.UNAVAILABLE", "Unable to request refund. The parcel has been shipped.");
  if (!counter.book.void_label(*label, counter.now))
    return easypost_refusal(422, "SHIPMENT.REFUND.UNAVAILABLE", "Label refund already requested.");
  label->voided_at = counter.now;
  return {200, easypost_shipment(counter, *label, "pdf", false), "", ""};
}

TongueReply easypost_scan_form(const TongueRequest& request, const Counter& counter) {
  std::vector<std::string> numbers;
  for (const auto& one : members(object_of(request.body), "/shipments")) {
    const auto label = easypost_label(counter, said(one, "/id"));
    if (!label) return easypost_lost();
    if (label->voided_at || label->sale.back || !label->manifest.empty())
      return easypost_refusal(422, "SCAN_FORM.CREATE.FAILURE", label->number + " cannot be on this scan form.");
    numbers.push_back(label->number);
  }
  if (numbers.empty()) return easypost_refusal(422, "SCAN_FORM.SHIPMENTS.REQUIRED", "Shipments are required.", "shipments");
  const std::string id = digits_of(world_hash(numbers.front()), 18);
  if (!counter.book.put_on_manifest("easypost", numbers, id).empty())
    return easypost_refusal(422, "SCAN_FORM.CREATE.FAILURE", "A shipment is on a scan form already.");
  return {201,
          {{"id", "sf_" + id},
           {"object", "ScanForm"},
           {"status", "created"},
           {"message", nullptr},
           {"tracking_codes", numbers},
           {"form_url", counter.url + std::string(kEasyPostFiles) + "form-" + id + ".pdf"},
           {"form_file_type", "application/pdf"}},
          "",
          ""};
}

// Files need no key, as those of EasyPost's file host; their names are not guessed.
TongueReply easypost_document(const TongueRequest& request, const Counter& counter) {
  const std::string file = request.path.substr(kEasyPostFiles.size());
  const std::string name = file.substr(0, file.rfind('.')), format = file.substr(std::min(file.size(), name.size() + 1));
  if (name.starts_with("form-")) {
    std::vector<std::string> numbers;
    for (const auto& label : counter.book.manifest("easypost", name.substr(5))) numbers.push_back(label.number);
    if (numbers.empty()) return easypost_lost();
    return {200, {}, "application/pdf", manifest_paper("SCAN Form", name.substr(5), numbers, counter.now)};
  }
  const bool customs = name.starts_with("customs-");
  const auto label = counter.book.label("easypost", customs ? name.substr(8) : name);
  if (!label) return easypost_lost();
  if (customs) return {200, {}, "application/pdf", customs_paper(*label)};
  const std::string type = format == "zpl" ? "application/zpl" : format == "png" ? "image/png" : "application/pdf";
  return {200, {}, type, label_paper(*label, "USPS", format)};
}
}  // namespace

Tongue easypost_labels_tongue() {
  return serving(
      easypost_tongue(), "shipments",
      [](const TongueRequest& request) {
        if (request.method != "POST") return false;
        const bool refund = request.path.starts_with(std::string(kEasyPostShipments) + "/") && request.path.ends_with("/refund");
        return refund || request.path == kEasyPostShipments || request.path == kEasyPostScanForms;
      },
      [](const TongueRequest& request, const Counter& counter) {
        if (request.path == kEasyPostScanForms) return easypost_scan_form(request, counter);
        return request.path == kEasyPostShipments ? easypost_sell(request, counter) : easypost_refund(request, counter);
      });
}
Tongue easypost_files_tongue() {
  Tongue tongue = serving(
      easypost_tongue(), "files",
      [](const TongueRequest& request) { return request.method == "GET" && request.path.starts_with(kEasyPostFiles); }, easypost_document);
  tongue.open = true;
  return tongue;
}

}  // namespace roundtrip::demo
