// A return after it was announced: two rails, its label or code, changing and canceling it.
#include <algorithm>

#include "web/return_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::TimeStyle;

bool stays_with_customer(const usecases::ReturnView& one) {
  return std::all_of(one.lines.begin(), one.lines.end(), [](const auto& line) { return line.reception == "kept"; });
}
bool is_over(std::string_view status) { return status == "declined" || status == "canceled" || status == "expired"; }

struct RefundSums {
  std::int64_t paid = 0, asked = 0;
  std::optional<Instant> paid_at;
};
RefundSums refunds_of(const usecases::OrderView& order, const usecases::ReturnView& one) {
  RefundSums out;
  for (const auto& refund : order.refunds) {
    if (refund.return_id != one.id || refund.destination == "exchange") continue;
    if (refund.state == "succeeded") {
      out.paid += refund.amount;
      out.paid_at = refund.settled_at;
    } else if (refund.state != "denied" && refund.state != "reversed") {
      out.asked += refund.amount;
    }
  }
  return out;
}

Json money_rail(const Visit& visit, const usecases::ReturnView& one, Json& out) {
  const auto sums = refunds_of(visit.order, one);
  std::size_t reached = 1;
  if (sums.asked > 0) reached = 2;
  if (sums.paid > 0 && sums.asked == 0) reached = 3;
  if (sums.paid > 0) {
    out["money_said"] = visit.say("return.money_paid", {{"amount", visit.money(sums.paid)},
                                                        {"date", visit.time(sums.paid_at.value_or(visit.now), TimeStyle::short_date)}});
  } else if (sums.asked > 0) {
    out["money_said"] = visit.say("return.money_asked", {{"amount", visit.money(sums.asked)}});
  }
  return rail(visit.locale,
              {visit.say("return.rail_money_wait"), visit.say("return.rail_money_asked"), visit.say("return.rail_money_paid")}, reached);
}

Json parcel_rail(const Visit& visit, const usecases::ReturnView& one) {
  std::size_t reached = 1;
  if (one.status == "in_transit") reached = 2;
  if (one.status == "partly_received" || one.status == "received") reached = 3;
  const bool checked = std::all_of(one.lines.begin(), one.lines.end(),
                                   [](const auto& line) { return line.received > 0 && line.received == line.accepted + line.rejected; });
  if (one.status == "closed" || (one.status == "received" && checked)) reached = 4;
  const char* first = one.status == "requested" ? "return.rail_requested" : "return.rail_approved";
  return rail(visit.locale,
              {visit.say(first), visit.say("return.rail_transit"), visit.say("return.rail_received"), visit.say("return.rail_checked")},
              reached);
}

// What the customer is told about a return that is not simply under way.
std::string said_of(const Visit& visit, const usecases::ReturnView& one) {
  if (one.status == "requested") return visit.say("return.requested");
  if (one.status == "declined") return visit.say("return.declined") + (one.decline_reason.empty() ? "" : ": " + one.decline_reason);
  if (stays_with_customer(one)) return visit.say("return.kept");
  return is_over(one.status) ? visit.say("return." + one.status) : "";
}

// What is said of a pick-up as it stands; one that failed leaves the label.
void add_pickup_words(const Visit& visit, const usecases::PickupRow& pickup, Json& out) {
  const messages::Args day = {{"day", day_words(visit, pickup.day)}};
  const bool booked = pickup.state == domain::PickupState::booked;
  const bool failed = pickup.state == domain::PickupState::failed;
  out["way_pickup"] = !failed;
  out["way_label"] = failed;
  out["pickup_bad"] = failed;
  out["pickup_said"] = booked ? "" : visit.say(failed ? "return.pickup_failed" : "return.pickup_wanted", day);
  out["pickup_comes"] = booked ? visit.say("return.pickup_comes", day) : "";
  out["pickup_confirmation"] = visit.say("return.pickup_confirmation", {{"confirmation", pickup.confirmation}});
}

