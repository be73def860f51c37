// USPS Domestic Labels 3.9, Payments 3 and SCAN Forms 3.1: bought with a payment token beside the bearer token, answered as one JSON
// document where the Accept header asks for it and in parts otherwise. X-Idempotency-Key: the same key and order give the same label.
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kUspsLabel = "/labels/v3/label", kUspsReturn = "/labels/v3/return-label";
constexpr std::string_view kUspsScanForm = "/scan-forms/v3/scan-form", kUspsPayment = "/payments/v3/payment-authorization";
constexpr std::string_view kUspsWholeJson = "application/vnd.usps.labels+json", kUspsPaymentKind = "usps payment";
constexpr std::int64_t kUspsPaymentLife = 8 * kHour;
constexpr double kUspsMostPounds = 70;

TongueReply usps_said(int status, const std::string& message, const std::string& detail, const std::string& parameter) {
  OrderedJson errors = OrderedJson::array();
  if (!detail.empty())
    errors.push_back({{"title", message}, {"detail", detail}, {"code", "00000XX"}, {"source", {{"parameter", parameter}}}});
  return {status,
          {{"apiVersion", "/labels/v3"}, {"error", {{"code", std::to_string(status)}, {"message", message}, {"errors", errors}}}},
          "",
          ""};
}
TongueReply usps_refusal(const std::string& detail, const std::string& parameter) {
  return usps_said(400, "Bad Request", detail, parameter);
}

bool usps_zip(const std::string& zip) { return zip.size() == 5 && zip.find_first_not_of("0123456789") == std::string::npos; }

LabelAddress usps_address(const OrderedJson& party) {
  LabelAddress address;
  address.name = said(party, "/firstName");
  if (const auto last = said(party, "/lastName"); !last.empty() && last != address.name) address.name += " " + last;
  address.company = said(party, "/firm");
  address.line1 = said(party, "/streetAddress");
  address.line2 = said(party, "/secondaryAddress");
  address.city = said(party, "/city");
  address.region = said(party, "/state");
  address.postal_code = said(party, "/ZIPCode");
  address.country = "US";
  return address;
}

// The member that is missing or wrong; "" when all is well.
std::string usps_fault_of(const OrderedJson& party, const std::string& name) {
  const LabelAddress address = usps_address(party);
  if (address.name.empty() && address.company.empty()) return name + ".firstName";
  if (address.line1.empty()) return name + ".streetAddress";
  if (address.city.empty()) return name + ".city";
  if (address.region.size() != 2) return name + ".state";
  return usps_zip(address.postal_code) ? "" : name + ".ZIPCode";
}

bool usps_sells(const std::string& mail_class, bool back) {
  static constexpr std::string_view kClasses[] = {"USPS_GROUND_ADVANTAGE", "PRIORITY_MAIL", "PRIORITY_MAIL_EXPRESS"};
  const std::string suffix = back ? "_RETURN_SERVICE" : "";
  return std::any_of(std::begin(kClasses), std::end(kClasses), [&](auto one) { return mail_class == std::string(one) + suffix; }) ||
         (!back && (mail_class == "LIBRARY_MAIL" || mail_class == "MEDIA_MAIL" || mail_class == "PARCEL_SELECT"));
}

std::string usps_fault(const OrderedJson& body, bool back, Instant now) {
  for (const char* party : {"toAddress", "fromAddress"}) {
    if (const auto fault = usps_fault_of(body.value(party, OrderedJson::object()), party); !fault.empty()) return fault;
  }
  if (!usps_sells(said(body, "/packageDescription/mailClass"), back)) return "packageDescription.mailClass";
  const double pounds = amount(body, "/packageDescription/weight");
  if (said(body, "/packageDescription/weightUOM") != "lb" || pounds <= 0 || pounds > kUspsMostPounds) return "packageDescription.weight";
  for (const char* member : {"length", "width", "height"}) {
    if (amount(body, std::string("/packageDescription/") + member) <= 0) return std::string("packageDescription.") + member;
  }
  for (const char* member : {"rateIndicator", "processingCategory"}) {
    if (said(body, std::string("/packageDescription/") + member).empty()) return std::string("packageDescription.") + member;
  }
  const std::string day = said(body, "/packageDescription/mailingDate");
  const bool in_time = day >= format_date(now) && day <= format_date(now + 7 * kDay);
  return back || in_time ? "" : "packageDescription.mailingDate";
}

// 22 digits: construct 94 (online) or 92 (return service), service type, mailer id, serial, check digit.
std::string usps_number(bool back, std::uint64_t serial) {
  const std::string digits = (back ? "92020" : "94001") + std::string("903700001") + digits_of(serial, 7);
  return digits + mod10_of(digits, 3, 1);
}

struct UspsPart {
  std::string name, type, content;
};

