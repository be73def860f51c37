// The order at the desk: everything about it on one page, and what may be done with it.
#include "web/desk_order.hpp"

#include <algorithm>
#include <cctype>

#include "domain/notifications.hpp"
#include "usecases/access.hpp"
#include "usecases/customer.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::web {
namespace {
const usecases::LineView* line_of(const usecases::OrderView& order, LineId id) {
  const auto found = std::find_if(order.lines.begin(), order.lines.end(), [&](const auto& line) { return line.id == id; });
  return found == order.lines.end() ? nullptr : &*found;
}

Json lines_json(const Desk& desk) {
  Json out = Json::array();
  for (const auto& line : desk.order.lines) {
    const auto& frozen = line.frozen;
    out.push_back({{"id", to_text(line.id)},
                   {"description", line.description.empty() ? line.sku : line.description},
                   {"sku", line.sku},
                   {"sku_url", percent_encode(line.sku)},
                   {"quantity", std::to_string(line.quantity)},
                   {"shipped", std::to_string(line.shipped)},
                   {"delivered", std::to_string(line.delivered)},
                   {"returned", std::to_string(line.returned)},
                   {"canceled", some(line.canceled)},
                   {"announced", some(line.announced)},
                   {"credited", some(line.credited)},
                   {"amount", desk.money(frozen.price - frozen.discount + frozen.tax + frozen.shipping)}});
  }
  return out;
}

struct SilenceWords {
  std::string_view silence, words;
};
constexpr SilenceWords kSilenceWords[] = {
    {"not_asked_yet", "The carrier has not been asked yet."},
    {"not_known_yet", "The carrier does not know the number (yet)."},
    {"limited", "The carrier lets us ask only so often."},
    {"refused", "The carrier refuses our credentials: check the account's settings."},
    {"rejected", "The carrier says that the number or the question is not valid."},
    {"unreachable", "The carrier does not answer."},
    {"unreadable", "The carrier's answer cannot be read."},
    {"our_fault", "The carrier's answer could not be kept: see the log."},
    {"no_scans", "The carrier answers, and has had nothing to say for days."},
    {"given_up", "No word for so long that we stopped asking."},
};

std::string silence_words(const std::string& silence) {
  for (const auto& row : kSilenceWords) {
    if (row.silence == silence) return std::string(row.words);
  }
  return silence;
}

Json parcel_json(const Desk& desk, const usecases::ParcelView& parcel) {
  std::string contents;
  for (const auto& item : parcel.items) {
    const auto* line = line_of(desk.order, item.line);
    contents += (contents.empty() ? "" : ", ") + std::to_string(item.quantity) + " × " +
                (line && !line->description.empty() ? line->description : item.sku);
  }
  std::string checked;
  if (parcel.last_checked_at) checked = "Asked " + relative_time(*parcel.last_checked_at, desk.request.now);
  if (parcel.last_success_at) checked += ", answered " + relative_time(*parcel.last_success_at, desk.request.now);
  if (parcel.next_check_at)
    checked += (checked.empty() ? "Asked first " : ", again ") + relative_time(*parcel.next_check_at, desk.request.now);
  std::string pushed;
  if (parcel.last_push_at) pushed = "pushed " + relative_time(*parcel.last_push_at, desk.request.now);
  if (parcel.subscribed_until && *parcel.subscribed_until > desk.request.now)
    pushed += std::string(pushed.empty() ? "" : ", ") + "pushes promised until " + format_date(*parcel.subscribed_until);
  if (!pushed.empty()) checked += (checked.empty() ? "Carrier: " : "; ") + pushed;
  const bool out = parcel.state == "handed_over";
  return {{"code", parcel.code},
          {"status", state_pill(out ? parcel.status : parcel.state)},
          {"delayed", parcel.delayed},
          {"stalled", parcel.stalled && !parcel.never_collected},
          {"id", to_text(parcel.id)},
          {"never_collected", parcel.never_collected},
          {"reason", words_of_code(parcel.reason)},
          {"silence", silence_words(parcel.silence)},
          {"can_claim", out && (parcel.status == "lost" || parcel.status == "expired" || parcel.stalled)},
          {"can_attend", !parcel.attended && (parcel.status == "lost" || parcel.status == "expired")},
          {"attended", parcel.attended},
          {"carrier", parcel.account.empty() ? parcel.carrier : parcel.carrier + "/" + parcel.account},
          {"service", parcel.service},
          {"tracking_number", parcel.tracking_number},
          {"label_pill", parcel.label.empty() ? Json(nullptr) : state_pill("label_" + parcel.label)},
          {"label_error", parcel.label_error},
          {"has_label", parcel.state == "closed" || out},
          {"can_buy", parcel.state == "closed"},
          {"contents", contents},
          {"checked", checked}};
}

Json shipments_json(const Desk& desk) {
  Json out = Json::array();
  for (const auto& shipment : desk.order.shipments) {
    Json parcels = Json::array(), lines = Json::array();
    for (const auto& parcel : shipment.parcels) parcels.push_back(parcel_json(desk, parcel));
    for (const auto& line : shipment.lines) {
      lines.push_back({{"quantity", std::to_string(line.quantity)},
                       {"sku", line.sku},
                       {"picked", std::to_string(line.picked)},
                       {"packed", std::to_string(line.packed)}});
    }
    const std::string when =
        shipment.handed_over_at ? "Handed over " + desk.when(shipment.handed_over_at) : "Ship by " + desk.when(shipment.ship_by);
    out.push_back({{"code", shipment.code},
                   {"status", state_pill(shipment.status)},
                   {"reason", words_of_code(shipment.reason)},
                   {"when", when},
                   {"parcels", parcels},
                   {"lines", lines}});
  }
  return out;
}

struct ChannelWords {
  std::string_view channel, icon;
};
constexpr ChannelWords kChannels[] = {{"api", "⇄"},     {"floor", "▦"},   {"desk", "✎"},   {"customer", "☺"},
                                      {"carrier", "→"}, {"gateway", "€"}, {"worker", "⚙"}, {"import", "⇣"}};

// Keys whose numbers are money in minor units, and keys that say nothing to a person here.
constexpr std::string_view kMoneyKeys[] = {"total", "captured", "amount", "due", "payable", "refunded", "limit"};
constexpr std::string_view kSilentKeys[] = {"currency",     "external_id", "milestone", "channel", "title",
                                            "notification", "about",       "time",      "status"};

template <std::size_t N>
bool is_one_of(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// "Reason: out of stock, amount: €12.50" from a timeline row's JSON; nested values are left to the API.
std::string detail_text(const Desk& desk, const std::string& json) {
  const auto detail = Json::parse(json, nullptr, false);
  if (!detail.is_object()) return "";
  std::string out;
  for (const auto& [key, value] : detail.items()) {
    if (value.is_object() || value.is_array() || value.is_null() || is_one_of(kSilentKeys, key)) continue;
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_number_integer() && is_one_of(kMoneyKeys, key)) text = desk.money(value.get<std::int64_t>());
    if (text.empty() || out.size() + text.size() > 240) continue;
    std::string word = words_of_code(key);
    if (!out.empty()) word.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(word.front())));
    out += (out.empty() ? "" : ", ") + word + ": " + text;
  }
  return out;
}

