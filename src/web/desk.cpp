// The desk's first page: what wants a person; and the one search box.
#include <algorithm>
#include <charconv>

#include "domain/codes.hpp"
#include "usecases/access.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
struct Tab {
  std::string_view href, label, scope = {};  // scope: who may see it; empty is everybody at the desk
};
constexpr Tab kTabs[] = {
    {"/desk", "Attention"},         {"/desk/orders", "Orders"}, {"/desk/returns", "Returns"},       {"/desk/cases", "Cases"},
    {"/desk/refunds", "Refunds"},   {"/desk/shop", "Shop"},     {"/desk/manifests", "Hand-overs"},  {"/desk/products", "Stock"},
    {"/desk/messages", "Messages"}, {"/desk/outbox", "Outbox"}, {"/desk/policy", "Policy", "admin"}};

struct AttentionWords {
  std::string_view kind, title, what_to_do, tone, more;
};
constexpr AttentionWords kAttentionWords[] = {
    {"past_promise", "Past their promise", "Should have left by now. They are first in the pick queue.", "bad", "/desk/orders?show=late"},
    {"refund_in_doubt", "Refunds in doubt", "The gateway's answer was lost; it is asked again, with the same key.", "bad",
     "/desk/refunds?state=in_doubt"},
    {"refund_unanswered", "Refunds without an answer",
     "The gateway took them and has not told their end. Look there, then settle each on its order with the gateway's reference.", "bad",
     "/desk/refunds?state=submitted"},
    {"refund_disagreement", "Refunds that the gateway sees otherwise",
     "A person settled them, and the gateway's late word differs. Look there, then settle each again as it is.", "bad", "/desk/refunds"},
    {"refund_failed", "Refunds that failed", "The gateway refused. Try again, or pay by hand.", "bad", "/desk/refunds?state=failed"},
    {"refund_reversed", "Refunds that came back", "Paid, and the money returned. Pay again, by another way if need be.", "bad",
     "/desk/refunds?state=reversed"},
    {"dispute", "Disputed payments", "The payer asks the bank for the money. Answer at the gateway; refunds of it wait.", "bad", "/desk"},
    {"refund_held", "Refunds held for a dispute", "Release one only when the payer is not paid by the dispute.", "warn",
     "/desk/refunds?state=requested"},
    {"withdrawal_due", "Withdrawals to pay back",
     "The 14 days are nearly over, or are. Pay now, unless neither the goods nor a proof that they were sent are here.", "bad", "/desk"},
    {"refund_approval", "Refunds to approve", "Above the limit: a second person decides.", "warn", "/desk/refunds?state=requested"},
    {"refund_manual", "Refunds to pay by hand", "No gateway pays these. Make a file of them, or transfer the money and note the reference.",
     "warn", "/desk/payouts"},
    {"message", "Customers waiting for an answer", "Messages and callbacks, oldest first.", "warn", "/desk/messages"},
    {"return_person", "Returns that need a person", "Something else came back, or more, or it cannot be judged by rule.", "warn",
     "/desk/returns"},
    {"found_item", "Found goods", "Nobody announced them: say whose they are, and what becomes of them.", "warn", "/desk/found"},
    {"advance_open", "Money ahead of goods",
     "Paid on the carrier's scan, and the goods did not come or were rejected. Find them, or close it.", "bad", "/desk/returns"},
    {"return_requested", "Returns to decide", "Outside the policy: approve or decline.", "warn", "/desk/returns?status=requested"},
    {"claim_open", "Claims to decide", "Damaged, missing, wrong, lost or under warranty: look at the photos and decide.", "warn",
     "/desk/cases"},
    {"claim_repair_late", "Repairs past their promise", "Send it back, or promise another day: the customer is told.", "bad",
     "/desk/cases"},
    {"claim_turned_up", "Parcels that turned up after a claim", "They were claimed as lost. Decide what happens to both.", "bad",
     "/desk/cases"},
    {"exchange_owes", "Exchanges that customers owe for", "The replacement has left; what came back does not pay for it.", "bad",
     "/desk/cases"},
    {"label_failed", "Labels that could not be bought",
     "The parcel waits. Change its carrier, or give it the number of a label made by hand.", "bad", "/desk"},
    {"label_kept", "Labels that were not taken back", "Nobody needs them and the carrier may charge them: claim them there.", "warn",
     "/desk"},
    {"manifest_failed", "Manifests that a carrier refused", "Look at why, then ask again.", "bad", "/desk/manifests"},
    {"tracker_lost", "Parcels that are lost", "Claim them with the carrier; send again or refund. Then say so on the order.", "bad",
     "/desk"},
    {"tracker_expired", "Parcels that fell silent", "No word for so long that we stopped asking. Find out with the carrier.", "bad",
     "/desk"},
    {"never_collected", "Parcels never collected", "Handed over, and no carrier has scanned them. Look for them in dispatch.", "bad",
     "/desk"},
    {"return_undeliverable", "Parcels coming back undelivered", "Expected at the returns station: scan their number there.", "warn",
     "/desk/returns"},
    {"tracker_blind", "Trackers that see nothing", "The carrier has not answered for several tries.", "warn", "/desk"},
    {"tracker_stalled", "Parcels without a scan", "Nothing moved for days. Ask the carrier.", "warn", "/desk"},
    {"tracker_delayed", "Parcels later than promised", "The customer has been told.", "info", "/desk"},
    {"backordered", "Shipments waiting for stock", "They are filled as soon as goods land, oldest promise first.", "info",
     "/desk/products"},
    {"notification_failed", "Messages that did not reach the customer", "Check the address.", "warn", "/desk/outbox?state=dead"},
    {"dead_job", "Work that was given up", "Find out why, then try again.", "bad", "/desk/jobs"},
    {"cancellation", "Cancellations without a purchase", "Imported, and no earlier line fits. Say which it is, or that there is none.",
     "info", "/desk/cancellations"},
    {"unmapped_code", "Carrier codes we do not know", "Kept as they are. Say once what each means.", "info", "/desk/codes"},
    {"held", "Orders on hold", "They wait until somebody releases them.", "info", "/desk/orders?show=held"},
};
constexpr std::size_t kItemsShown = 6;
constexpr std::size_t kCounted = 200;  // no group counts further

