// Parcel DE labels: Returns v1 for the way back (a label, a QR code for the counter, or both), Shipping v2 for the way out, its deletion
// and the manifest. A return that nobody posts costs nothing and needs no void.
#include "carriers/shipping.hpp"

#include <algorithm>
#include <regex>

#include "carriers/dhl/countries.hpp"
#include "carriers/dhl/parts.hpp"
#include "carriers/shipping_parts.hpp"

namespace roundtrip::carriers::dhl {
namespace {
constexpr std::string_view kReturnsPath = "/parcel/de/shipping/returns/v1/orders";
constexpr std::string_view kShippingPath = "/parcel/de/shipping/v2";
constexpr std::string_view kProfile = "STANDARD_GRUPPENPROFIL";
constexpr std::size_t kShortestReference = 8, kMostReturnItems = 20, kMostItems = 99;

struct Street {
  std::string name, house;
};
// "Musterstr. 20 a" and "10 Downing Street"; without a number the house stays empty.
Street street_of(const std::string& line) {
  static const std::regex kLast(R"(^(.*\S)[ ,]+(\d+[ ]?[A-Za-z]?(?:[-/][ ]?\d+[ ]?[A-Za-z]?)?)$)");
  static const std::regex kFirst(R"(^(\d+[A-Za-z]?)[ ,]+(\S.*)$)");
  const std::string plain = fitted(line, 60);
  std::smatch part;
  if (std::regex_match(plain, part, kLast)) return {part[1], part[2]};
  if (std::regex_match(plain, part, kFirst)) return {part[2], part[1]};
  return {plain, ""};
}

void put(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

// The company above the person, both where there are both.
void put_names(Json& json, const domain::Address& address) {
  const bool both = !address.company.empty() && !address.name.empty();
  json["name1"] = fitted(both || address.name.empty() ? address.company : address.name, 50);
  if (both) put(json, "name2", fitted(address.name, 50));
}

HttpRequest shipping_request_to(const CarrierAccount& account, std::string method, const std::string& path, const Json& body = {}) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = base_of(account, kGateway) + path;
  request.headers = {{"dhl-api-key", account.key},
                     {"Authorization", basic_auth(part_of(account, "user"), part_of(account, "password"))},
                     {"Accept", "application/json"},
                     {"Accept-Language", "en-US"}};
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}

Json money(std::int64_t minor, const std::string& currency) {
  return {{"currency", currency}, {"value", Json::parse(amount_text(minor, currency))}};
}
Json weight(std::int64_t grams) { return {{"uom", "g"}, {"value", std::max<std::int64_t>(grams, 1)}}; }

Json commodities(const LabelOrder& order, std::size_t most, std::size_t longest_text) {
  Json items = Json::array();
  for (const Content& content : order.contents) {
    if (items.size() == most) break;
    Json item = {{"itemDescription", fitted(content.description, longest_text)},
                 {"packagedQuantity", content.quantity},
                 {"itemWeight", weight(content.weight_g)},
                 {"itemValue", money(content.value, order.currency)}};
    put(item, "countryOfOrigin", three_letters(content.origin_country));
    const std::string code = plain_number(content.hs_code);
    if (code.size() >= 6 && code.size() <= 11) item["hsCode"] = code;
    items.push_back(item);
  }
  return items;
}

// --- the way back
Json return_shipper(const Party& from) {
  const auto& address = from.address;
  const Street street = street_of(address.line1);
  Json shipper;
  put_names(shipper, address);
  put(shipper, "name3", fitted(address.line2, 50));
  shipper["addressStreet"] = fitted(street.name, 50);
  shipper["addressHouse"] = street.house.empty() ? "-" : fitted(street.house, 10);  // required
  shipper["postalCode"] = fitted(address.postal_code, 10);
  shipper["city"] = fitted(address.city, 40);
  put(shipper, "email", from.email.size() <= 70 ? from.email : "");
  put(shipper, "phone", fitted(address.phone, 20));
  put(shipper, "state", fitted(address.region, 20));
  return shipper;
}

// Every country that returns come from has its receiver; the standard ones are called as the country.
std::string receiver_of(const CarrierAccount& account, std::string_view country) {
  std::string letters = three_letters(country);
  for (char& c : letters) c = static_cast<char>(c | 0x20);
  if (auto own = part_of(account, "receiver." + letters); !own.empty()) return own;
  if (auto any = part_of(account, "receiver"); !any.empty()) return any;
  return letters;
}

HttpRequest return_request(const CarrierAccount& account, const LabelOrder& order) {
  const auto& country = order.from.address.country;
  Json body = {{"receiverId", receiver_of(account, country)},
               {"customerReference", fitted(order.rma.empty() ? order.reference : order.rma, 50)},
               {"shipmentReference", fitted(order.reference, 50)},
               {"shipper", return_shipper(order.from)}};
  if (order.weight_g > 0) body["itemWeight"] = weight(order.weight_g);
  const bool known_money = order.currency == "EUR" || order.currency == "GBP" || order.currency == "CHF";
  if (known_money && !order.contents.empty()) body["itemValue"] = money(contents_value(order), order.currency);
  if (known_money && crosses_customs(country, order.to.address.country) && !order.contents.empty())
    body["customsDetails"] = {{"items", commodities(order, kMostReturnItems, 50)}};
  return shipping_request_to(account, "POST", std::string(kReturnsPath) + "?labelType=" + (order.qr ? "BOTH" : "SHIPMENT_LABEL"), body);
}

// --- the way out
Json shipper(const Party& from) {
  const auto& address = from.address;
  Json json;
  put_names(json, address);
  put(json, "name3", fitted(address.line2, 50));
  json["addressStreet"] = fitted(address.line1, 50);
  put(json, "postalCode", fitted(address.postal_code, 10));
  json["city"] = fitted(address.city, 40);
  json["country"] = three_letters(address.country);
  if (from.email.size() >= 3) put(json, "email", from.email.size() <= 80 ? from.email : "");
  return json;
}

// "Packstation 123" and "Postfiliale 501" are addresses of their own; a Packstation wants the recipient's post number in another line.
std::optional<Json> pick_up_point(const domain::Address& address) {
  static const std::regex kPoint(R"(^(Packstation|Postfiliale)\s+(\d{3})$)", std::regex::icase);
  static const std::regex kPostNumber(R"(^[0-9]{6,10}$)");
  std::smatch part;
  if (address.country != "DE" || !std::regex_match(address.line1, part, kPoint)) return std::nullopt;
  const bool locker = (part[1].str()[1] | 0x20) == 'a';
  std::string number;
  for (const auto* line : {&address.line2, &address.company}) {
    if (number.empty() && std::regex_match(*line, kPostNumber)) number = *line;
  }
  const int id = std::stoi(part[2]);
  if (locker ? id < 100 || number.empty() : id < 401) return std::nullopt;
  Json json = {{"name", fitted(address.name, 50)},
               {locker ? "lockerID" : "retailID", id},
               {"city", fitted(address.city, 40)},
               {"country", "DEU"},
               {"postalCode", fitted(address.postal_code, 10)}};
  put(json, "postNumber", number);
  return json;
}

Json consignee(const Party& to) {
  const auto& address = to.address;
  if (const auto point = pick_up_point(address)) return *point;
  Json json;
  put_names(json, address);
  put(json, "additionalAddressInformation1", fitted(address.line2, 60));
  json["addressStreet"] = fitted(address.line1, 50);
  put(json, "postalCode", fitted(address.postal_code, 10));
  json["city"] = fitted(address.city, 40);
  put(json, "state", fitted(address.region, 20));
  json["country"] = three_letters(address.country);
  if (to.email.size() >= 3) put(json, "email", to.email.size() <= 80 ? to.email : "");
  put(json, "phone", fitted(address.phone, 20));
  return json;
}

Json customs(const LabelOrder& order) {
  return {{"exportType", "COMMERCIAL_GOODS"},
          {"invoiceNo", fitted(order.reference, 35)},
          {"postalCharges", money(0, order.currency)},
          {"items", commodities(order, kMostItems, 256)}};
}

HttpRequest outbound_request(const CarrierAccount& account, const LabelOrder& order) {
  const bool home = order.to.address.country == "DE";
  const std::string product = !order.service.empty() ? order.service : home ? "V01PAK" : "V53WPAK";
  std::string billing = part_of(account, "billing." + product);
  if (billing.empty()) billing = part_of(account, "billing");
  std::string reference = fitted(order.reference, 35);
  if (!reference.empty() && reference.size() < kShortestReference) reference.insert(0, kShortestReference - reference.size(), '0');
  Json details = {{"weight", weight(order.weight_g)}};
  if (order.length_mm > 0 && order.width_mm > 0 && order.height_mm > 0)
    details["dim"] = {{"uom", "mm"}, {"length", order.length_mm}, {"width", order.width_mm}, {"height", order.height_mm}};
  Json shipment = {{"product", product},
                   {"billingNumber", billing},
                   {"shipper", shipper(order.from)},
                   {"consignee", consignee(order.to)},
                   {"details", details}};
  put(shipment, "refNo", reference);
  // The day in Germany or, in the last hours of a winter's day, the next: never one that is over.
  if (order.ship_at.us > 0) shipment["shipDate"] = day_text(order.ship_at + 2 * kHour);
  if (crosses_customs(order.from.address.country, order.to.address.country) && !order.contents.empty())
    shipment["customs"] = customs(order);
  if (!home) shipment["services"] = {{"endorsement", "RETURN"}};
  const Json body = {{"profile", kProfile}, {"shipments", Json::array({shipment})}};
  const std::string format = order.format == "zpl" ? "ZPL2" : "PDF";
  return shipping_request_to(account, "POST", std::string(kShippingPath) + "/orders?includeDocs=include&docFormat=" + format, body);
}

// --- replies
int status_of(const Json& json) {
  for (const char* name : {"statusCode", "status"}) {
    if (at(json, name).is_number_integer()) return at(json, name).get<int>();
  }
  return 0;
}

std::string shipping_words_of(const Json& status) {
  const std::string title = text(status, "title");
  const std::string detail = text(status, "detail");
  return joined({title, detail == title ? "" : detail}, ": ");
}

// Why an item failed: its status and the validation messages that are errors.
std::string fault_of(const Json& item) {
  std::string said = shipping_words_of(at(item, "sstatus"));
  for (const Json* one : list(item, "validationMessages")) {
    if (text(*one, "validationState") == "Warning") continue;
    said = joined({said, joined({text(*one, "property"), text(*one, "validationMessage")}, " ")}, "; ");
  }
  return clean_text(said);
}

struct Answer {
  CallTrouble call;
  Json json;
};

// The body of a good answer, or what is wrong with the call. DHL's problems come flat or under "status", with the items' faults beside.
Answer answer_of(const HttpOutcome& outcome) {
  Answer answer{carriers::trouble_of(outcome), {}};
  if (!outcome.response) return answer;
  Document document = Document::of(outcome.response->body);
  const bool good = answer.call.trouble == Trouble::none;
  if (!document.json || !document.json->is_object()) {
    if (good) answer.call = {Trouble::bad_reply, document.json ? "no object" : document.fault, 0};
    return answer;
  }
  answer.json = std::move(*document.json);
  if (good) return answer;
  const Json& status = at(answer.json, "status").is_object() ? at(answer.json, "status") : answer.json;
  std::string said = shipping_words_of(status);
  for (const Json* item : list(answer.json, "items")) said = joined({said, fault_of(*item)}, "; ");
  if (!said.empty()) answer.call.detail = clean_text(answer.call.detail + " " + said);
  return answer;
}

void add(BoughtLabel& label, LabelPart part, const Json& given) {
  if (auto document = label_document(part, at(given, "b64"))) {
    label.documents.push_back(std::move(*document));
  } else if (const Json& zpl = at(given, "zpl2"); zpl.is_string() && format_of(zpl.get_ref<const std::string&>()) == "zpl") {
    label.documents.push_back({part, "zpl", zpl.get<std::string>(), ""});
  } else if (const std::string url = text(given, "url"); is_link(url)) {
    label.documents.push_back({part, text(given, "fileFormat") == "ZPL2" ? "zpl" : "pdf", "", url});
  }
}

LabelReply refused(Trouble trouble, std::string detail, std::int64_t retry_after_us = 0) {
  return {trouble, std::move(detail), retry_after_us, {}};
}

// A reply of either API; `item` is where the numbers and documents are.
LabelReply label_of(const Json& item) {
  const int status = status_of(at(item, "sstatus"));
  if (status >= 400) return refused(Trouble::bad_request, fault_of(item));
  LabelReply reply;
  reply.label.number = text(item, "shipmentNo");
  if (reply.label.number.empty()) return refused(Trouble::bad_reply, "an answer without a shipment number");
  add(reply.label, LabelPart::label, at(item, "label"));
  add(reply.label, LabelPart::qr, at(item, "qrLabel"));
  add(reply.label, LabelPart::customs_form, at(item, "customsDoc"));
  if (reply.label.documents.empty()) return refused(Trouble::bad_reply, "no label that can be read for " + reply.label.number);
  return reply;
}

class ParcelDeShipping : public Shipping {
 public:
  bool returns() const override { return true; }
  bool outbound() const override { return true; }
  bool qr() const override { return true; }
  bool manifests() const override { return true; }
  HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const override {
    return order.direction == Direction::back ? return_request(account, order) : outbound_request(account, order);
  }
  LabelReply parse_label(const HttpOutcome& outcome) const override {
    const auto [call, json] = answer_of(outcome);
    if (call.trouble != Trouble::none) return refused(call.trouble, call.detail, call.retry_after_us);
    if (!has(json, "items")) return label_of(json);  // a return: no void_id
    auto reply = label_of(at(json, "items/0"));
    reply.label.void_id = reply.label.number;
    return reply;
  }
  HttpRequest void_request(const CarrierAccount& account, std::string_view void_id) const override {
    const std::string path = std::string(kShippingPath) + "/orders?profile=" + std::string(kProfile) + "&shipment=";
    return shipping_request_to(account, "DELETE", path + percent_encode(void_id));
  }
  VoidReply parse_void(const HttpOutcome& outcome) const override {
    const auto [call, json] = answer_of(outcome);
    if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us};
    const Json& item = at(json, "items/0");
    const int status = status_of(at(item, "sstatus"));
    if (status == 0) return {Trouble::bad_reply, "an answer without the shipment's status", 0};
    if (status >= 400) return {Trouble::bad_request, fault_of(item), 0};
    return {};
  }
  // At most thirty numbers. What is not closed by hand DHL closes at the end of the day.
  HttpRequest manifest_request(const CarrierAccount& account, std::span<const std::string> numbers) const override {
    Json body = {{"profile", kProfile}, {"shipmentNumbers", Json::array()}};
    for (const auto& number : numbers) body["shipmentNumbers"].push_back(number);
    return shipping_request_to(account, "POST", std::string(kShippingPath) + "/manifests", body);
  }
  // DHL gives no number and no document here; what could not be closed is told in the detail, and fails the call when it is everything.
  ManifestReply parse_manifest(const HttpOutcome& outcome) const override {
    const auto [call, json] = answer_of(outcome);
    if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, "", {}};
    ManifestReply reply;
    std::size_t closed = 0;
    for (const Json* item : list(json, "items")) {
      if (status_of(at(*item, "sstatus")) < 400)
        ++closed;
      else
        reply.detail = clean_text(joined({reply.detail, joined({text(*item, "shipmentNo"), fault_of(*item)}, " ")}, "; "));
    }
    if (closed == 0) reply.trouble = reply.detail.empty() ? Trouble::bad_reply : Trouble::bad_request;
    return reply;
  }
};
}  // namespace

const Shipping& parcel_de_shipping() {
  static const ParcelDeShipping shipping;
  return shipping;
}

}  // namespace roundtrip::carriers::dhl
