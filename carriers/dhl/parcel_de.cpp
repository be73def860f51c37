// Parcel DE Tracking v0 (d-get-piece-detail): XML asked for in the query string, attributes instead of elements in the reply.
#include <optional>

#include "carriers/dhl/codes_parcel_de.hpp"
#include "carriers/dhl/parts.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers::dhl {
namespace {
const Code* row_of(const std::string& ice, const std::string& ric, const std::string& ttpro) {
  for (const auto& code : {ice + " " + ric, ice + " " + ttpro, ice}) {
    if (const Code* row = find_code(kIce, code)) return row;
  }
  return find_code(kTtpro, ttpro);
}

// Where something went wrong the RIC says why; of a delivery, to whom.
std::optional<Code> meaning(const std::string& ice, const std::string& ric, const std::string& ttpro) {
  const Code* row = row_of(ice, ric, ttpro);
  if (row == nullptr) return std::nullopt;
  Code out = *row;
  const bool moving = out.status == in_transit || out.status == out_for_delivery || out.status == available_for_pickup || !out.physical;
  if (moving) return out;
  const Code* more = out.status == delivered ? find_code(kRicDeliveries, ric) : find_code(kRicTroubles, ric);
  if (more == nullptr) return out;
  if (more->reason != Why::none) out.reason = more->reason;
  if (!more->sub_code.empty()) out.sub_code = more->sub_code;
  return out;
}

bool is_return(pugi::xml_node node) {
  const auto said = attribute(node, "ruecksendung");
  return said == "true" || said == "1";
}

// Event or piece: both carry the same three codes. Times are those of Germany unless the event's country is another.
domain::TrackingEvent event_of(pugi::xml_node node, const char* time_name, std::initializer_list<const char*> text_names) {
  domain::TrackingEvent event;
  const auto ice = attribute(node, "ice");
  const auto ric = attribute(node, "ric");
  const auto ttpro = attribute(node, "standard-event-code");
  event.raw_code = joined({ice, ric, ttpro}, " ");
  for (const char* name : text_names) {
    if (event.raw_text.empty()) event.raw_text = attribute(node, name);
  }
  const auto country = attribute(node, "event-country");
  event.place = joined({attribute(node, "event-location"), country});
  const auto raw = attribute(node, time_name);
  const auto read = read_pattern(raw, "%d.%m.%Y %H:%M");
  const bool german = country.empty() || country == "DE" || country == "Germany" || country == "Deutschland";
  event.time = german ? time_in_zone(raw, read, "Europe/Berlin", domain::ZoneBasis::carrier_zone) : wall_time(raw, read);
  event.return_leg = is_return(node);
  if (const auto row = meaning(ice, ric, ttpro)) apply_code(event, &*row);
  return event;
}

void read_events(pugi::xml_node node, std::vector<domain::TrackingEvent>& events) {
  for (const auto one : list(node, "data")) {
    const std::string_view name = one.attribute("name").value();
    if (name == "piece-event" || name == "pieceevent")
      events.push_back(event_of(one, "event-timestamp", {"event-status", "event-text", "event-short-status"}));
    else if (name == "piece-event-list")
      read_events(one, events);
  }
}

TrackedNumber piece_item_of(pugi::xml_node piece) {
  std::string number = attribute(piece, "searched-piece-code");  // as it was asked for
  if (number.empty()) number = attribute(piece, "piece-code");
  auto fault = attribute(piece, "error-status");
  if (fault.empty()) fault = attribute(piece, "piece-status");
  if (!fault.empty() && fault != "0")
    return failed_item(number, fault == "100" ? Trouble::not_found : Trouble::bad_request,
                       joined({fault, attribute(piece, "piece-status-desc")}, " "));
  TrackedNumber item;
  item.number = number;
  read_events(piece, item.events);
  auto stated = event_of(piece, "status-timestamp", {"short-status", "status"});
  const bool arrived = attribute(piece, "delivery-event-flag") == "1";
  if (stated.status == domain::TrackingStatus::unknown && arrived) stated.status = domain::TrackingStatus::delivered;
  item.status_raw = joined({stated.raw_code, stated.raw_text}, " ");
  item.sub_code = stated.sub_code;
  const auto status = domain::status_of(stated);
  if (status != domain::TrackingStatus::unknown && (stated.physical || status == domain::TrackingStatus::pre_transit))
    item.headline = domain::Headline{status, stated.reason, domain::order_time(stated)};
  if (arrived) item.signed_by = attribute(piece, "recipient-name");
  item.weight_g = grams(attribute(piece, "shipment-weight"), "kg");
  return item;
}

// The code of the whole answer: 0 is good, 5 a refused login, 100 no data.
TrackReply fault_of(const Reply& reply, const std::string& code, const std::string& words) {
  const auto said = joined({code, words}, " ");
  if (code == "100") return failed(Trouble::not_found, said);
  if (code == "5") return failed(Trouble::auth, said);
  const auto call = carriers::trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
  return failed(call.trouble == Trouble::none ? Trouble::service : call.trouble, said, call.retry_after_us);
}
}  // namespace

HttpRequest parcel_de_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  std::string numbers;
  for (const TrackQuery& query : queries) numbers += (numbers.empty() ? "" : ";") + query.number;
  const bool german = queries.front().locale.starts_with("de");
  const std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><data appname=\"" +
                          xml_escaped(part_of(account, "user")) + "\" language-code=\"" + (german ? "de" : "en") + "\" password=\"" +
                          xml_escaped(part_of(account, "password")) + "\" piece-code=\"" + xml_escaped(numbers) +
                          "\" request=\"d-get-piece-detail\"/>";
  HttpRequest request;
  request.url = base_of(account, kGateway) + "/parcel/de/tracking/v0/shipments?xml=" + percent_encode(xml);
  request.headers = {
      {"DHL-API-Key", account.key}, {"Authorization", basic_auth(account.key, account.secret)}, {"Accept", "application/xml"}};
  return request;
}

bool is_parcel_de(const Reply& reply) {
  const auto root = reply.xml();
  return local_name(root) == "data" && (root.attribute("code") || root.attribute("name"));
}

TrackReply read_parcel_de(const Reply& reply) {
  if (reply.is_json() && is_problem(reply)) return problem(reply);  // the gateway before the service speaks JSON
  if (!is_parcel_de(reply)) return failed(Trouble::bad_reply, "no list of pieces");
  const auto root = reply.xml();
  TrackReply out;
  for (const auto piece : list(root, "data")) {
    const std::string_view name = piece.attribute("name").value();
    if (name == "piece-shipment" || name == "pieceshipment") out.items.push_back(piece_item_of(piece));
  }
  const auto code = attribute(root, "code");
  if (out.items.empty() && code != "0") return fault_of(reply, code, attribute(root, "error"));
  return out;
}

}  // namespace roundtrip::carriers::dhl
