// The customer's return: choose, see the money, confirm, get the label; then where is it, where is the money.
#include "domain/returns.hpp"

#include <algorithm>

#include "domain/policy.hpp"
#include "usecases/bookings.hpp"
#include "usecases/labels.hpp"
#include "usecases/returns.hpp"
#include "web/customer_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::Args;
using messages::TimeStyle;

constexpr std::string_view kReasons[] = {"changed_mind", "too_small", "too_large", "not_as_described", "damaged", "defective",
                                         "wrong_item",   "late",      "other"};

std::int64_t returnable(const usecases::OrderView& order, const usecases::LineView& line) {
  const bool shipped = std::any_of(order.lines.begin(), order.lines.end(), [](const auto& one) { return one.shipped > 0; });
  domain::ReturnLineFacts facts;
  facts.goods = line.goods;
  facts.quantity = line.quantity;
  facts.canceled = line.canceled;
  facts.shipped = line.shipped;
  facts.announced = line.announced + line.credited;
  return line.goods ? domain::returnable_units(facts, shipped) : 0;
}

// What the form says: one entry a chosen line.
struct Choice {
  std::vector<usecases::WantedLine> lines;
  bool withdrawal = false;
  std::vector<std::string> faults;  // in the reader's language
};

Choice read_choice(const Visit& visit, const std::vector<std::pair<std::string, std::string>>& form) {
  Choice out;
  out.withdrawal = field(form, "withdrawal") == "yes";
  for (const auto& line : visit.order.lines) {
    const std::string id = to_text(line.id);
    if (field(form, "take_" + id) != "yes") continue;
    const std::string quantity = field(form, "quantity_" + id), reason = field(form, "reason_" + id);
    const std::string name = visit.item_name(line.id);
    std::int64_t units = 0;
    if (quantity.size() <= 9 && !quantity.empty() && quantity.find_first_not_of("0123456789") == std::string::npos)
      units = std::stoll(quantity);
    if (units < 1) out.faults.push_back(visit.say("return.fault_quantity", {{"item", name}}));
    const bool known = std::find(std::begin(kReasons), std::end(kReasons), reason) != std::end(kReasons);
    if (!known && !out.withdrawal) out.faults.push_back(visit.say("return.fault_reason", {{"item", name}}));
    out.lines.push_back({line.id, units, known ? reason : "", field(form, "note_" + id).substr(0, 500)});
  }
  if (out.lines.empty()) out.faults.push_back(visit.say("return.fault_none"));
  return out;
}

usecases::ReturnRequest request_of(const http::Services& services, const Visit& visit, const Choice& choice) {
  usecases::ReturnRequest out;
  out.order = visit.order.id;
  out.kind = choice.withdrawal ? domain::ReturnKind::withdrawal : domain::ReturnKind::goods_back;
  out.lines = choice.lines;
  out.label_valid_days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  out.label_carrier = usecases::return_label_carrier(services.config);
  return out;
}

Json reason_options(const Visit& visit, const std::string& chosen) {
  Json out = Json::array();
  for (const auto reason : kReasons)
    out.push_back({{"value", reason}, {"label", visit.say("reason." + std::string(reason))}, {"chosen", reason == chosen}});
  return out;
}

Json choosable_lines(const Visit& visit, const Choice& choice) {
  Json out = Json::array();
  for (const auto& line : visit.order.lines) {
    const std::int64_t left = returnable(visit.order, line);
    if (left <= 0) continue;
    const auto wanted = std::find_if(choice.lines.begin(), choice.lines.end(), [&](const auto& one) { return one.line == line.id; });
    const bool taken = wanted != choice.lines.end();
    Json quantities = Json::array();
    for (std::int64_t n = 1; n <= std::min<std::int64_t>(left, 100); ++n) {
      quantities.push_back({{"value", std::to_string(n)}, {"chosen", taken ? wanted->quantity == n : n == left}});
    }
    const std::string name = visit.item_name(line.id);
    out.push_back({{"id", to_text(line.id)},
                   {"name", name},
                   {"sku", line.sku},
                   {"label", visit.say("return.return_item", {{"item", name}})},
                   {"available", visit.say("return.available", {{"count", left}})},
                   {"taken", taken},
                   {"only_one", left == 1},
                   {"many", left > 100},
                   {"most", std::to_string(left)},
                   {"quantities", quantities},
                   {"reasons", reason_options(visit, taken ? wanted->reason : "")},
                   {"note", taken ? wanted->note : ""}});
  }
  return out;
}

bool is_over(std::string_view status) { return status == "declined" || status == "canceled" || status == "expired"; }