// What a row says in a few words.
std::string happening_words(const usecases::TimelineRow& row) {
  if (row.entry.type != "notification.sent") return words_of_code(row.entry.type);
  const auto detail = Json::parse(row.entry.detail, nullptr, false);
  const std::string title = detail.is_object() ? detail.value("title", "") : "";
  const auto milestone = domain::parse_milestone(detail.is_object() ? detail.value("milestone", "") : "");
  return (milestone && domain::is_for_shop(*milestone) ? "Told the shop: " : "Told the customer: ") + (title.empty() ? "a message" : title);
}

struct Happening {
  Instant at;
  Json row;
};

Json happening_row(const Desk& desk, Instant at, std::string_view icon, std::string_view tone, const std::string& what,
                   const std::string& detail, const std::string& who) {
  return {{"icon", icon},         {"tone", tone}, {"what", what}, {"detail", detail}, {"who", who}, {"at", format_rfc3339(at)},
          {"when", desk.when(at)}};
}

Json timeline_json(const Desk& desk, const usecases::OrderSurroundings& around) {
  std::vector<Happening> all;
  for (const auto& row : around.timeline) {
    const auto channel =
        std::find_if(std::begin(kChannels), std::end(kChannels), [&](const auto& words) { return words.channel == row.entry.channel; });
    const auto dot = row.entry.type.rfind('.');
    const std::string verb = dot == std::string::npos ? row.entry.type : row.entry.type.substr(dot + 1);
    const std::string tone = state_pill(verb).value("tone", ""), who = words_of_code(row.entry.channel) + " · " + row.entry.actor;
    all.push_back({row.at, happening_row(desk, row.at, channel == std::end(kChannels) ? "•" : channel->icon, tone, happening_words(row),
                                         detail_text(desk, row.entry.detail), who)});
  }
  for (const auto& event : around.events) {
    const Instant at = event.at.value_or(event.received_at);
    const auto pill = state_pill(event.status);
    std::string said = event.raw_text.empty() ? event.raw_code : event.raw_text;
    if (!event.place.empty()) said += " · " + event.place;
    all.push_back({at, happening_row(desk, at, "→", pill.value("tone", ""), "Carrier: " + pill.value("text", ""), said, event.number)});
  }
  std::reverse(all.begin(), all.end());  // of one instant the later row first
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at > b.at; });
  Json out = Json::array();
  for (auto& one : all) out.push_back(std::move(one.row));
  return out;
}

