// The customer's return: choose, see the money, confirm, get the label; change or cancel it before drop-off.
#include "domain/returns.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "domain/policy.hpp"
#include "usecases/bookings.hpp"
#include "usecases/labels.hpp"
#include "usecases/photos.hpp"
#include "web/return_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::TimeStyle;
using usecases::LinkKind;

using Form = std::vector<std::pair<std::string, std::string>>;

bool is_reason(const Visit& visit, const std::string& reason) {
  return !reason.empty() && reason.size() < 40 && messages::has_text("page.reason." + reason) && !visit.say("reason." + reason).empty();
}

ReturnForm read_form(const Visit& visit, const Form& form) {
  ReturnForm out;
  out.change_of = parse_id<ReturnId>(field(form, "change_of"));
  if (return_of_visit(visit, out.change_of) == nullptr) out.change_of.reset();
  const auto outcome = domain::parse_return_outcome(field(form, "outcome"));
  out.outcome = outcome.value_or(domain::ReturnOutcome::refund);
  out.way = domain::parse_return_way(field(form, "way")).value_or(domain::ReturnWay::label);
  out.day = field(form, "day");
  for (const auto& line : visit.order.lines) {
    const std::string id = to_text(line.id);
    if (field(form, "take_" + id) != "yes") continue;
    const std::string quantity = field(form, "quantity_" + id), reason = field(form, "reason_" + id), name = visit.item_name(line.id);
    const std::int64_t units = typed_quantity(quantity);
    if (units < 1) out.faults.push_back({"q-" + id, visit.say("return.fault_quantity", {{"item", name}})});
    if (!is_reason(visit, reason)) out.faults.push_back({"r-" + id, visit.say("return.fault_reason", {{"item", name}})});
    const auto photo = parse_id<PhotoId>(field(form, "photo_of_" + id));
    if (photo) out.photos.emplace_back(line.id, *photo);
    out.lines.push_back({.line = line.id,
                         .quantity = units,
                         .reason = is_reason(visit, reason) ? reason : "",
                         .note = field(form, "note_" + id).substr(0, 500),
                         .photo = photo.has_value()});
  }
  if (out.lines.empty()) out.faults.push_back({"choose", visit.say("return.fault_none")});
  read_instead(form, out);
  return out;
}

// Adds faults for an exchange that cannot be had, and leaves it out.
usecases::ReturnRequest request_of(const http::Services& services, const Visit& visit, ReturnForm& form) {
  usecases::ReturnRequest out;
  out.order = visit.order.id;
  out.outcome = form.outcome;
  out.lines = form.lines;
  out.label_valid_days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  out.label_carrier = usecases::return_label_carrier(services.config);
  out.reader = {visit.locale, visit.zone};
  out.exchange = replacements_of_form(services, visit, form);
  out.exchange_let_go_up_to = services.config.integer("exchanges.let_go_up_to");
  return out;
}

// Photos that came with the form are kept at once: they cannot travel along in hidden fields.
void keep_photos(const http::Services& services, const http::Request& request, const Visit& visit, ReturnForm& form) {
  for (const auto& file : request.files()) {
    const auto line =
        std::find_if(form.lines.begin(), form.lines.end(), [&](const auto& one) { return file.field == "photo_" + to_text(one.line); });
    if (line == form.lines.end()) continue;
    const auto kept = usecases::add_photo(context_of_visit(services, visit), visit.order.id, "", file.bytes);
    if (!kept) {
      form.faults.push_back({"p-" + to_text(line->line), visit.say("return.fault_photo", {{"item", visit.item_name(line->line)}})});
      continue;
    }
    line->photo = true;
    std::erase_if(form.photos, [&](const auto& one) { return one.first == line->line; });
    form.photos.emplace_back(line->line, *kept);
  }
}

// A photo is proved by being one of the order's, not by what a form says.
void check_photos(const http::Services& services, const Visit& visit, ReturnForm& form) {
  if (form.photos.empty()) return;
  const auto known = usecases::photos_of(context_of_visit(services, visit), visit.order.id);
  std::erase_if(form.photos, [&](const auto& one) {
    return std::none_of(known.begin(), known.end(), [&](const auto& photo) { return photo.id == one.second; });
  });
  for (auto& line : form.lines)
    line.photo = std::any_of(form.photos.begin(), form.photos.end(), [&](const auto& one) { return one.first == line.line; });
}

