// Canada Post's authorized returns (specs: authreturn.xsd, version 2): a return label that is charged when it is scanned.
#include <cmath>
#include <sstream>

#include "carriers/canada_post/parts.hpp"
#include "carriers/shipping_parts.hpp"

namespace roundtrip::carriers::canada_post {
namespace {
constexpr std::string_view kMediaType = "application/vnd.cpc.authreturn-v2+xml";
constexpr const char* kNamespace = "http://www.canadapost.ca/ws/authreturn-v2";
constexpr std::string_view kExpedited = "DOM.EP";
constexpr std::size_t kNameLength = 44, kCityLength = 40, kReferenceLength = 35;

void put(pugi::xml_node parent, const char* name, const std::string& value) {
  if (!value.empty()) parent.append_child(name).text().set(value.c_str());
}

// name and domestic-address are required; company is left out when there is none.
void put_party(pugi::xml_node parent, const char* name, const Party& party) {
  const auto& address = party.address;
  auto node = parent.append_child(name);
  put(node, "name", fitted(address.name.empty() ? address.company : address.name, kNameLength));
  if (!address.name.empty()) put(node, "company", fitted(address.company, kNameLength));
  auto where = node.append_child("domestic-address");
  put(where, "address-line-1", fitted(address.line1, kNameLength));
  put(where, "address-line-2", fitted(address.line2, kNameLength));
  put(where, "city", fitted(address.city, kCityLength));
  put(where, "province", fitted(address.region, 2));
  put(where, "postal-code", plain_number(address.postal_code));
}

// A decimal of so many digits, rounded up: "1.25".
std::string decimal(double value, int digits) {
  const double steps = std::pow(10, digits);
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed;
  out.precision(digits);
  out << std::ceil(value * steps - 1e-9) / steps;
  return out.str();
}

void put_parcel(pugi::xml_node root, const LabelOrder& order) {
  const bool measured = order.length_mm > 0 && order.width_mm > 0 && order.height_mm > 0;
  if (order.weight_g <= 0 && !measured) return;
  auto parcel = root.append_child("parcel-characteristics");
  if (order.weight_g > 0) put(parcel, "weight", decimal(order.weight_g / 1000.0, 3));
  if (!measured) return;
  auto dimensions = parcel.append_child("dimensions");
  put(dimensions, "length", decimal(order.length_mm / 10.0, 1));
  put(dimensions, "width", decimal(order.width_mm / 10.0, 1));
  put(dimensions, "height", decimal(order.height_mm / 10.0, 1));
}

// The account's customer: "customer number" or "customer number/contract".
std::pair<std::string, std::string> customer_of(const CarrierAccount& account) {
  const auto slash = account.customer.find('/');
  if (slash == std::string::npos) return {account.customer, ""};
  return {account.customer.substr(0, slash), account.customer.substr(slash + 1)};
}

std::string body_of(const CarrierAccount& account, const LabelOrder& order) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto root = document.append_child("authorized-return");
  root.append_attribute("xmlns") = kNamespace;
  put(root, "service-code", order.service.empty() ? std::string(kExpedited) : order.service);
  put_party(root, "returner", order.from);
  put_party(root, "receiver", order.to);
  put_parcel(root, order);
  auto print = root.append_child("print-preferences");
  put(print, "output-format", "4x6");
  put(print, "encoding", order.format == "zpl" ? "ZPL" : "PDF");
  put(print, "show-packing-instructions", "false");
  if (const auto contract = customer_of(account).second; !contract.empty())
    put(root.append_child("settlement-info"), "contract-id", contract);
  const std::string first = fitted(order.rma.empty() ? order.reference : order.rma, kReferenceLength);
  auto references = root.append_child("references");
  put(references, "customer-ref-1", first);
  if (!order.rma.empty()) put(references, "customer-ref-2", fitted(order.reference, kReferenceLength));
  if (first.empty()) root.remove_child(references);
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  return out.str();
}

class CanadaPostShipping : public Shipping {
 public:
  bool returns() const override { return true; }
  bool outbound() const override { return false; }

  HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const override {
    const std::string customer = percent_encode(customer_of(account).first);
    auto request = xml_request(account, "POST", base_url(account) + "/rs/" + customer + "/" + customer + "/authorizedreturn", kMediaType,
                               body_of(account, order));
    request.headers.emplace_back("Accept-language", "en-CA");
    return request;
  }

  // tracking-pin and a link of rel "returnLabel", which is fetched with the same credentials.
  LabelReply parse_label(const HttpOutcome& outcome) const override {
    const auto call = trouble_of(outcome);
    if (!outcome.response) return {call.trouble, call.detail, 0, {}};
    const Document document = Document::of(outcome.response->body);
    const auto root = document.xml ? document.xml->document_element() : pugi::xml_node();
    if (call.trouble != Trouble::none || is_error_body(root)) {
      const auto error = error_of(outcome.response->status, root);
      return {error.trouble, error.detail, std::max(error.retry_after_us, call.retry_after_us), {}};
    }
    const auto info = local_name(root) == "authorized-return-info" ? root : find(root, "authorized-return-info");
    LabelReply reply;
    reply.label.number = text(info, "tracking-pin");
    for (const auto link : list(info, "links/link")) {
      if (attribute(link, "rel") != "returnLabel" || attribute(link, "href").empty()) continue;
      const bool zpl = attribute(link, "media-type").find("zpl") != std::string::npos;
      reply.label.documents.push_back({LabelPart::label, zpl ? "zpl" : "pdf", "", link.attribute("href").value()});
    }
    reply.label.expires_at = parse_rfc3339(text(info, "public-key-info/expiry-date"));
    if (reply.label.number.empty() || reply.label.documents.empty())
      return {Trouble::bad_reply, document.xml ? "an answer without a PIN or a label" : document.fault, 0, {}};
    return reply;
  }

  // There is no call that voids an authorized return: one that is never scanned costs nothing. BoughtLabel::void_id stays empty.
  HttpRequest void_request(const CarrierAccount&, std::string_view) const override { return {}; }
  VoidReply parse_void(const HttpOutcome&) const override {
    return {Trouble::bad_request, "authorized returns are not voided: one that is never scanned is not charged", 0, false};
  }

  HttpRequest document_request(const CarrierAccount& account, const LabelDocument& document) const override {
    auto request = xml_request(account, "GET", document.url, document.format == "zpl" ? "application/zpl" : "application/pdf", "");
    // The password goes to nobody but Canada Post.
    if (!document.url.starts_with(base_url(account) + "/"))
      std::erase_if(request.headers, [](const auto& header) { return header.first == "Authorization"; });
    return request;
  }

  // 202: the label is not drawn yet. Faults come as XML.
  LabelReply parse_document(const HttpOutcome& outcome, const LabelDocument& document) const override {
    if (!outcome.response) return Shipping::parse_document(outcome, document);
    const auto& response = *outcome.response;
    if (response.status == 202) return {Trouble::service, "the label is not ready yet", 2 * kSecond, {}};
    const Document body = format_of(response.body).empty() ? Document::of(response.body) : Document{};
    if (body.xml && is_error_body(body.xml->document_element())) {
      const auto error = error_of(response.status, body.xml->document_element());
      return {error.trouble, error.detail, error.retry_after_us, {}};
    }
    return Shipping::parse_document(outcome, document);
  }
};
}  // namespace

const Shipping& shipping() {
  static const CanadaPostShipping kShipping;
  return kShipping;
}

}  // namespace roundtrip::carriers::canada_post
