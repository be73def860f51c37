// Where is it, when does it come, is all well? The customer's page of an order.
#include <algorithm>

#include "usecases/withdrawals.hpp"
#include "web/customer_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::TimeStyle;

bool is_trouble(std::string_view status) { return status == "exception" || status == "delivery_attempted" || status == "expired"; }
bool is_back(std::string_view status) { return status == "return_to_sender" || status == "returned"; }

std::size_t steps_reached(const usecases::ParcelView& parcel) {
  if (parcel.status == "delivered") return 4;
  if (parcel.status == "out_for_delivery" || parcel.status == "available_for_pickup" || parcel.status == "delivery_attempted") return 3;
  return parcel.state == "handed_over" ? 2 : 1;
}

std::vector<const usecases::ParcelView*> parcels_underway(const usecases::OrderView& order) {
  std::vector<const usecases::ParcelView*> out;
  for (const auto& shipment : order.shipments) {
    for (const auto& parcel : shipment.parcels) {
      if (parcel.state == "handed_over") out.push_back(&parcel);
    }
  }
  return out;
}

struct Headline {
  std::string key, lead;
  std::optional<Instant> date;
  std::string tone;
};

// The worst parcel speaks: a customer wants to know of trouble first.
Headline headline_of_parcels(const usecases::OrderView& order, const std::vector<const usecases::ParcelView*>& parcels) {
  const auto any = [&](auto test) {
    return std::any_of(parcels.begin(), parcels.end(), [&](const auto* parcel) { return test(*parcel); });
  };
  std::optional<Instant> expected, delivered;
  for (const auto* parcel : parcels) {
    if (parcel->status != "delivered" && parcel->promised_at && (!expected || *parcel->promised_at > *expected))
      expected = parcel->promised_at;
    if (parcel->delivered_at && (!delivered || *parcel->delivered_at > *delivered)) delivered = parcel->delivered_at;
  }
  if (!expected) expected = order.promised_deliver_at;
  if (any([](const auto& p) { return p.status == "lost"; })) return {"lost", "lead_lost", {}, "bad"};
  if (any([](const auto& p) { return is_back(p.status); })) return {"back", "lead_back", {}, "warn"};
  if (any([](const auto& p) { return is_trouble(p.status); })) return {"trouble", "lead_trouble", {}, "warn"};
  if (any([](const auto& p) { return p.status == "available_for_pickup"; })) return {"pickup", "lead_pickup", {}, "info"};
  if (any([](const auto& p) { return p.delayed && p.status != "delivered"; })) {
    return {"delayed", expected ? "lead_delayed" : "lead_delayed_none", expected, "warn"};
  }
  if (any([](const auto& p) { return p.status == "out_for_delivery"; })) return {"today", "", {}, "info"};
  const bool all_here = std::all_of(parcels.begin(), parcels.end(), [](const auto* p) { return p->status == "delivered"; });
  if (all_here && order.status != domain::OrderStatus::partly_shipped)
    return {"delivered", delivered ? "lead_delivered" : "", delivered, "ok"};
  const char* key = order.status == domain::OrderStatus::partly_shipped ? "partly" : "transit";
  return {key, expected ? "lead_expected" : "lead_expected_none", expected, "info"};
}

Headline headline_of(const usecases::OrderView& order) {
  if (order.status == domain::OrderStatus::canceled) return {"canceled", order.captured > 0 ? "lead_canceled" : "", {}, ""};
  const auto parcels = parcels_underway(order);
  if (!parcels.empty()) return headline_of_parcels(order, parcels);
  if (order.hold_reason) return {"held", "lead_open_no_date", {}, "info"};
  const bool waiting = std::any_of(order.shipments.begin(), order.shipments.end(), [](const auto& s) { return s.status == "backordered"; });
  if (!waiting && order.promised_ship_at) return {"open", "lead_open", order.promised_ship_at, "info"};
  return {"open", "lead_open_no_date", {}, "info"};
}

// The carrier's local clock where it gave one (times in the place's zone), else the customer's zone.
std::string event_time(const Visit& visit, const usecases::PublicEvent& event) {
  if (const auto local = event.time_local.size() >= 16 ? parse_rfc3339(event.time_local.substr(0, 19) + "Z") : std::nullopt) {
    return messages::format_time(visit.locale, "UTC", *local, TimeStyle::day_time);
  }
  return event.at ? visit.time(*event.at, TimeStyle::day_time) : "";
}

std::string status_words(const Visit& visit, const std::string& status) {
  const std::string key = "page.status." + status;
  return messages::has_text(key) ? messages::text(visit.locale, key) : status;
}

// When the carrier was asked, when it answered, and when it is asked again.
std::string asked_words(const Visit& visit, const usecases::ParcelView& parcel) {
  const auto say = [&](const char* key, Instant at) { return visit.say(key, {{"time", visit.time(at, TimeStyle::day_time)}}); };
  std::string words = parcel.last_checked_at ? say("track.asked", *parcel.last_checked_at) : visit.say("track.not_asked");
  if (parcel.last_success_at)
    words += " " + say("track.answered", *parcel.last_success_at);
  else if (parcel.last_checked_at)
    words += " " + visit.say("track.never_answered");
  return words + " " + (parcel.next_check_at ? say("track.next", *parcel.next_check_at) : visit.say("track.no_next"));
}

