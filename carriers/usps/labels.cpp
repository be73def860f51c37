// USPS labels: Domestic Labels 3.9 (label, return label, cancellation), SCAN Forms 3.1, Payments 3.0.
#include <cmath>

#include "carriers/shipping_parts.hpp"
#include "carriers/times.hpp"
#include "carriers/usps/multipart.hpp"
#include "carriers/usps/parts.hpp"

namespace roundtrip::carriers::usps {
namespace {
// Answers as one JSON document with the images in it; without this header they come as multipart.
constexpr std::string_view kWholeJson = "application/vnd.usps.labels+json";
constexpr double kGramsPerPound = 453.59237, kMmPerInch = 25.4;
constexpr std::int64_t kPaymentLifeUs = 8 * kHour;  // as the OAuth token's
// What is not known is given as a small parcel's: returns are paid by what is measured on the way.
constexpr int kUsualGrams = 450, kUsualLengthMm = 305, kUsualWidthMm = 229, kUsualHeightMm = 102;

bool matches_digits(std::string_view text, std::size_t size) {
  return text.size() == size && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// firstName and lastName, or firm; streetAddress (50), city (28), state, ZIPCode and ZIPPlus4.
Json address_of(const Party& party) {
  const auto& address = party.address;
  Json json;
  if (!address.name.empty()) {
    const auto [first, last] = first_and_last_name(address.name);
    json["firstName"] = fitted(first, 50);
    json["lastName"] = fitted(last, 50);
  }
  if (!address.company.empty()) json["firm"] = fitted(address.company, 50);
  json["streetAddress"] = fitted(address.line1, 50);
  if (!address.line2.empty()) json["secondaryAddress"] = fitted(address.line2, 50);
  json["city"] = fitted(address.city, 28);
  json["state"] = fitted(address.region, 2);
  const std::string zip = plain_number(address.postal_code);
  json["ZIPCode"] = zip.substr(0, 5);
  if (zip.size() == 9 && matches_digits(zip, 9)) json["ZIPPlus4"] = zip.substr(5);
  return json;
}

double rounded(double value, double steps) { return std::ceil(value * steps - 1e-9) / steps; }
double inches(int mm, int usual_mm) { return std::max(rounded((mm > 0 ? mm : usual_mm) / kMmPerInch, 100), 0.01); }

// Machinable parcels are 6 to 22 by 3 to 18 by 1/4 to 15 inches and at most 25 pounds (DMM 201.7.5); others are nonstandard.
std::string_view processing_category(double pounds, double length, double width, double height) {
  double sides[] = {length, width, height};
  std::sort(std::begin(sides), std::end(sides));
  const bool fits = sides[2] >= 6 && sides[2] <= 22 && sides[1] >= 3 && sides[1] <= 18 && sides[0] >= 0.25 && sides[0] <= 15;
  return fits && pounds <= 25 ? "MACHINABLE" : "NONSTANDARD";
}

Json package_of(const LabelOrder& order, bool back) {
  const double pounds = std::max(rounded((order.weight_g > 0 ? order.weight_g : kUsualGrams) / kGramsPerPound, 10'000), 0.0001);
  const double length = inches(order.length_mm, kUsualLengthMm), width = inches(order.width_mm, kUsualWidthMm),
               height = inches(order.height_mm, kUsualHeightMm);
  Json json = {{"mailClass", back ? "USPS_GROUND_ADVANTAGE_RETURN_SERVICE" : "USPS_GROUND_ADVANTAGE"},
               {"weightUOM", "lb"},
               {"weight", pounds},
               {"dimensionsUOM", "in"},
               {"length", length},
               {"width", width},
               {"height", height},
               {"processingCategory", processing_category(pounds, length, width, height)}};
  if (!order.service.empty()) json["mailClass"] = order.service;
  const bool express = json["mailClass"].get_ref<const std::string&>().starts_with("PRIORITY_MAIL_EXPRESS");
  json["rateIndicator"] = express ? "PA" : "SP";
  if (!back) {
    // A day ahead is allowed, one behind is not: the day in UTC is never behind an American one.
    json["mailingDate"] = format_date(order.ship_at);
    json["destinationEntryFacilityType"] = "NONE";
  }
  const std::string reference = fitted(order.rma.empty() ? order.reference : order.rma, 30);
  if (!reference.empty()) json["customerReference"] = Json::array({{{"referenceNumber", reference}, {"printReferenceNumber", true}}});
  return json;
}

Json image_of(const LabelOrder& order) {
  Json json = {{"imageType", "PDF"}, {"labelType", "4X6LABEL"}, {"receiptOption", "NONE"}};
  if (order.format == "png") json["imageType"] = "PNG";
  if (order.format == "zpl") json["imageType"] = "ZPL203DPI";
  if (order.qr) {
    json["imageType"] = "LABEL_BROKER";    // a code to show at a post office, which prints the label ...
    json["includeLabelBrokerPDF"] = true;  // ... and the label for those who have a printer
  }
  return json;
}

HttpRequest buying_request(const CarrierAccount& account, std::string method, const std::string& path, const Json& body) {
  const std::string text = body.is_null() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace);
  auto request = json_request(account, std::move(method), path, text);
  for (auto& [name, value] : request.headers) {
    if (name == "Accept" && !text.empty()) value = kWholeJson;
  }
  return request;
}

// --- answers
// Whole, however long: images are megabytes.
std::string_view long_text(const Json& json, std::string_view path) {
  const Json& value = at(json, path);
  return value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : std::string_view();
}

std::int64_t cents(const Json& value) {
  double amount = 0;
  if (value.is_number()) amount = value.get<double>();
  return std::isfinite(amount) && std::fabs(amount) < 1e9 ? std::llround(amount * 100) : 0;
}

// Postage is without extra services and fees.
std::optional<std::int64_t> price_of(const Json& json) {
  if (!at(json, "postage").is_number()) return std::nullopt;
  std::int64_t sum = cents(at(json, "postage"));
  for (const auto* name : {"extraServices", "fees"}) {
    for (const Json* one : list(json, name)) sum += cents(at(*one, "price"));
  }
  return sum;
}

// False when an image is there that cannot be read.
bool take_image(BoughtLabel& label, LabelPart part, const Json& json, std::string_view name) {
  if (long_text(json, name).empty()) return true;
  auto document = label_document(part, at(json, name));
  if (!document) return false;
  label.documents.push_back(std::move(*document));
  return true;
}

LabelReply label_of(const Json& json) {
  LabelReply reply;
  auto& label = reply.label;
  label.number = text(json, "trackingNumber");
  if (label.number.empty()) return {Trouble::bad_reply, "an answer without a tracking number", 0, {}};
  label.void_id = label.number;
  label.price = price_of(json);
  if (label.price) label.price_currency = "USD";
  // Without the PDF beside it the code itself comes as the label's image.
  const bool code_alone = !text(json, "labelBrokerID").empty() && long_text(json, "labelBrokerQR").empty();
  bool read = take_image(label, LabelPart::qr, json, "labelBrokerQR");
  for (const auto* name : {"labelImage", "returnLabelImage"}) read = take_image(label, LabelPart::label, json, name) && read;
  for (const auto* name : {"receiptImage", "returnReceiptImage"}) read = take_image(label, LabelPart::receipt, json, name) && read;
  for (auto& document : label.documents) {
    if (code_alone && document.part == LabelPart::label && document.format == "png") document.part = LabelPart::qr;
  }
  if (!read || label.documents.empty()) return {Trouble::bad_reply, "an answer whose image cannot be read", 0, {}};
  return reply;
}

// One JSON document out of either form of answer; `fault` says why there is none.
struct Answer {
  Json json;
  CallTrouble trouble;
};
Answer answer_of(const HttpOutcome& outcome) {
  Answer answer;
  if (!outcome.response) {
    answer.trouble = {Trouble::service, outcome.failure.detail, 0};
    return answer;
  }
  const auto& response = *outcome.response;
  const auto call = trouble_of(outcome);
  if (call.trouble == Trouble::none && is_multipart(response)) {
    auto whole = json_of_multipart(response);
    answer.trouble = whole ? CallTrouble{} : CallTrouble{Trouble::bad_reply, "a multipart answer that cannot be read", 0};
    answer.json = std::move(whole).value_or(Json());
    return answer;
  }
  const Document document = Document::of(response.body);
  if (document.json) answer.json = *document.json;
  if (call.trouble != Trouble::none || is_error_body(answer.json)) {
    const auto error = error_of(response.status, answer.json);
    answer.trouble = {error.trouble, error.detail.empty() ? call.detail : error.detail, call.retry_after_us};
  } else if (!document.json || !answer.json.is_object()) {
    answer.trouble = {Trouble::bad_reply, document.json ? "an answer that is no object" : document.fault, 0};
  }
  return answer;
}

class UspsShipping : public Shipping {
 public:
  bool returns() const override { return true; }
  bool outbound() const override { return true; }
  bool qr() const override { return true; }
  bool manifests() const override { return true; }

  HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const override {
    const bool back = order.direction == Direction::back;
    const Json body = {{"imageInfo", image_of(order)},
                       {"toAddress", address_of(order.to)},
                       {"fromAddress", address_of(order.from)},
                       {"packageDescription", package_of(order, back)}};
    auto request = buying_request(account, "POST", back ? "/labels/v3/return-label" : "/labels/v3/label", body);
    request.headers.emplace_back("X-Payment-Authorization-Token", account.payment_token);
    // The same order again gives the same label, not a second one to pay.
    request.headers.emplace_back("X-Idempotency-Key", uuid_of((back ? "usps return " : "usps label ") + order.reference));
    return request;
  }

  LabelReply parse_label(const HttpOutcome& outcome) const override {
    const auto answer = answer_of(outcome);
    if (answer.trouble.trouble != Trouble::none) return {answer.trouble.trouble, answer.trouble.detail, answer.trouble.retry_after_us, {}};
    return label_of(answer.json);
  }

  HttpRequest void_request(const CarrierAccount& account, std::string_view void_id) const override {
    auto request = buying_request(account, "DELETE", "/labels/v3/label/" + percent_encode(void_id), Json());
    request.headers.emplace_back("X-Payment-Authorization-Token", account.payment_token);
    return request;
  }

  // CANCELED before the label's data went out; DISPUTED: a refund was asked for, and is decided later.
  VoidReply parse_void(const HttpOutcome& outcome) const override {
    const auto answer = answer_of(outcome);
    if (answer.trouble.trouble != Trouble::none)
      return {answer.trouble.trouble, answer.trouble.detail, answer.trouble.retry_after_us, false};
    const std::string status = text(answer.json, "status");
    if (status == "CANCELED") return {Trouble::none, status, 0, false};
    if (status == "DISPUTED") return {Trouble::none, joined({status, text(answer.json, "disputeId")}, " "), 0, true};
    return {Trouble::bad_reply, "a cancellation of unknown status " + status, 0, false};
  }

  HttpRequest manifest_request_for(const CarrierAccount& account, const ManifestOrder& order) const override {
    const Json from = address_of(order.from);
    const Json body = {{"imageInfo", {{"imageType", "PDF"}, {"labelType", "8.5X11LABEL"}}},
                       {"mailingDate", format_date(order.ship_at)},
                       {"overwriteMailingDate", true},  // labels of one day's packing may carry the day before
                       {"entryFacilityZIPCode", from.at("ZIPCode")},
                       {"destinationEntryFacilityType", "NONE"},
                       {"shipment", {{"trackingNumbers", order.numbers}}},
                       {"fromAddress", from}};
    return buying_request(account, "POST", "/scan-forms/v3/scan-form", body);
  }

  ManifestReply parse_manifest(const HttpOutcome& outcome) const override {
    const auto answer = answer_of(outcome);
    if (answer.trouble.trouble != Trouble::none)
      return {answer.trouble.trouble, answer.trouble.detail, answer.trouble.retry_after_us, "", {}};
    const Json& json = has(answer.json, "SCANFormMetaData") ? at(answer.json, "SCANFormMetaData") : answer.json;
    ManifestReply reply;
    reply.manifest_id = text(json, "manifestNumber");
    if (reply.manifest_id.empty()) return {Trouble::bad_reply, "an answer without a manifest number", 0, "", {}};
    BoughtLabel form;
    for (const auto* name : {"SCANFormImage", "labelImage"}) {
      if (!take_image(form, LabelPart::label, answer.json, name)) return {Trouble::bad_reply, "a form that cannot be read", 0, "", {}};
    }
    reply.documents = std::move(form.documents);
    return reply;
  }

  // The account's customer: "CRID/MID/manifest MID/number of the Enterprise Payment Account".
  std::optional<HttpRequest> payment_request(const CarrierAccount& account) const override {
    std::vector<std::string> parts(1);
    for (const char c : account.customer) {
      if (c == '/')
        parts.emplace_back();
      else
        parts.back() += c;
    }
    parts.resize(4);
    Json roles = Json::array();
    for (const auto* role : {"PAYER", "LABEL_OWNER"}) {
      roles.push_back({{"roleName", role},
                       {"CRID", parts[0]},
                       {"MID", parts[1]},
                       {"manifestMID", parts[2]},
                       {"accountType", "EPS"},
                       {"accountNumber", parts[3]}});
    }
    return json_request(account, "POST", "/payments/v3/payment-authorization", Json{{"roles", std::move(roles)}}.dump());
  }

  TokenReply parse_payment(const HttpOutcome& outcome) const override {
    const auto answer = answer_of(outcome);
    if (answer.trouble.trouble != Trouble::none)
      return {answer.trouble.trouble, answer.trouble.detail, answer.trouble.retry_after_us, "", 0};
    const std::string token(long_text(answer.json, "paymentAuthorizationToken"));
    if (token.empty()) return {Trouble::bad_reply, "an answer without a payment token", 0, "", 0};
    return {Trouble::none, "", 0, token, kPaymentLifeUs};
  }
};
}  // namespace

const Shipping& shipping() {
  static const UspsShipping kShipping;
  return kShipping;
}

}  // namespace roundtrip::carriers::usps