Json attention_item(const usecases::AttentionGroup& group, const usecases::AttentionItem& item, const std::string& zone, Instant now) {
  Json out = {{"key", item.external_id}, {"why", item.text}, {"when", item.at ? relative_time(*item.at, now) : ""}};
  if (item.order)
    out["href"] = "/desk/orders/" + to_text(*item.order);
  else
    out["href"] = group.kind == "dead_job" ? "/desk/jobs" : "/desk";
  if (group.kind == "unmapped_code") out["when"] = std::to_string(item.number) + "×";
  if (group.kind == "dead_job") out["key"] = "Job";
  if (group.kind == "notification_failed") out["href"] = "/desk/outbox/" + to_text(NotificationId{item.number});
  if (group.kind == "message" && item.order) out["href"] = out["href"].get<std::string>() + "#message-" + std::to_string(item.number);
  // Our words (a reason, a status), not somebody else's.
  if (group.kind.starts_with("refund_") || group.kind == "held" || group.kind == "backordered") out["why"] = words_of_code(item.text);
  if (group.kind == "unmapped_code") out["href"] = "/desk/codes";
  if (group.kind == "cancellation") out["href"] = "/desk/cancellations/" + to_text(CancellationId{item.number});
  if (group.kind == "manifest_failed") out["href"] = "/desk/manifests";
  if (group.kind == "found_item") {
    out["href"] = "/desk/found#" + format_id("fnd", item.number);
    out["why"] = format_id("fnd", item.number) + " · " + words_of_code(item.text);
  }
  if (group.kind.starts_with("claim_")) {
    out["href"] = "/desk/claims/" + to_text(ClaimId{item.number});
    out["why"] = words_of_code(item.text);
  }
  if (group.kind == "return_person" || group.kind == "return_requested" || group.kind == "return_undeliverable" ||
      group.kind == "advance_open")
    out["why"] = domain::code_of(ReturnId{item.number}) + " · " + item.text;
  if (group.kind == "withdrawal_due" && item.at) out["why"] = item.text + "; due " + staff_time(zone, *item.at, now);
  if (group.kind == "past_promise" && item.at) out["why"] = "Promised for " + staff_time(zone, *item.at, now);
  return out;
}

Json attention_group(const usecases::AttentionGroup& group, const std::string& zone, Instant now) {
  const auto words =
      std::find_if(std::begin(kAttentionWords), std::end(kAttentionWords), [&](const auto& row) { return row.kind == group.kind; });
  if (words == std::end(kAttentionWords)) throw std::logic_error("no words for attention " + group.kind);
  const std::size_t size = group.items.size();
  Json items = Json::array();
  for (std::size_t i = 0; i < std::min(size, kItemsShown); ++i) items.push_back(attention_item(group, group.items[i], zone, now));
  return {{"kind", group.kind},
          {"title", words->title},
          {"what_to_do", words->what_to_do},
          {"tone", words->tone},
          {"items", items},
          {"count", size >= kCounted ? std::to_string(size) + "+" : std::to_string(size)},
          {"more", size > kItemsShown && words->more != "/desk"},
          {"more_href", words->more}};
}

constexpr std::pair<std::string_view, std::string_view> kBacklogSteps[] = {
    {"backordered", "Waiting for stock"}, {"allocated", "To pick"}, {"picking", "Picking"}, {"picked", "To pack"}, {"packing", "Packing"},
    {"packed", "To hand over"},           {"labeled", "Labeled"}};