void add_label(const Visit& visit, const usecases::ReturnView& one, const std::string& base, domain::ReturnWay way,
               const usecases::PickupRow* pickup, Json& out) {
  out["label_a4"] = base + "/label.pdf?size=a4";
  out["label_4x6"] = base + "/label.pdf?size=4x6";
  out["label_qr"] = base + "/label.png";
  out["way_label"] = way == domain::ReturnWay::label || way == domain::ReturnWay::pickup;
  out["way_counter"] = way == domain::ReturnWay::counter;
  out["way_shop"] = way == domain::ReturnWay::shop;
  out["until"] =
      one.label_expires_at ? visit.say("return.label_until", {{"date", visit.time(*one.label_expires_at, TimeStyle::date)}}) : "";
  if (way == domain::ReturnWay::pickup && pickup != nullptr) add_pickup_words(visit, *pickup, out);
  out["hands_over"] = out["way_label"].get<bool>() || out["way_counter"].get<bool>();
  out["hand"] = one.carrier.empty() ? visit.say("return.hand_any") : visit.say("return.hand_title", {{"carrier", one.carrier}});
}
}  // namespace

std::string day_words(const Visit& visit, const std::string& day) {
  const auto noon = parse_rfc3339(day + "T12:00:00Z");
  return noon ? messages::format_time(visit.locale, "UTC", *noon, TimeStyle::day) : "";
}

std::string return_path(const http::Request& request) { return "/return/" + std::string(request.param("token")); }

const usecases::ReturnView* return_of_visit(const Visit& visit, std::optional<ReturnId> id) {
  for (const auto& one : visit.order.returns) {
    if (id && one.id == *id) return &one;
  }
  return nullptr;
}

Json shops_json(const std::vector<usecases::ShopRow>& shops) {
  Json out = Json::array();
  for (const auto& shop : shops) {
    const auto& at = shop.address;
    out.push_back({{"name", shop.name}, {"place", at.line1 + ", " + at.postal_code + " " + at.city}, {"hours", shop.opening_hours}});
  }
  return out;
}

Json return_card(const http::Services& services, const Visit& visit, const http::Request& request, const usecases::ReturnView& one,
                 domain::ReturnWay way, const usecases::PickupRow* pickup) {
  Json items = Json::array();
  std::int64_t rejected = 0, extra = 0;
  for (const auto& line : one.lines) {
    items.push_back({{"quantity", std::to_string(line.announced)}, {"name", visit.item_name(line.line)}});
    rejected += line.rejected;
    extra += std::max<std::int64_t>(0, line.received - line.announced);
  }
  const std::string base = return_path(request) + "/" + to_text(one.id);
  const bool labeled = one.status == "approved" || one.status == "in_transit";
  Json out = {{"code", visit.say("return.code", {{"code", one.code}})},
              {"id", to_text(one.id)},
              {"items", items},
              {"open", !is_over(one.status)},
              {"travels", !stays_with_customer(one)},
              {"labeled", labeled},
              {"said", said_of(visit, one)},
              {"registered", visit.say("return.done_at", {{"time", visit.time(one.created_at, TimeStyle::date_time)}})},
              {"rejected", rejected > 0 ? visit.say("return.rejected", {{"count", rejected}}) : ""},
              {"extra", extra > 0 ? visit.say("return.extra", {{"count", extra}}) : ""},
              {"may_change", usecases::can_be_changed(one)},
              {"may_cancel", usecases::can_be_canceled(one)},
              {"may_renew", one.status == "expired"},
              {"change_url", base + "/change" + visit.lang_query},
              {"cancel_url", base + "/cancel" + visit.lang_query},
              {"renew_url", base + "/again" + visit.lang_query},
              {"number", one.tracking_number}};
  if (labeled) add_label(visit, one, base, way, pickup, out);
  out["money_rail"] = money_rail(visit, one, out);
  if (one.exchange) out["exchange"] = exchange_card(services, visit, *one.exchange);
  out["brings_money"] = !one.exchange || one.exchange->to_pay_back > 0 || out.contains("money_said");
  out["parcel_rail"] = parcel_rail(visit, one);
  return out;
}

}  // namespace roundtrip::web