// One document, or the parts of it with the images beside the metadata.
TongueReply usps_answer(const TongueRequest& request, OrderedJson metadata, const std::string& metadata_name,
                        const std::vector<UspsPart>& images) {
  const std::string accept(header(request.headers, "accept").value_or(""));
  if (accept.find(kUspsWholeJson) != std::string::npos) {
    for (const auto& image : images) metadata[image.name] = image.content;
    return {200, metadata, "", ""};
  }
  const std::string boundary = "part-" + digits_of(world_hash(metadata.dump()), 12);
  std::string body;
  const auto add = [&](const UspsPart& part, const std::string& file) {
    body += "--" + boundary + "\r\nContent-Type: " + part.type + "\r\nContent-Disposition: form-data; " + file + "name=\"" + part.name +
            "\"\r\n\r\n" + part.content + "\r\n";
  };
  add({metadata_name, "application/json", metadata.dump()}, "");
  for (const auto& image : images) add(image, "filename=\"label\"; ");
  return {200, {}, "multipart/form-data; boundary=\"" + boundary + "\"", body + "--" + boundary + "--\r\n"};
}

std::vector<UspsPart> usps_images(const OrderedJson& body, const SoldLabel& label) {
  const std::string type = said(body, "/imageInfo/imageType");
  const std::string name = label.sale.back ? "returnLabelImage" : "labelImage";
  const auto paper = [&](const std::string& format) { return to_base64(label_paper(label, "USPS", format)); };
  if (type == "LABEL_BROKER") {
    const UspsPart code = {"labelBrokerQR", "image/png", to_base64(code_paper("USPS " + label.id))};
    if (said(body, "/imageInfo/includeLabelBrokerPDF") == "true") return {code, {name, "application/pdf", paper("pdf")}};
    return {code};
  }
  if (type == "PNG") return {{name, "image/png", paper("png")}};
  if (type == "ZPL203DPI") return {{name, "application/zpl", paper("zpl")}};
  return {{name, "application/pdf", paper("pdf")}};
}

TongueReply usps_sell(const TongueRequest& request, const Counter& counter) {
  const bool back = request.path == kUspsReturn;
  const OrderedJson body = object_of(request.body);
  if (const auto fault = usps_fault(body, back, counter.now); !fault.empty())
    return usps_refusal("The value of " + fault + " is missing or not valid.", fault);
  const std::string type = said(body, "/imageInfo/imageType");
  if (type != "PDF" && type != "PNG" && type != "ZPL203DPI" && type != "LABEL_BROKER")
    return usps_refusal("The value of imageInfo.imageType is not valid.", "imageInfo.imageType");
  LabelSale sale;
  sale.tongue = "usps";
  sale.marker = std::string(header(request.headers, "x-idempotency-key").value_or(""));
  sale.content = sha256_hex(request.path + request.body);
  sale.reference = said(body, "/packageDescription/customerReference/0/referenceNumber");
  sale.service = said(body, "/packageDescription/mailClass");
  sale.from = usps_address(body.at("fromAddress"));
  sale.to = usps_address(body.at("toAddress"));
  sale.back = back;
  sale.weight_g = static_cast<int>(amount(body, "/packageDescription/weight") * 453.59237 + 0.5);
  const auto number = [&](std::uint64_t serial) { return usps_number(back, serial); };
  const SoldLabel label = counter.book.sell(sale, number, counter.good_percent, counter.now);
  if (label.sale.content != sale.content) return usps_refusal("The idempotency key was used for another request.", "X-Idempotency-Key");
  OrderedJson metadata = {{"trackingNumber", label.number},
                          {"routingInformation", "420" + sale.to.postal_code},
                          {"postage", (540 + sale.weight_g / 9) / 100.0},
                          {"fees", OrderedJson::array()},
                          {"weightUOM", "lb"},
                          {"weight", amount(body, "/packageDescription/weight")}};
  if (type == "LABEL_BROKER") metadata["labelBrokerID"] = label.id.substr(0, 10);
  return usps_answer(request, metadata, back ? "returnLabelMetadata" : "labelMetadata", usps_images(body, label));
}

// Canceled while nobody but USPS's computers knows of it, disputed once it is on a form, and neither when the parcel is there.
TongueReply usps_void(const TongueRequest& request, const Counter& counter) {
  const std::string number = request.path.substr(kUspsLabel.size() + 1);
  const auto label = counter.book.label("usps", number);
  if (!label || (label->voided_at && label->manifest.empty())) return usps_refusal("Order not found", "trackingNumber");
  if (is_used(counter, *label)) return usps_refusal("A refund request for this order cannot be submitted", "trackingNumber");
  if (!counter.book.void_label(*label, counter.now))
    return usps_refusal("A refund request for this order has already been submitted today", "trackingNumber");
  if (label->manifest.empty()) return {200, {{"trackingNumber", number}, {"status", "CANCELED"}}, "", ""};
  return {200, {{"trackingNumber", number}, {"status", "DISPUTED"}, {"disputeId", digits_of(world_hash(label->id), 6)}}, "", ""};
}