Json parcel_card(const Visit& visit, const usecases::ParcelView& parcel, const std::vector<usecases::PublicEvent>& events,
                 std::size_t number, std::size_t count) {
  Json items = Json::array(), said = Json::array();
  for (const auto& item : parcel.items)
    items.push_back({{"quantity", std::to_string(item.quantity)}, {"name", visit.item_name(item.line)}});
  for (const auto& event : events) {
    if (event.parcel != parcel.id) continue;
    said.push_back(
        {{"what", status_words(visit, event.status)}, {"raw", event.raw_text}, {"place", event.place}, {"when", event_time(visit, event)}});
  }
  const std::string reason = "reason." + parcel.reason;
  const std::vector<std::string> steps = {visit.say("track.step_ordered"), visit.say("track.step_shipped"), visit.say("track.step_out"),
                                          visit.say("track.step_delivered")};
  Json out = {{"title", count > 1 ? visit.say("track.parcel_of", {{"number", std::int64_t(number)}, {"count", std::int64_t(count)}})
                                  : visit.say("track.parcel")},
              {"status", status_words(visit, parcel.status)},
              {"rail", rail(visit.locale, steps, steps_reached(parcel))},
              {"items", items},
              {"events", said},
              {"has_events", !said.empty()},
              {"carrier", parcel.carrier},
              {"number", parcel.tracking_number},
              {"reason", !parcel.reason.empty() && messages::has_text(reason) ? messages::text(visit.locale, reason) : ""},
              {"carrier_words", said.empty() ? "" : said.front().value("raw", "")}};
  out["asked"] = asked_words(visit, parcel);
  out["silence"] = parcel.silence.empty() ? "" : messages::text(visit.locale, "page.silence." + parcel.silence);
  return out;
}

// What has not left yet: units that are neither shipped nor canceled.
Json open_items(const Visit& visit) {
  Json out = Json::array();
  for (const auto& line : visit.order.lines) {
    const std::int64_t left = line.quantity - line.shipped - line.canceled;
    if (!line.goods || left <= 0) continue;
    const bool waiting = std::any_of(visit.order.shipments.begin(), visit.order.shipments.end(), [&](const auto& shipment) {
      return shipment.status == "backordered" &&
             std::any_of(shipment.lines.begin(), shipment.lines.end(), [&](const auto& one) { return one.line == line.id; });
    });
    out.push_back({{"quantity", std::to_string(left)}, {"name", visit.item_name(line.id)}, {"waiting", waiting}});
  }
  return out;
}

http::Reply track_page(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, usecases::LinkKind::tracking);
  if (!visit) return dead_link_page(services, request);
  const auto& order = visit->order;
  const auto events = usecases::read_public_events(context_of_visit(services, *visit), order.id);
  auto page = customer_page(*visit, request, visit->say("track.title"), "customer_track");
  const auto headline = headline_of(order);
  page.data["headline"] = visit->say("track.headline_" + headline.key);
  page.data["tone"] = headline.tone;
  if (!headline.lead.empty()) {
    page.data["lead"] = visit->say(
        "track." + headline.lead, headline.date ? messages::Args{{"date", visit->time(*headline.date, TimeStyle::day)}} : messages::Args{});
  }
  const auto parcels = parcels_underway(order);
  page.data["parcels"] = Json::array();
  for (std::size_t i = 0; i < parcels.size(); ++i)
    page.data["parcels"].push_back(parcel_card(*visit, *parcels[i], events, i + 1, parcels.size()));
  const Json waiting = order.status == domain::OrderStatus::canceled ? Json::array() : open_items(*visit);
  page.data["open_items"] = waiting;
  page.data["has_open"] = !waiting.empty();
  page.data["no_parcel_rail"] = Json::array();
  if (parcels.empty() && order.status != domain::OrderStatus::canceled) {
    page.data["no_parcel_rail"] = rail(visit->locale,
                                       {visit->say("track.step_ordered"), visit->say("track.step_shipped"), visit->say("track.step_out"),
                                        visit->say("track.step_delivered")},
                                       1);
  }
  page.data["has_no_parcel"] = !page.data["no_parcel_rail"].empty();
  page.data["can_return"] = !parcels.empty() && order.returns.empty();
  page.data["has_returns"] = !order.returns.empty();
  page.data["return_url"] = "/return/" + services.links.token(usecases::LinkKind::returns, visit->target, request.now) + visit->lang_query;
  if (!parcels.empty()) {
    page.data["claim_url"] =
        "/return/" + services.links.token(usecases::LinkKind::returns, visit->target, request.now) + "/claim" + visit->lang_query;
    page.data["has_claims"] = !order.claims.empty();
  }
  const auto withdrawal = usecases::withdrawal_choice(context_of_visit(services, *visit), order.id);
  if (withdrawal.period.open && !withdrawal.lines.empty()) {
    page.data["withdraw_url"] =
        "/return/" + services.links.token(usecases::LinkKind::returns, visit->target, request.now) + "/withdraw" + visit->lang_query;
  }
  page.data["contact_url"] = "/contact/" + std::string(request.param("token")) + visit->lang_query;
  return page_reply(services, request, page);
}
}  // namespace

void add_track_routes(http::Router& router, const http::Services& services) {
  router.add(
      {"GET", "/track/{token}", http::Gate::open, "", [&services](const http::Request& request) { return track_page(services, request); }});
}

}  // namespace roundtrip::web