Json customer_json(const usecases::OrderView& order) {
  Json address = Json::array();
  const auto& to = order.ship_to;
  for (const std::string& line : {to.name, to.company, to.line1, to.line2, to.postal_code + " " + to.city, to.region, to.country}) {
    if (line.find_first_not_of(' ') != std::string::npos) address.push_back(line);
  }
  return {{"name", order.customer.name},
          {"email", order.customer.email},
          {"phone", order.customer.phone},
          {"address", address},
          {"locale", order.customer.locale},
          {"zone", order.customer.time_zone},
          {"tier", words_of_code(order.customer.tier)}};
}

Json order_json(const Desk& desk) {
  const auto& order = desk.order;
  const bool waits = order.status == domain::OrderStatus::open || order.status == domain::OrderStatus::partly_shipped;
  return {{"id", to_text(order.id)},
          {"external_id", order.external_id},
          {"status", state_pill(domain::to_text(order.status))},
          {"hold", order.hold_reason.value_or("")},
          {"late", waits && order.promised_ship_at && *order.promised_ship_at < desk.request.now},
          {"placed", desk.when(order.placed_at)},
          {"ship_by", desk.when(order.promised_ship_at)},
          {"deliver_by", desk.when(order.promised_deliver_at)},
          {"warehouse", order.warehouse},
          {"service", order.service}};
}