TongueReply usps_scan_form(const TongueRequest& request, const Counter& counter) {
  const OrderedJson body = object_of(request.body);
  if (!usps_zip(said(body, "/entryFacilityZIPCode"))) return usps_refusal("An entry facility is required.", "entryFacilityZIPCode");
  if (said(body, "/mailingDate") < format_date(counter.now)) return usps_refusal("The mailing date is over.", "mailingDate");
  if (const auto fault = usps_fault_of(body.value("fromAddress", OrderedJson::object()), "fromAddress"); !fault.empty())
    return usps_refusal("The value of " + fault + " is missing or not valid.", fault);
  std::vector<std::string> numbers;
  for (const auto& one : members(body, "/shipment/trackingNumbers")) numbers.push_back(one.is_string() ? one.get<std::string>() : "");
  if (numbers.empty()) return usps_refusal("Tracking numbers are required.", "shipment.trackingNumbers");
  for (const auto& number : numbers) {
    const auto label = counter.book.label("usps", number);
    if (!label || label->voided_at || label->sale.back) return usps_refusal("No label is known of " + number, "shipment.trackingNumbers");
    if (!label->manifest.empty()) return usps_refusal(number + " is on a form already", "shipment.trackingNumbers");
  }
  const std::string digits = "92750903700001" + digits_of(world_hash(numbers.front()), 7);
  const std::string manifest = digits + mod10_of(digits, 1, 3);
  if (!counter.book.put_on_manifest("usps", numbers, manifest).empty())
    return usps_refusal("A number is on a form already", "shipment.trackingNumbers");
  const OrderedJson metadata = {{"form", "5630"},
                                {"imageType", "PDF"},
                                {"mailingDate", said(body, "/mailingDate")},
                                {"entryFacilityZIPCode", said(body, "/entryFacilityZIPCode")},
                                {"manifestNumber", manifest},
                                {"trackingNumbers", numbers}};
  const std::string paper = to_base64(manifest_paper("SCAN Form 5630", manifest, numbers, counter.now));
  const std::string accept(header(request.headers, "accept").value_or(""));
  const bool whole = accept.find(kUspsWholeJson) != std::string::npos;
  return usps_answer(request, whole ? OrderedJson{{"SCANFormMetaData", metadata}} : metadata, "SCANFormMetaData",
                     {{"SCANFormImage", "application/pdf", paper}});
}

TongueReply usps_pay(const TongueRequest& request, const Counter& counter) {
  const auto roles = members(object_of(request.body), "/roles");
  bool payer = false, owner = false;
  for (const auto& role : roles) {
    const bool known = !said(role, "/CRID").empty() && !said(role, "/accountNumber").empty() && !said(role, "/accountType").empty();
    payer = payer || (known && said(role, "/roleName") == "PAYER");
    owner = owner || (known && said(role, "/roleName") == "LABEL_OWNER");
  }
  if (!payer || !owner) return usps_refusal("The roles PAYER and LABEL_OWNER are required.", "roles");
  const std::string token = counter.desk.new_token(kUspsPaymentKind, counter.now, kUspsPaymentLife);
  return {200, {{"paymentAuthorizationToken", token}, {"roles", roles}}, "", ""};
}

TongueReply usps_serve_labels(const TongueRequest& request, const Counter& counter) {
  const std::string payment(header(request.headers, "x-payment-authorization-token").value_or(""));
  if (!counter.desk.knows(kUspsPaymentKind, payment, counter.now)) return usps_said(401, "Invalid payment token", "", "");
  return request.method == "DELETE" ? usps_void(request, counter) : usps_sell(request, counter);
}
}  // namespace

Tongue usps_labels_tongue() {
  return serving(
      usps_tongue(), "labels",
      [](const TongueRequest& request) {
        const bool bought = request.method == "POST" && (request.path == kUspsLabel || request.path == kUspsReturn);
        return bought || (request.method == "DELETE" && request.path.starts_with(std::string(kUspsLabel) + "/"));
      },
      usps_serve_labels);
}
Tongue usps_scan_forms_tongue() {
  return serving(
      usps_tongue(), "scan-forms", [](const TongueRequest& request) { return request.method == "POST" && request.path == kUspsScanForm; },
      usps_scan_form);
}
Tongue usps_payments_tongue() {
  return serving(
      usps_tongue(), "payments", [](const TongueRequest& request) { return request.method == "POST" && request.path == kUspsPayment; },
      usps_pay);
}

}  // namespace roundtrip::demo