// What cannot be had instead becomes a fault of the form, and the preview is without it.
Result<usecases::ReturnPreview> preview_of_request(const usecases::Context& context, const Visit& visit, ReturnForm& form,
                                                   usecases::ReturnRequest& request) {
  const auto ask = [&] {
    return form.change_of ? usecases::preview_change(context, *form.change_of, request) : usecases::preview_return(context, request);
  };
  auto preview = ask();
  if (preview || preview.error().code != "invalid_exchange") return preview;
  add_exchange_faults(visit, preview.error(), form);
  request.exchange.clear();
  return ask();
}

// What the line of an exchange is exchanged for; empty when it is none.
std::string exchanged_for(const usecases::ReturnView& one, LineId line) {
  for (std::size_t i = 0; one.exchange && i < one.exchange->lines.size(); ++i) {
    if (one.exchange->lines[i].line == line) return one.exchange->lines[i].sku;
  }
  return "";
}

// A change begins with what the return is, until something else is chosen.
void begin_with(const usecases::ReturnView& one, ReturnForm& form) {
  form.outcome = domain::parse_return_outcome(one.outcome).value_or(domain::ReturnOutcome::refund);
  form.instead.clear();
  for (const auto& line : form.lines) form.instead.push_back(exchanged_for(one, line.line));
}

// Every rule that refuses, in the reader's language, at the line it is about.
std::vector<PageFault> refusals(const Visit& visit, const domain::PolicyDecision& decision) {
  std::vector<PageFault> out;
  for (const auto& step : decision.trace) {
    if (!step.refused) continue;
    const std::string item = step.line ? visit.item_name(*step.line) + ": " : "";
    out.push_back(
        {step.line ? "take-" + to_text(*step.line) : "choose", item + step.result + (step.next_step.empty() ? "" : " " + step.next_step)});
  }
  return out;
}

// What a use case refuses that the form could not know.
std::vector<PageFault> faults_of(const Visit& visit, const Error& error) {
  if (error.code == "return_change") return {{"choose", visit.say("return.fault_change")}};
  if (error.code == "return_state" || error.code == "exchange_state") return {{"choose", visit.say("return.fault_moved")}};
  std::vector<PageFault> out;
  for (const auto& fault : error.faults) out.push_back({"choose", fault.detail});
  if (out.empty()) out.push_back({"choose", error.message});
  return out;
}

Json offer_options(const Visit& visit, const usecases::ReturnPreview& preview, const ReturnForm& form, const Json& exchange) {
  Json out = Json::array();
  for (const auto& offer : preview.offers) {
    const std::string word(domain::to_text(offer.outcome));
    if (offer.outcome == domain::ReturnOutcome::exchange) {
      if (exchange.is_null()) continue;
      out.push_back({{"value", word},
                     {"label", visit.say("return.outcome_exchange")},
                     {"hint", visit.say("return.outcome_exchange_hint")},
                     {"total", ""},
                     {"exchange", exchange},
                     {"chosen", offer.outcome == form.outcome}});
      continue;
    }
    Json one = {{"value", word},
                {"label", visit.say("return.outcome_" + word)},
                {"hint", visit.say("return.outcome_" + word + "_hint")},
                {"total", visit.money(offer.total)},
                {"money", money_rows(visit, offer.money)},
                {"adds_up", true},
                {"chosen", offer.outcome == form.outcome}};
    if (offer.bonus > 0) one["money"].push_back({{"label", visit.say("return.money_bonus")}, {"amount", visit.money(offer.bonus)}});
    out.push_back(std::move(one));
  }
  // Nobody is led into anything but their money: that is chosen unless it is not offered.
  const bool any = std::any_of(out.begin(), out.end(), [](const Json& one) { return one["chosen"].get<bool>(); });
  for (std::size_t i = 0; !any && i < out.size(); ++i) {
    if (!out[i].contains("exchange") || out.size() == 1) {
      out[i]["chosen"] = true;
      break;
    }
  }
  return out;
}

