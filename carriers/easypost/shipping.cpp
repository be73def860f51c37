// EasyPost labels: a shipment created and bought in one call, its refund, and scan forms.
#include "carriers/shipping.hpp"

#include "carriers/easypost/parts.hpp"
#include "carriers/shipping_parts.hpp"

namespace roundtrip::carriers::easypost {
namespace {
constexpr double kGramsPerOunce = 28.349523125, kMillimetersPerInch = 25.4;
constexpr std::string_view kStandardService = "GroundAdvantage";
constexpr std::string_view kShipmentId = "shp_";

void put(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

Json address_json(const Party& party) {
  const auto& address = party.address;
  Json json = {{"street1", address.line1}, {"city", address.city}, {"zip", address.postal_code}, {"country", address.country}};
  put(json, "name", address.name);
  put(json, "company", address.company);
  put(json, "street2", address.line2);
  put(json, "state", address.region);
  put(json, "phone", address.phone);
  put(json, "email", party.email);
  return json;
}

// Ounces and inches, one decimal, rounded up.
double tenths(double amount) { return Json::parse(one_decimal(static_cast<double>(static_cast<std::int64_t>(amount * 10 + 0.999)) / 10)); }
Json parcel_json(const LabelOrder& order) {
  Json json = {{"weight", tenths(order.weight_g / kGramsPerOunce)}};
  if (order.length_mm > 0 && order.width_mm > 0 && order.height_mm > 0) {
    json["length"] = tenths(order.length_mm / kMillimetersPerInch);
    json["width"] = tenths(order.width_mm / kMillimetersPerInch);
    json["height"] = tenths(order.height_mm / kMillimetersPerInch);
  }
  return json;
}

Json customs_json(const LabelOrder& order) {
  Json items = Json::array();
  for (const Content& content : order.contents) {
    Json item = {{"description", fitted(content.description, 50)},
                 {"quantity", content.quantity},
                 {"value", amount_text(content.value * content.quantity, order.currency)},
                 {"currency", order.currency},
                 {"weight", tenths(static_cast<double>(content.weight_g) * static_cast<double>(content.quantity) / kGramsPerOunce)}};
    put(item, "hs_tariff_number", plain_number(content.hs_code));
    put(item, "origin_country", content.origin_country);
    items.push_back(item);
  }
  const bool back = order.direction == Direction::back;
  return {{"contents_type", back ? "returned_goods" : "merchandise"},
          {"non_delivery_option", "return"},
          {"restriction_type", "none"},
          {"customs_certify", true},
          {"customs_signer", order.from.address.name.empty() ? order.from.address.company : order.from.address.name},
          {"customs_items", items}};
}

std::string service_of(const CarrierAccount& account, const LabelOrder& order) {
  if (!order.service.empty()) return order.service;
  const auto own = part_of(account, order.direction == Direction::back ? "return_service" : "service");
  return own.empty() ? std::string(kStandardService) : own;
}

LabelReply refused(Trouble trouble, std::string detail, std::int64_t retry_after_us = 0) {
  return {trouble, std::move(detail), retry_after_us, {}};
}

struct Answer {
  CallTrouble call;
  Json json;
};
Answer answer_of(const HttpOutcome& outcome) {
  Answer answer{carriers::trouble_of(outcome), {}};
  if (!outcome.response) return answer;
  Document document = Document::of(outcome.response->body);
  if (!document.json) {
    if (answer.call.trouble == Trouble::none) answer.call = {Trouble::bad_reply, document.fault, 0};
    return answer;
  }
  const Reply reply{outcome.response->status, outcome.response->headers, outcome.response->body, document};
  if (is_error(reply)) answer.call = trouble_of_error(reply);
  answer.json = std::move(*document.json);
  return answer;
}

void add_form(BoughtLabel& label, const Json& form) {
  const std::string type = text(form, "form_type");
  const std::string url = text(form, "form_url");
  if (!is_link(url) || label.documents.size() >= kMostLabelDocuments) return;
  if (type == "label_qr_code") label.documents.push_back({LabelPart::qr, "png", "", url});
  if (type == "commercial_invoice" || type == "cn22") label.documents.push_back({LabelPart::customs_form, "pdf", "", url});
}

// "image/png" -> "png".
std::string format_of_type(const std::string& type) {
  if (type == "application/pdf") return "pdf";
  if (type == "application/zpl") return "zpl";
  return "png";
}

std::string messages_of(const Json& shipment) {
  std::string said;
  for (const Json* one : list(shipment, "messages"))
    said = joined({said, joined({text(*one, "carrier"), text(*one, "type"), text(*one, "message")}, " ")}, "; ");
  return clean_text(said);
}

class EasypostShipping : public Shipping {
 public:
  bool returns() const override { return true; }
  bool outbound() const override { return true; }
  bool manifests() const override { return true; }

  // is_return swaps the two: to_address is always the customer, and a return goes to from_address.
  HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const override {
    const bool back = order.direction == Direction::back;
    Json options = {{"label_format", order.format == "zpl" ? "ZPL" : order.format == "png" ? "PNG" : "PDF"}};
    put(options, "print_custom_1", fitted(order.rma, 30));
    if (order.ship_at.us > 0) options["label_date"] = format_rfc3339(order.ship_at);
    if (!order.currency.empty()) options["currency"] = order.currency;
    Json shipment = {{"to_address", address_json(back ? order.from : order.to)},
                     {"from_address", address_json(back ? order.to : order.from)},
                     {"parcel", parcel_json(order)},
                     {"is_return", back},
                     {"reference", order.reference},
                     {"options", options},
                     {"service", service_of(account, order)}};
    if (const auto id = part_of(account, "carrier_account"); !id.empty()) shipment["carrier_accounts"] = Json::array({id});
    if (crosses_customs(order.from.address.country, order.to.address.country) && !order.contents.empty())
      shipment["customs_info"] = customs_json(order);
    return request_to(account, "POST", "/v2/shipments", {{"shipment", shipment}});
  }

  // Without a postage label nothing was bought: no rate for the service, or only rates were asked for.
  LabelReply parse_label(const HttpOutcome& outcome) const override {
    const auto [call, json] = answer_of(outcome);
    if (call.trouble != Trouble::none) return refused(call.trouble, call.detail, call.retry_after_us);
    if (text(json, "object") != "Shipment" && !text(json, "id").starts_with(kShipmentId)) return refused(Trouble::bad_reply, "no shipment");
    LabelReply reply;
    reply.label.number = text(json, "tracking_code");
    reply.label.void_id = text(json, "id");
    const Json& postage = at(json, "postage_label");
    const std::string url = text(postage, "label_url");
    if (reply.label.number.empty() || url.empty()) return refused(Trouble::bad_request, joined({"not bought", messages_of(json)}, ": "));
    if (!is_link(url)) return refused(Trouble::bad_reply, "a label at no address");
    reply.label.documents.push_back({LabelPart::label, format_of_type(text(postage, "label_file_type")), "", url});
    for (const Json* form : list(json, "forms")) add_form(reply.label, *form);
    const std::string currency = text(json, "selected_rate/currency");
    reply.label.price = minor_units(text(json, "selected_rate/rate"), currency);
    if (reply.label.price) reply.label.price_currency = currency;
    return reply;
  }

  HttpRequest void_request(const CarrierAccount& account, std::string_view void_id) const override {
    return request_to(account, "POST", "/v2/shipments/" + percent_encode(void_id) + "/refund");
  }
  // A shipment with its refund_status, or refunds, by code. The carrier decides later, USPS after days.
  VoidReply parse_void(const HttpOutcome& outcome) const override {
    const auto [call, json] = answer_of(outcome);
    if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us};
    const Json& refund = json.is_array() ? at(json, "0") : json;
    const std::string status = text(refund, text(refund, "object") == "Refund" ? "status" : "refund_status");
    if (status == "submitted") return {Trouble::none, status, 0, true};
    if (status == "refunded") return {};
    if (status == "rejected" || status == "not_applicable") return {Trouble::bad_request, status, 0};
    return {Trouble::bad_reply, "a refund of unknown state: " + status, 0};
  }

  // Of shipments, by the void_ids of their labels.
  HttpRequest manifest_request(const CarrierAccount& account, std::span<const std::string> numbers) const override {
    Json shipments = Json::array();
    for (const auto& id : numbers) shipments.push_back({{"id", id}});
    return request_to(account, "POST", "/v2/scan_forms", {{"shipments", shipments}});
  }
  ManifestReply parse_manifest(const HttpOutcome& outcome) const override {
    const auto [call, json] = answer_of(outcome);
    if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, "", {}};
    ManifestReply reply;
    reply.manifest_id = text(json, "id");
    if (text(json, "status") == "failed") return {Trouble::bad_request, joined({"failed", text(json, "message")}, ": "), 0, "", {}};
    const std::string url = text(json, "form_url");
    if (reply.manifest_id.empty() || !is_link(url)) return {Trouble::bad_reply, "no scan form", 0, "", {}};
    reply.documents.push_back({LabelPart::receipt, format_of_type(text(json, "form_file_type")), "", url});
    return reply;
  }
};
}  // namespace

const Shipping& easypost_shipping() {
  static const EasypostShipping shipping;
  return shipping;
}

}  // namespace roundtrip::carriers::easypost
