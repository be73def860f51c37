// DHL: one carrier with several APIs; the account's `api` chooses which is asked.
#include "carriers/dhl/dhl.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/dhl/parts.hpp"
#include "carriers/shipping.hpp"

namespace roundtrip::carriers {
namespace dhl {
namespace {
constexpr int kParcelDePerCall = 20;  // piece codes of one d-get-piece-detail
constexpr int kExpressPerCall = 50;   // 200 are allowed; a reply of 200 full histories would be above what is read

// XML-PI: shut down in favor of the MyDHL API.
bool is_xml_pi(const Reply& reply) {
  const auto name = local_name(reply.xml());
  return name == "TrackingResponse" || name == "ShipmentTrackingErrorResponse" || name == "KnownTrackingRequest";
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Express waybills: 10 or 11 digits, the last is the rest modulo 7.
bool is_waybill(std::string_view text) {
  if ((text.size() != 10 && text.size() != 11) || !all_digits(text)) return false;
  long serial = 0;
  for (const char c : text.substr(0, text.size() - 1)) serial = serial * 10 + (c - '0');
  return serial % 7 == text.back() - '0';
}

// Parcel DE: "00" and an SSCC of DHL's (340434...), its last digit modulo 10 with weight 3 next to it.
bool is_parcel_de_number(std::string_view text) {
  if (text.size() != 20 || !text.starts_with("00340") || !all_digits(text)) return false;
  int sum = 0;
  int weight = 3;
  for (std::size_t i = text.size() - 1; i-- > 0; weight = 4 - weight) sum += (text[i] - '0') * weight;
  return (10 - sum % 10) % 10 == text.back() - '0';
}

// Piece identifiers of Express and of parcels abroad; without a check digit.
bool is_piece_id(std::string_view text) {
  const std::size_t prefix = text.starts_with("JJD") ? 3 : text.starts_with("JD") ? 2 : 0;
  return prefix > 0 && text.size() >= prefix + 16 && text.size() <= prefix + 20 && all_digits(text.substr(prefix));
}

class DhlCarrier : public Carrier {
 public:
  std::string_view name() const override { return "dhl"; }
  std::string_view title() const override { return "DHL"; }
  const Capabilities& capabilities() const override {
    // Unified: 250 calls a day and one in five seconds until DHL raises it.
    static constexpr Capabilities kCapabilities{.calls_per_minute = 12};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {
        {"unified", "Shipment Tracking - Unified", 1, is_unified, read_unified, unified_request},
        {"mydhl", "MyDHL API (Express), one shipment", 1, is_express, read_express, express_request},
        {"mydhl_batch", "MyDHL API (Express), several shipments", kExpressPerCall, is_express, read_express, express_batch_request},
        {"parcel_de", "Parcel DE Tracking v0", kParcelDePerCall, is_parcel_de, read_parcel_de, parcel_de_request},
        {"ecommerce_us", "eCommerce US (GlobalMail) XML", 1, is_ecommerce_us, read_ecommerce_us, {}},
        {"xml_pi", "Express XML-PI", 1, is_xml_pi, {}, {}}};
    return kApis;
  }
  bool is_number(std::string_view text) const override { return is_parcel_de_number(text) || is_waybill(text) || is_piece_id(text); }
  const Shipping* shipping() const override { return &parcel_de_shipping(); }
};
}  // namespace

bool is_problem(const Reply& reply) {
  return reply.is_json() && has(reply.json(), "status") && (has(reply.json(), "title") || has(reply.json(), "detail"));
}

CallTrouble trouble_of_problem(const Reply& reply) {
  const std::string said = text(reply.json(), "status");
  const bool numeric = said.size() == 3 && all_digits(said);
  const int status = reply.status >= 400 || !numeric ? reply.status : std::stoi(said);
  auto call = carriers::trouble_of({HttpResponse{status, reply.headers, ""}, {}});
  const std::string title = text(reply.json(), "title");
  const std::string detail = text(reply.json(), "detail");
  call.detail = joined({said.empty() ? std::to_string(status) : said, title, detail == title ? "" : detail}, " ");
  if (call.trouble == Trouble::none) call.trouble = Trouble::bad_reply;
  return call;
}

TrackReply problem(const Reply& reply) {
  const auto call = trouble_of_problem(reply);
  return failed(call.trouble, call.detail, call.retry_after_us);
}

std::string basic_auth(std::string_view user, std::string_view password) {
  return "Basic " + to_base64(std::string(user) + ":" + std::string(password));
}

std::string base_of(const CarrierAccount& account, std::string_view standard) {
  return account.base_url.empty() ? std::string(standard) : account.base_url;
}
}  // namespace dhl

const Carrier& dhl_carrier() {
  static const dhl::DhlCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