http::Reply show_order(const http::Services& services, const http::Request& request, OrderId id, const std::string& fault, int status) {
  const auto context = http::context_of(services, request);
  const auto order = usecases::read_order(context, id);
  if (!order) return error_page(services, request, Layout::desk, order.error());
  const Desk desk{services, request, *order, desk_zone(services, request)};
  const auto around = usecases::read_surroundings(context, id);
  auto page = desk_page(request, "Order " + order->external_id, "desk_order", "/desk/orders");
  page.status = status;
  auto& data = page.data;
  data["fault"] = fault;
  data["order"] = order_json(desk);
  const bool waits = order->status == domain::OrderStatus::open || order->status == domain::OrderStatus::partly_shipped;
  data["can"] = {{"hold", waits && !order->hold_reason}, {"release", order->hold_reason.has_value()}, {"cancel", waits}};
  data["lines"] = lines_json(desk);
  data["shipments"] = shipments_json(desk);
  data["has_shipments"] = !order->shipments.empty();
  data["returns"] = returns_json(desk);
  data["has_returns"] = !order->returns.empty();
  data["claims"] = desk_claims_json(desk);
  data["has_claims"] = !order->claims.empty();
  data["refunds"] = refunds_json(desk);
  data["money"] = {{"total", desk.money(order->total)},
                   {"captured", desk.money(order->captured)},
                   {"refunded", desk.money(order->refunded)},
                   {"refundable", desk.money(order->refundable)},
                   {"differs", order->total != order->captured}};
  data["customer"] = customer_json(*order);
  const usecases::LinkTarget target{context.merchant, id, order->link_generation};
  data["links"] = {{"track", services.links.url(usecases::LinkKind::tracking, target, request.now)},
                   {"return", services.links.url(usecases::LinkKind::returns, target, request.now)}};
  data["timeline"] = timeline_json(desk, around);
  data["messages"] = Json::array();
  for (const auto& message : around.messages) data["messages"].push_back(message_json(message, desk.zone, request.now, false));
  data["has_messages"] = !around.messages.empty();
  data["notifications"] = Json::array();
  for (const auto& sent : around.notifications) {
    data["notifications"].push_back({{"id", to_text(sent.id)},
                                     {"title", sent.title.empty() ? words_of_code(sent.milestone) : sent.title},
                                     {"state", state_pill(sent.state)},
                                     {"channel", words_of_code(sent.channel)},
                                     {"recipient", sent.recipient.empty() ? order->customer.email : sent.recipient},
                                     {"when", desk.when(sent.sent_at.value_or(sent.created_at))}});
  }
  data["has_notifications"] = !around.notifications.empty();
  return page_reply(services, request, page);
}

http::Reply order_page(const http::Services& services, const http::Request& request) {
  return show_order(services, request, parse_id<OrderId>(request.param("id")).value_or(OrderId{}), "", 200);
}

}  // namespace

http::Reply after_order_action(const http::Services& services, const http::Request& request, OrderId order, const Done& outcome,
                               const std::string& word) {
  if (outcome) return http::redirect_reply("/desk/orders/" + to_text(order) + "?done=" + word);
  std::string said = outcome.error().message;
  if (outcome.error().explain && !outcome.error().explain->next_step.empty()) said += " " + outcome.error().explain->next_step;
  return show_order(services, request, order, said, http::status_of(outcome.error().kind));
}

namespace {
http::Reply act_on_order(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const OrderId id = parse_id<OrderId>(request.param("id")).value_or(OrderId{});
  const auto action = request.param("action");
  const std::string reason = field(request.form(), "reason");
  if (action == "hold") return after_order_action(services, request, id, usecases::hold_order(context, id, reason, std::nullopt), "held");
  if (action == "release") return after_order_action(services, request, id, usecases::release_order(context, id), "released");
  if (action == "cancel") return after_order_action(services, request, id, usecases::cancel_order(context, id, {}, reason), "canceled");
  return error_page(services, request, Layout::desk,
                    {.kind = ErrorKind::not_found, .code = "no_such_action", .message = "There is no such action."});
}

http::Reply answer(const http::Services& services, const http::Request& request) {
  const auto id = number_of(std::string(request.param("id"))).value_or(0);
  const auto order = usecases::answer_message(http::context_of(services, request), id, field(request.form(), "answer"));
  if (!order) return error_page(services, request, Layout::desk, order.error());
  return http::redirect_reply("/desk/orders/" + to_text(*order) + "?done=answer_sent");
}

http::Reply attend(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<ParcelId>(request.param("id"));
  const auto order = usecases::attend_parcel(http::context_of(services, request), id.value_or(ParcelId{}));
  if (!order) return error_page(services, request, Layout::desk, order.error());
  return http::redirect_reply("/desk/orders/" + to_text(*order) + "?done=dealt_with");
}
}  // namespace

void add_desk_order_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope, auto handler) {
    router.add({method, pattern, http::Gate::staff, scope,
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/orders/{id}", "orders:write", order_page);
  route("POST", "/desk/orders/{id}/{action}", "orders:write", act_on_order);
  route("POST", "/desk/messages/{id}/answer", "orders:write", answer);
  route("POST", "/desk/parcels/{id}/attend", "orders:write", attend);
}

}  // namespace roundtrip::web