// The days on which the carrier can fetch it; none where nobody does.
std::vector<std::string> days_of_pickup(const http::Services& services, const Visit& visit) {
  const bool offered =
      services.config.boolean("returns.pickup") && usecases::fetches_parcels(usecases::return_label_carrier(services.config));
  return offered ? usecases::pickup_days(visit.zone, visit.now) : std::vector<std::string>{};
}

Json way_options(const Visit& visit, const usecases::ReturnChoice& choice, const std::vector<std::string>& days, const ReturnForm& form) {
  Json out = Json::array();
  for (const auto& known : domain::kReturnWays) {
    const bool pickup = known.value == domain::ReturnWay::pickup;
    if ((known.value == domain::ReturnWay::shop && choice.shops.empty()) || (pickup && days.empty())) continue;
    const std::string word(known.text);
    Json one = {{"value", word},
                {"label", visit.say("return.way_" + word)},
                {"hint", visit.say("return.way_" + word + "_hint")},
                {"chosen", known.value == form.way}};
    one["days"] = Json::array();
    for (std::size_t i = 0; pickup && i < days.size(); ++i)
      one["days"].push_back({{"value", days[i]}, {"label", day_words(visit, days[i])}, {"chosen", days[i] == form.day}});
    one["has_days"] = pickup;
    one["shops"] = known.value == domain::ReturnWay::shop ? shops_json(choice.shops) : Json::array();
    out.push_back(std::move(one));
  }
  return out;
}

// Who pays the way back, what is kept, when the money goes, as the policy's trace says it.
Json explained(const domain::PolicyDecision& decision) {
  Json out = Json::array();
  for (const char* rule : {"freight", "restocking", "shipping", "keep_item", "refund_trigger", "approval"}) {
    for (const auto& step : decision.trace) {
      if (step.rule == rule && !step.result.empty() && (step.rule != "keep_item" || decision.keep_item)) out.push_back(step.result);
    }
  }
  return out;
}

http::Reply shown_offers(const http::Services& services, const http::Request& request, const Visit& visit, const Form& form,
                         const ReturnForm& wanted, const usecases::ReturnPreview& preview) {
  auto page = customer_page(visit, request, visit.say("return.check_title"), "customer_return_check");
  page.status = wanted.faults.empty() ? 200 : 422;
  auto& data = page.data;
  data["faults"] = Json::array();
  for (const auto& fault : wanted.faults) data["faults"].push_back({{"at", fault.at}, {"text", fault.text}});
  data["has_faults"] = !wanted.faults.empty();
  data["items"] = Json::array();
  for (const auto& line : wanted.lines) {
    data["items"].push_back({{"quantity", std::to_string(line.quantity)},
                             {"name", visit.item_name(line.line)},
                             {"letter", first_letter(visit.item_name(line.line))},
                             {"reason", line.reason.empty() ? "" : visit.say("reason." + line.reason)},
                             {"note", line.note}});
  }
  const auto choice = usecases::return_choice(context_of_visit(services, visit), visit.order.id, {visit.locale, visit.zone});
  data["offers"] = offer_options(visit, preview, wanted, exchange_options(services, visit, request, wanted, preview));
  data["exchange_now"] = wanted.outcome == domain::ReturnOutcome::exchange && preview.exchange.has_value();
  data["one_offer"] = data["offers"].size() == 1;
  data["ways"] = way_options(visit, choice, days_of_pickup(services, visit), wanted);
  data["explained"] = explained(preview.decision);
  data["hidden"] = Json::array();
  for (const auto& [name, value] : form) {
    const bool passing = name.starts_with("take_") || name.starts_with("quantity_") || name.starts_with("reason_") ||
                         name.starts_with("note_") || name == "change_of";
    if (passing && value.size() <= 600) data["hidden"].push_back({{"name", name}, {"value", value}});
  }
  for (const auto& [line, photo] : wanted.photos)
    data["hidden"].push_back({{"name", "photo_of_" + to_text(line)}, {"value", to_text(photo)}});
  data["change"] = wanted.change_of.has_value();
  data["return_url"] = return_path(request) + visit.lang_query;
  data["check_url"] = return_path(request) + "/check" + visit.lang_query;
  return page_reply(services, request, page);
}