http::Reply desk_home(const http::Services& services, const http::Request& request) {
  const auto overview = usecases::read_overview(http::context_of(services, request));
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Attention", "desk_home", "/desk");
  page.data["now"] = staff_time(zone, request.now, request.now);
  // Only for who asked for it: a page that loads itself anew takes readers away from where they are (WCAG 2.2.1).
  if (request.query_value("every") == "60") page.data["refresh_s"] = 60;
  Json backlog = Json::array(), groups = Json::array();
  for (const auto& [status, label] : kBacklogSteps) {
    const auto row =
        std::find_if(overview.backlog.begin(), overview.backlog.end(), [&](const auto& entry) { return entry.status == status; });
    const bool always = status == "allocated" || status == "picked" || status == "packed";
    if (row == overview.backlog.end() && !always) continue;
    const bool some = row != overview.backlog.end();
    backlog.push_back({{"label", label},
                       {"count", std::to_string(some ? row->count : 0)},
                       {"late", some && row->late > 0 ? std::to_string(row->late) : ""}});
  }
  for (const auto& group : overview.attention) groups.push_back(attention_group(group, zone, request.now));
  page.data["backlog"] = backlog;
  page.data["has_attention"] = !groups.empty();
  page.data["groups"] = groups;
  return page_reply(services, request, page);
}

std::string href_of(const usecases::SearchHit& hit) {
  if (hit.order) return "/desk/orders/" + to_text(*hit.order);
  return "/desk/products/" + percent_encode(hit.key);
}

http::Reply desk_search(const http::Services& services, const http::Request& request) {
  const std::string text = field({{"q", request.query_value("q").value_or("")}}, "q");
  const auto hits = usecases::search(http::context_of(services, request), text);
  if (hits.size() == 1) return http::redirect_reply(href_of(hits.front()));
  auto page = desk_page(request, "Search", "desk_search", "");
  page.data["q"] = text;
  page.data["any"] = !hits.empty();
  page.data["hits"] = hits_json(hits);
  return page_reply(services, request, page);
}
}  // namespace

Page desk_page(const http::Request& request, const std::string& title, const std::string& content, std::string_view here) {
  Page page{.layout = Layout::desk, .title = title, .content = content};
  page.data["nav"] = Json::array();
  for (const Tab& tab : kTabs) {
    if (!tab.scope.empty() && !request.caller.may(tab.scope)) continue;
    page.data["nav"].push_back({{"href", tab.href}, {"label", tab.label}, {"here", tab.href == here}});
  }
  if (request.caller.may("scans:write")) page.data["nav"].push_back({{"href", "/station"}, {"label", "Stations"}, {"here", false}});
  if (const auto said = request.query_value("done")) page.data["done"] = words_of_code(*said) + ".";
  return page;
}

std::string desk_zone(const http::Services& services, const http::Request& request) {
  const auto merchant = usecases::read_merchant(services.db, request.caller.merchant);
  return merchant ? merchant->facts.time_zone : "UTC";
}

Json filter_links(std::string_view path, std::string_view name, const std::vector<FilterWord>& words, const std::string& chosen) {
  Json out = Json::array();
  for (const auto& word : words) {
    const std::string query = word.value.empty() ? "" : "?" + std::string(name) + "=" + percent_encode(word.value);
    out.push_back({{"href", std::string(path) + query}, {"label", word.label}, {"here", word.value == chosen}});
  }
  return out;
}

std::optional<std::int64_t> number_of(const std::optional<std::string>& text) {
  if (!text || text->empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

Json hits_json(const std::vector<usecases::SearchHit>& hits) {
  Json out = Json::array();
  for (const auto& hit : hits)
    out.push_back({{"href", href_of(hit)}, {"kind", words_of_code(hit.kind)}, {"title", hit.title}, {"detail", hit.detail}});
  return out;
}

void add_desk_routes(http::Router& router, const http::Services& services) {
  const auto page = [&](const char* pattern, auto handler) {
    router.add({"GET", pattern, http::Gate::staff, "orders:write",
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  page("/desk", desk_home);
  page("/desk/search", desk_search);
  add_desk_label_routes(router, services);
  add_desk_order_routes(router, services);
  add_desk_order_return_routes(router, services);
  add_desk_case_routes(router, services);
  add_desk_list_routes(router, services);
  add_desk_found_routes(router, services);
  add_desk_code_routes(router, services);
  add_desk_policy_routes(router, services);
  add_desk_shop_routes(router, services);
  add_desk_manifest_routes(router, services);
  add_desk_cancellation_routes(router, services);
  add_desk_print_routes(router, services);
  add_desk_payout_routes(router, services);
}

}  // namespace roundtrip::web