struct RefundSums {
  std::int64_t paid = 0, asked = 0;
  std::optional<Instant> paid_at;
};
RefundSums refunds_of(const usecases::OrderView& order, const usecases::ReturnView& one) {
  RefundSums out;
  for (const auto& refund : order.refunds) {
    if (refund.return_id != one.id) continue;
    if (refund.state == "succeeded") {
      out.paid += refund.amount;
      out.paid_at = refund.settled_at;
    } else if (refund.state != "denied") {
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
  if (one.status == "approved") reached = 1;
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

Json return_card(const Visit& visit, const http::Request& request, const usecases::ReturnView& one) {
  Json items = Json::array();
  std::int64_t rejected = 0;
  for (const auto& line : one.lines) {
    items.push_back({{"quantity", std::to_string(line.announced)}, {"name", visit.item_name(line.line)}});
    rejected += line.rejected;
  }
  const std::string base = "/return/" + std::string(request.param("token")) + "/" + to_text(one.id);
  const bool labeled = one.status == "approved" || one.status == "in_transit";
  Json out = {{"code", visit.say("return.code", {{"code", one.code}})},
              {"items", items},
              {"open", !is_over(one.status)},
              {"labeled", labeled},
              {"label_a4", base + "/label.pdf?size=a4"},
              {"label_4x6", base + "/label.pdf?size=4x6"},
              {"label_qr", base + "/label.png"},
              {"until", labeled && one.label_expires_at
                            ? visit.say("return.label_until", {{"date", visit.time(*one.label_expires_at, TimeStyle::date)}})
                            : ""},
              {"hand", one.carrier.empty() ? visit.say("return.hand_any") : visit.say("return.hand_title", {{"carrier", one.carrier}})},
              {"registered", visit.say("return.done_at", {{"time", visit.time(one.created_at, TimeStyle::date_time)}})},
              {"rejected", rejected > 0 ? visit.say("return.rejected", {{"count", rejected}}) : ""},
              {"number", one.tracking_number}};
  if (is_over(one.status)) out["said"] = visit.say("return." + one.status);
  if (one.status == "requested") out["said"] = visit.say("return.requested");
  if (one.status == "declined") out["said"] = visit.say("return.declined") + (one.decline_reason.empty() ? "" : ": " + one.decline_reason);
  out["money_rail"] = money_rail(visit, one, out);
  out["parcel_rail"] = parcel_rail(visit, one);
  return out;
}

http::Reply choose_page(const http::Services& services, const http::Request& request, const Visit& visit, const Choice& choice,
                        int status) {
  auto page = customer_page(visit, request, visit.say("return.title"), "customer_return");
  page.status = status;
  const Json lines = choosable_lines(visit, choice);
  const bool shipped = std::any_of(visit.order.lines.begin(), visit.order.lines.end(), [](const auto& line) { return line.shipped > 0; });
  page.data["lines"] = lines;
  page.data["can_choose"] = !lines.empty();
  page.data["nothing"] =
      lines.empty() && visit.order.returns.empty() ? visit.say(shipped ? "return.nothing" : "return.nothing_shipped") : "";
  page.data["withdrawal"] = choice.withdrawal;
  page.data["faults"] = choice.faults;
  page.data["has_faults"] = !choice.faults.empty();
  page.data["returns"] = Json::array();
  for (auto one = visit.order.returns.rbegin(); one != visit.order.returns.rend(); ++one)
    page.data["returns"].push_back(return_card(visit, request, *one));
  page.data["has_returns"] = !visit.order.returns.empty();
  page.data["form_open"] = !choice.lines.empty() || !choice.faults.empty() || visit.order.returns.empty();
  page.data["return_url"] = "/return/" + std::string(request.param("token")) + visit.lang_query;
  page.data["check_url"] = "/return/" + std::string(request.param("token")) + "/check" + visit.lang_query;
  page.data["track_url"] = "/track/" + services.links.token(usecases::LinkKind::tracking, visit.target, request.now) + visit.lang_query;
  page.data["registered"] = request.query_value("registered").has_value();
  return page_reply(services, request, page);
}

std::string value_in(const std::vector<std::pair<std::string, std::string>>& values, std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return value;
  }
  return "";
}

// Why a line cannot come back, in the reader's language; a rule without words of ours speaks English.
std::string refusal(const Visit& visit, const domain::TraceStep& step) {
  const std::string item = step.line ? visit.item_name(*step.line) : "";
  if (step.rule == "final_sale") return visit.say("return.refused_final", {{"item", item}});
  if (step.rule == "units_left") {
    const std::string left = value_in(step.values, "returnable");
    return left == "0" ? visit.say("return.refused_units_none", {{"item", item}})
                       : visit.say("return.refused_units", {{"item", item}, {"left", left}});
  }
  if (step.rule == "window") {
    const auto until = parse_rfc3339(value_in(step.values, "until")), delivered = parse_rfc3339(value_in(step.values, "delivered_at"));
    if (!until || !delivered) return visit.say("return.refused_not_delivered", {{"item", item}});
    return visit.say("return.refused_window", {{"item", item},
                                               {"days", value_in(step.values, "window_days")},
                                               {"until", visit.time(*until, TimeStyle::date_time)},
                                               {"delivered", visit.time(*delivered, TimeStyle::date_time)}});
  }
  return step.result + " " + step.next_step;
}

Json money_rows(const Visit& visit, const domain::Components& money) {
  Json out = Json::array();
  const auto row = [&](const char* key, std::int64_t amount) {
    if (amount != 0) out.push_back({{"label", visit.say(std::string("return.money_") + key)}, {"amount", visit.money(amount)}});
  };
  row("price", money.price);
  row("discount", -money.discount);
  row("tax", money.tax);
  row("shipping", money.shipping);
  row("fees", -money.fees);
  return out;
}

// Step two: what it would be, to the cent. Everything chosen travels along in hidden fields.
http::Reply check_page(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, usecases::LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  const auto form = request.form();
  const Choice choice = read_choice(*visit, form);
  if (!choice.faults.empty() || field(form, "change") == "yes")
    return choose_page(services, request, *visit, choice, choice.faults.empty() ? 200 : 422);
  const auto preview = usecases::preview_return(context_of_visit(services, *visit), request_of(services, *visit, choice));
  if (!preview)
    return choose_page(services, request, *visit, {choice.lines, choice.withdrawal, {preview.error().message}},
                       http::status_of(preview.error().kind));
  if (!preview->decision.allowed) {
    Choice refused = choice;
    for (const auto& step : preview->decision.trace) {
      if (step.refused) refused.faults.push_back(refusal(*visit, step));
    }
    return choose_page(services, request, *visit, refused, 422);
  }
  auto page = customer_page(*visit, request, visit->say("return.check_title"), "customer_return_check");
  page.data["items"] = Json::array();
  for (const auto& line : choice.lines) {
    const std::string reason = line.reason.empty() ? "" : visit->say("reason." + line.reason);
    page.data["items"].push_back(
        {{"quantity", std::to_string(line.quantity)}, {"name", visit->item_name(line.line)}, {"reason", reason}, {"note", line.note}});
  }
  page.data["money"] = money_rows(*visit, preview->money);
  page.data["total"] = visit->money(preview->money.amount());
  page.data["freight"] =
      visit->say(preview->decision.freight == domain::FreightPayer::merchant ? "return.freight_free" : "return.freight_paid");
  page.data["approval"] = preview->decision.approved ? "" : visit->say("return.needs_approval");
  page.data["hidden"] = Json::array();
  for (const auto& [name, value] : form) {
    if (name != "change" && value.size() <= 600) page.data["hidden"].push_back({{"name", name}, {"value", value}});
  }
  page.data["return_url"] = "/return/" + std::string(request.param("token")) + visit->lang_query;
  page.data["check_url"] = "/return/" + std::string(request.param("token")) + "/check" + visit->lang_query;
  return page_reply(services, request, page);
}

http::Reply show_return(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, usecases::LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  return choose_page(services, request, *visit, {}, 200);
}

http::Reply confirm_return(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, usecases::LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  const Choice choice = read_choice(*visit, request.form());
  if (!choice.faults.empty() || !from_our_pages(request)) return choose_page(services, request, *visit, choice, 422);
  const auto made = usecases::create_return(context_of_visit(services, *visit), request_of(services, *visit, choice));
  if (!made) {
    // Clicked twice, or someone was faster: the page shows what there is now.
    return choose_page(services, request, *visit, {{}, false, {made.error().message}}, http::status_of(made.error().kind));
  }
  const std::string query = visit->lang_query.empty() ? "?registered=1" : visit->lang_query + "&registered=1";
  return http::redirect_reply("/return/" + std::string(request.param("token")) + query);
}

http::Reply customer_label(const http::Services& services, const http::Request& request, usecases::LabelFormat format, const char* type,
                           const char* ending) {
  const auto visit = open_visit(services, request, usecases::LinkKind::returns);
  const auto id = parse_id<ReturnId>(request.param("id"));
  const bool ours =
      visit && id && std::any_of(visit->order.returns.begin(), visit->order.returns.end(), [&](const auto& one) { return one.id == *id; });
  if (!ours) return dead_link_page(services, request);
  const auto label = usecases::return_label(context_of_visit(services, *visit), *id, format);
  if (!label) return error_page(services, request, Layout::plain, label.error());
  auto reply = http::file_reply(type, *label, "return-" + to_text(*id) + ending);
  reply.headers.emplace_back("Cache-Control", "private, no-store");
  reply.headers.emplace_back("Referrer-Policy", "no-referrer");
  reply.headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
  return reply;
}
}  // namespace

void add_customer_return_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add(
        {method, pattern, http::Gate::open, "", [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/return/{token}", show_return);
  route("POST", "/return/{token}", confirm_return);
  route("POST", "/return/{token}/check", check_page);
  route("GET", "/return/{token}/{id}/label.pdf", [](const http::Services& all, const http::Request& request) {
    const bool small = request.query_value("size") == "4x6";
    return customer_label(all, request, small ? usecases::LabelFormat::pdf_4x6 : usecases::LabelFormat::pdf_a4, "application/pdf", ".pdf");
  });
  route("GET", "/return/{token}/{id}/label.png", [](const http::Services& all, const http::Request& request) {
    return customer_label(all, request, usecases::LabelFormat::png, "image/png", ".png");
  });
}

}  // namespace roundtrip::web