// Step two: what it would be, to the cent. Everything chosen travels along in hidden fields.
http::Reply check_page(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  const auto form = request.form();
  ReturnForm wanted = read_form(*visit, form);
  if (const auto* old = return_of_visit(*visit, wanted.change_of); old != nullptr && field(form, "outcome").empty())
    begin_with(*old, wanted);
  keep_photos(services, request, *visit, wanted);
  check_photos(services, *visit, wanted);
  if (!wanted.faults.empty() || field(form, "change") == "yes")
    return choose_page(services, request, *visit, wanted, wanted.faults.empty() ? 200 : 422);
  auto asked = request_of(services, *visit, wanted);
  const auto preview = preview_of_request(context_of_visit(services, *visit), *visit, wanted, asked);
  if (!preview) {
    wanted.faults = faults_of(*visit, preview.error());
    return choose_page(services, request, *visit, wanted, http::status_of(preview.error().kind));
  }
  if (!preview->decision.allowed) {
    wanted.faults = refusals(*visit, preview->decision);
    return choose_page(services, request, *visit, wanted, 422);
  }
  return shown_offers(services, request, *visit, form, wanted, *preview);
}

http::Reply show_return(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  return choose_page(services, request, *visit, {}, 200);
}

http::Reply back_with(const http::Request& request, const Visit& visit, const char* note) {
  return http::redirect_reply(return_path(request) + visit.lang_query + (visit.lang_query.empty() ? "?" : "&") + note + "=1");
}

// An exchange is confirmed after its difference was seen, and a pick-up for a day on which somebody comes. Gives the page that asks.
std::optional<http::Reply> ask_again(const http::Services& services, const http::Request& request, const Visit& visit, ReturnForm& wanted,
                                     usecases::ReturnRequest& asked) {
  if (wanted.way == domain::ReturnWay::pickup) {
    const auto days = days_of_pickup(services, visit);
    if (std::find(days.begin(), days.end(), wanted.day) == days.end()) wanted.faults.push_back({"day", visit.say("return.fault_pickup")});
  }
  const bool exchange = wanted.outcome == domain::ReturnOutcome::exchange;
  if (!exchange && wanted.faults.empty()) return std::nullopt;
  const auto preview = preview_of_request(context_of_visit(services, visit), visit, wanted, asked);
  if (!preview || !preview->decision.allowed) return std::nullopt;  // refused for good when it is made
  for (std::size_t i = 0; exchange && i < wanted.lines.size(); ++i) {
    const LineId line = wanted.lines[i].line;
    if (wanted.instead[i].empty())
      wanted.faults.push_back({"x-" + to_text(line), visit.say("exchange.fault_none", {{"item", visit.item_name(line)}})});
  }
  if (!wanted.faults.empty() || !preview->exchange) return shown_offers(services, request, visit, request.form(), wanted, *preview);
  const auto& offer = *preview->exchange;
  const bool even = offer.customer_pays == 0 && offer.customer_gets == 0;
  if (even || wanted.seen == exchange_mark(wanted, offer)) return std::nullopt;
  return shown_offers(services, request, visit, request.form(), wanted, *preview);
}

