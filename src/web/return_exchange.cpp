// An exchange on the customer's return pages: what they can have instead, the difference to the cent, and where it is afterwards.
#include <algorithm>

#include "usecases/exchange_choice.hpp"
#include "web/return_pages.hpp"

namespace roundtrip::web {
namespace {

std::vector<usecases::ReturnedLine> returned_lines(const Visit& visit, const ReturnForm& form) {
  std::vector<usecases::ReturnedLine> out;
  for (const auto& wanted : form.lines) {
    usecases::ReturnedLine line{wanted.line, "", wanted.quantity};
    for (const auto& known : visit.order.lines) {
      if (known.id == wanted.line) line.sku = known.sku;
    }
    out.push_back(std::move(line));
  }
  return out;
}

Json option_json(const Visit& visit, const usecases::ExchangeOption& option, std::int64_t quantity, const std::string& chosen) {
  const std::string price = option.price ? visit.say("exchange.each", {{"amount", visit.money(option.price->amount + option.price->tax)}})
                                         : visit.say("exchange.even");
  const std::string stock = visit.say(option.available >= quantity ? "exchange.in_stock" : "exchange.later");
  return {{"sku", option.sku}, {"label", option.name + " · " + price + " · " + stock}, {"chosen", option.sku == chosen}};
}

Json exchange_line_json(const Visit& visit, const ReturnForm& form, std::size_t at, const usecases::ExchangeChoice& choice) {
  const auto& wanted = form.lines[at];
  const std::string id = to_text(wanted.line);
  Json out = {{"id", id},
              {"label", visit.say("exchange.instead_of", {{"count", wanted.quantity}, {"item", visit.item_name(wanted.line)}})},
              {"variants", Json::array()},
              {"others", Json::array()},
              {"has_others", !choice.others.empty()},
              {"fault", ""}};
  for (const auto& option : choice.lines[at].variants)
    out["variants"].push_back(option_json(visit, option, wanted.quantity, form.instead[at]));
  for (const auto& option : choice.others) out["others"].push_back(option_json(visit, option, wanted.quantity, form.instead[at]));
  for (const auto& fault : form.faults) {
    if (fault.at == "x-" + id) out["fault"] = fault.text;
  }
  return out;
}

std::string search_words(const Visit& visit, const ReturnForm& form, const usecases::ExchangeChoice& choice) {
  if (form.search.empty()) return "";
  const auto found = static_cast<std::int64_t>(choice.others.size());
  return visit.say(choice.more ? "exchange.found_more" : "exchange.found", {{"count", found}});
}

// How the difference comes about.
Json priced_json(const Visit& visit, const ReturnForm& form, const usecases::ExchangeOffer& offer) {
  Json rows = Json::array();
  std::int64_t goods = 0;
  for (const auto& line : offer.lines) {
    const std::int64_t amount = line.unit_price * line.quantity - line.discount + line.tax;
    goods += amount;
    rows.push_back({{"label", std::to_string(line.quantity) + " × " + line.description}, {"amount", visit.money(amount)}});
  }
  if (offer.total != goods) rows.push_back({{"label", visit.say("exchange.shipping")}, {"amount", visit.money(offer.total - goods)}});
  rows.push_back({{"label", visit.say("exchange.credit")}, {"amount", visit.money(-offer.credit)}});
  const char* label = offer.customer_pays > 0 ? "exchange.to_pay" : offer.customer_gets > 0 ? "return.money_total" : "exchange.difference";
  Json out = {{"rows", rows},
              {"total_label", visit.say(label)},
              {"total", visit.money(std::max(offer.customer_pays, offer.customer_gets))},
              {"stock", offer.in_stock ? "" : visit.say("exchange.later_said")},
              {"seen", exchange_mark(form, offer)}};
  out["pay_how"] = offer.customer_pays > 0 ? visit.say("exchange.pay_how", {{"shop", visit.merchant.facts.name}}) : "";
  return out;
}

// Where the replacement is, as far as its order says; nothing before it is set aside.
std::size_t exchange_steps(const usecases::ExchangeView& exchange) {
  const auto& status = exchange.replacement_status;
  if (status == "delivered" || status == "closed") return 4;
  if (status == "shipped" || status == "partly_shipped") return 3;
  if (exchange.state == "requested") return 0;
  return exchange.released_at ? 2 : 1;
}

std::string exchange_words(const Visit& visit, const usecases::ExchangeView& exchange) {
  const auto& facts = visit.merchant.facts;
  if (exchange.state == "awaiting_payment" || exchange.state == "customer_owes") {
    const std::string contact =
        facts.contact_phone + (facts.contact_phone.empty() || facts.contact_email.empty() ? "" : ", ") + facts.contact_email;
    return visit.say("exchange.said_" + exchange.state,
                     {{"amount", visit.money(exchange.owed)}, {"contact", facts.name + (contact.empty() ? "" : ", " + contact)}});
  }
  if (exchange.state == "awaiting_goods")
    return visit.say("exchange.said_set_aside") + " " + visit.say("exchange.leaves_" + exchange.trigger);
  const auto steps = exchange_steps(exchange);
  if (exchange.state == "released" || exchange.state == "completed")
    return visit.say(steps >= 4 ? "exchange.said_arrived" : steps == 3 ? "exchange.said_sent" : "exchange.said_released");
  return visit.say("exchange.said_" + exchange.state);  // requested, canceled
}

}  // namespace

void read_instead(const std::vector<std::pair<std::string, std::string>>& fields, ReturnForm& form) {
  for (const auto& line : form.lines) form.instead.push_back(field(fields, "instead_" + to_text(line.line)).substr(0, 100));
  form.search = field(fields, "search").substr(0, 100);
  form.seen = field(fields, "seen");
}

bool instead_is_whole(const ReturnForm& form) {
  return form.instead.size() == form.lines.size() &&
         std::none_of(form.instead.begin(), form.instead.end(), [](const auto& sku) { return sku.empty(); });
}

std::vector<usecases::WantedReplacement> replacements_of_form(const http::Services& services, const Visit& visit, ReturnForm& form) {
  if (form.outcome != domain::ReturnOutcome::exchange || !instead_is_whole(form)) return {};
  auto priced =
      usecases::priced_by_catalogue(context_of_visit(services, visit), visit.order.currency, returned_lines(visit, form), form.instead);
  if (priced) return std::move(*priced);
  add_exchange_faults(visit, priced.error(), form);
  return {};
}

void add_exchange_faults(const Visit& visit, const Error& error, ReturnForm& form) {
  for (std::size_t i = 0; i < form.lines.size(); ++i) {
    const std::string at = "/exchange/" + std::to_string(i) + "/", item = visit.item_name(form.lines[i].line);
    for (const auto& fault : error.faults) {
      if (!fault.pointer.starts_with(at)) continue;
      const char* words = fault.code == "other_product" ? "exchange.fault_other" : "exchange.fault_gone";
      form.faults.push_back({"x-" + to_text(form.lines[i].line), visit.say(words, {{"item", item}})});
      form.instead[i].clear();
    }
  }
}

std::string exchange_mark(const ReturnForm& form, const usecases::ExchangeOffer& offer) {
  std::string mark = std::to_string(offer.customer_pays) + "-" + std::to_string(offer.customer_gets);
  for (const auto& sku : form.instead) mark += "-" + sku;
  return mark;
}

Json exchange_options(const http::Services& services, const Visit& visit, const http::Request& request, const ReturnForm& form,
                      const usecases::ReturnPreview& preview) {
  std::vector<std::string> chosen;
  for (const auto& sku : form.instead) {
    if (!sku.empty()) chosen.push_back(sku);
  }
  const auto choice = usecases::exchange_choice(context_of_visit(services, visit), visit.order.id, visit.order.currency,
                                                returned_lines(visit, form), form.search, chosen);
  const bool any = choice.other_product ||
                   std::all_of(choice.lines.begin(), choice.lines.end(), [](const auto& line) { return !line.variants.empty(); });
  if (!any) return nullptr;
  Json out = {{"lines", Json::array()},
              {"other_product", choice.other_product},
              {"search", form.search},
              {"found", search_words(visit, form, choice)},
              {"check_url", return_path(request) + "/check" + visit.lang_query},
              {"leaves", visit.say("exchange.leaves_" + choice.trigger)}};
  for (std::size_t i = 0; i < form.lines.size(); ++i) out["lines"].push_back(exchange_line_json(visit, form, i, choice));
  if (preview.exchange) out["priced"] = priced_json(visit, form, *preview.exchange);
  return out;
}

Json exchange_card(const http::Services& services, const Visit& visit, const usecases::ExchangeView& exchange) {
  Json out = {{"items", Json::array()},
              {"said", exchange_words(visit, exchange)},
              {"owes", exchange.state == "awaiting_payment" || exchange.state == "customer_owes"},
              {"has_rail", exchange.state != "canceled"},
              {"track_url", ""}};
  for (const auto& line : exchange.lines)
    out["items"].push_back({{"quantity", std::to_string(line.quantity)}, {"name", line.description.empty() ? line.sku : line.description}});
  out["rail"] = rail(visit.locale,
                     {visit.say("exchange.rail_set_aside"), visit.say("exchange.rail_packing"), visit.say("exchange.rail_sent"),
                      visit.say("exchange.rail_arrived")},
                     exchange_steps(exchange));
  if (exchange.replacement && exchange.state != "canceled") {
    const usecases::LinkTarget target{visit.target.merchant, *exchange.replacement, exchange.replacement_generation};
    out["track_url"] = "/track/" + services.links.token(usecases::LinkKind::tracking, target, visit.now) + visit.lang_query;
    out["track"] = visit.say("exchange.track", {{"order", exchange.replacement_number}});
  }
  return out;
}

}  // namespace roundtrip::web