http::Reply confirm_return(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  ReturnForm wanted = read_form(*visit, request.form());
  check_photos(services, *visit, wanted);
  if (!wanted.faults.empty() || !from_our_pages(request)) return choose_page(services, request, *visit, wanted, 422);
  const auto context = context_of_visit(services, *visit);
  auto asked = request_of(services, *visit, wanted);
  if (auto question = ask_again(services, request, *visit, wanted, asked)) return std::move(*question);
  const auto made = wanted.change_of ? usecases::change_return(context, *wanted.change_of, asked, {wanted.way, wanted.day})
                                     : usecases::register_return(context, asked, {wanted.way, wanted.day});
  if (made) {
    std::vector<PhotoId> photos;
    for (const auto& [line, photo] : wanted.photos) photos.push_back(photo);
    // What is not filed stays with the order, where the desk sees it as well.
    const auto filed = photos.empty() ? done() : usecases::file_photos(context, visit->order.id, photos, to_text(made->id));
    if (!filed) log::warn("photos of a return stay with its order", {{"return", to_text(made->id)}, {"why", filed.error().code}});
    return back_with(request, *visit, wanted.change_of ? "changed" : "registered");
  }
  // Clicked twice, or someone was faster: the page shows what there is now.
  ReturnForm refused;
  refused.faults = faults_of(*visit, made.error());
  return choose_page(services, request, *visit, refused, http::status_of(made.error().kind));
}

// The return of the path, when it is the visit's.
const usecases::ReturnView* return_of_path(const http::Request& request, const std::optional<Visit>& visit) {
  return visit ? return_of_visit(*visit, parse_id<ReturnId>(request.param("id"))) : nullptr;
}

http::Reply change_page(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  const auto* one = return_of_path(request, visit);
  if (one == nullptr) return dead_link_page(services, request);
  ReturnForm form;
  if (!usecases::can_be_changed(*one)) {
    form.faults.push_back({"choose", visit->say("return.fault_moved")});
    return choose_page(services, request, *visit, form, 409);
  }
  form.change_of = one->id;
  for (const auto& line : one->lines) form.lines.push_back({line.line, line.announced, line.reason, line.note});
  return choose_page(services, request, *visit, form, 200);
}

http::Reply cancel_by_customer(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  const auto* one = return_of_path(request, visit);
  if (one == nullptr) return dead_link_page(services, request);
  ReturnForm form;
  if (!from_our_pages(request)) return choose_page(services, request, *visit, form, 422);
  const auto canceled = usecases::cancel_before_drop_off(context_of_visit(services, *visit), one->id);
  if (canceled) return back_with(request, *visit, "canceled");
  form.faults = faults_of(*visit, canceled.error());
  return choose_page(services, request, *visit, form, http::status_of(canceled.error().kind));
}

// The label ran out: the same goods again, as far as the policy still lets them.
http::Reply return_again(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  const auto* one = return_of_path(request, visit);
  if (one == nullptr || one->status != "expired") return dead_link_page(services, request);
  ReturnForm form;
  for (const auto& line : one->lines) form.lines.push_back({line.line, line.announced, line.reason, line.note});
  begin_with(*one, form);
  if (!from_our_pages(request)) return choose_page(services, request, *visit, {}, 422);
  const auto made = usecases::register_return(context_of_visit(services, *visit), request_of(services, *visit, form), {form.way});
  if (made) return back_with(request, *visit, "registered");
  form.faults = faults_of(*visit, made.error());
  return choose_page(services, request, *visit, form, http::status_of(made.error().kind));
}

http::Reply customer_label(const http::Services& services, const http::Request& request, usecases::LabelFormat format, const char* type,
                           const char* ending) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  const auto* one = return_of_path(request, visit);
  if (one == nullptr) return dead_link_page(services, request);
  const auto label = usecases::return_label(context_of_visit(services, *visit), one->id, format);
  if (!label) return error_page(services, request, Layout::plain, label.error());
  auto reply = http::file_reply(type, *label, "return-" + to_text(one->id) + ending);
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
  route("GET", "/return/{token}/{id}/change", change_page);
  route("POST", "/return/{token}/{id}/cancel", cancel_by_customer);
  route("POST", "/return/{token}/{id}/again", return_again);
  route("GET", "/return/{token}/{id}/label.pdf", [](const http::Services& all, const http::Request& request) {
    const bool small = request.query_value("size") == "4x6";
    return customer_label(all, request, small ? usecases::LabelFormat::pdf_4x6 : usecases::LabelFormat::pdf_a4, "application/pdf", ".pdf");
  });
  route("GET", "/return/{token}/{id}/label.png", [](const http::Services& all, const http::Request& request) {
    return customer_label(all, request, usecases::LabelFormat::png, "image/png", ".png");
  });
}

}  // namespace roundtrip::web
