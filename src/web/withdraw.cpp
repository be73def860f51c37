// Withdrawing from the contract in two steps (Directive 2011/83/EU, Article 11a): declare, confirm; the receipt at once.
//
// Reached with the order's return link (/return/{token}/withdraw), or without any from order number and e-mail address (/withdraw): the
// link made there opens this declaration and nothing else.
#include <algorithm>

#include "usecases/bookings.hpp"
#include "usecases/withdrawals.hpp"
#include "web/customer_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::TimeStyle;
using usecases::LinkKind;

// A fault and the field it is about.
struct FieldFault {
  std::string at, text;
};

struct Declaration {
  std::vector<usecases::WithdrawnUnits> lines;
  std::string name;
  std::vector<FieldFault> faults;
};

// Where the pages of this visit live.
std::string withdraw_path(const http::Request& request, LinkKind kind) {
  const std::string token(request.param("token"));
  return kind == LinkKind::returns ? "/return/" + token + "/withdraw" : "/withdraw/" + token;
}

Declaration read_declaration(const Visit& visit, const std::vector<std::pair<std::string, std::string>>& form) {
  Declaration out;
  out.name = field(form, "name").substr(0, 200);
  if (out.name.empty()) out.faults.push_back({"name", visit.say("withdraw.fault_name")});
  for (const auto& line : visit.order.lines) {
    const std::string id = to_text(line.id);
    if (field(form, "take_" + id) != "yes") continue;
    const std::string typed = field(form, "quantity_" + id);
    const std::int64_t units = typed.empty() ? 1 : typed_quantity(typed);
    if (units < 1) out.faults.push_back({"q-" + id, visit.say("withdraw.fault_quantity", {{"item", visit.item_name(line.id)}})});
    out.lines.push_back({line.id, units});
  }
  if (out.lines.empty()) out.faults.push_back({"withdraw", visit.say("withdraw.fault_none")});
  return out;
}

usecases::WithdrawalRequest request_of_declaration(const http::Services& services, const Visit& visit, const Declaration& declared) {
  usecases::WithdrawalRequest out;
  out.order = visit.order.id;
  out.lines = declared.lines;
  out.name = declared.name;
  out.locale = visit.locale;
  out.time_zone = visit.zone;
  out.label_valid_days = static_cast<int>(services.config.integer("returns.label_valid_days"));
  out.label_carrier = usecases::return_label_carrier(services.config);
  return out;
}

// "a…@example.org": enough to know it again, too little to learn it.
std::string masked(const std::string& email) {
  const auto at = email.rfind('@');
  if (at == std::string::npos || at == 0) return "";
  return first_letter(email) + "…" + email.substr(at);
}

void add_refusal(const http::Services& services, const Visit& visit, LinkKind kind, const usecases::WithdrawalChoice& choice, Page& page) {
  const auto& period = choice.period;
  if (!period.open) {
    page.data["refused"] = visit.say("withdraw.over", {{"days", std::int64_t(period.days)},
                                                       {"date", visit.time(*period.last_day(), TimeStyle::date)},
                                                       {"delivered", visit.time(*period.delivered_at, TimeStyle::date)}});
    page.data["refused_next"] = visit.say("withdraw.over_next");
    if (kind == LinkKind::returns)
      page.data["return_url"] = "/return/" + services.links.token(LinkKind::returns, visit.target, visit.now) + visit.lang_query;
  } else if (choice.lines.empty()) {
    page.data["refused"] = visit.say("withdraw.nothing");
  }
}

Json withdrawable_lines(const Visit& visit, const usecases::WithdrawalChoice& choice, const std::optional<Declaration>& declared) {
  Json out = Json::array();
  for (const auto& left : choice.lines) {
    const usecases::WithdrawnUnits* wanted = nullptr;
    for (std::size_t i = 0; declared && i < declared->lines.size(); ++i) {
      if (declared->lines[i].line == left.line) wanted = &declared->lines[i];
    }
    const std::string name = visit.item_name(left.line);
    Json line = quantity_fields(left.quantity, wanted != nullptr ? wanted->quantity : left.quantity);
    line["id"] = to_text(left.line);
    line["name"] = name;
    line["letter"] = first_letter(name);
    line["left"] = visit.say("withdraw.left", {{"count", left.quantity}});
    line["taken"] = !declared || wanted != nullptr;  // the whole contract, unless a part is chosen
    out.push_back(std::move(line));
  }
  return out;
}

http::Reply declare_page(const http::Services& services, const http::Request& request, const Visit& visit, LinkKind kind,
                         const std::optional<Declaration>& declared, int status) {
  const auto context = context_of_visit(services, visit);
  const auto choice = usecases::withdrawal_choice(context, visit.order.id);
  const auto given = usecases::withdrawals_of_order(context, visit.order.id);
  const std::string base = withdraw_path(request, kind);
  auto page = customer_page(visit, request, visit.say("withdraw.title"), "customer_withdraw");
  page.status = status;
  page.data["period"] = choice.period.delivered_at
                            ? visit.say("withdraw.until", {{"date", visit.time(*choice.period.last_day(), TimeStyle::date)}})
                            : visit.say("withdraw.not_begun", {{"days", std::int64_t(choice.period.days)}});
  if (!choice.period.open) page.data["period"] = "";
  const bool done = request.query_value("done").has_value() && !given.empty();
  if (done) page.data["done"] = visit.say("withdraw.done", {{"time", visit.time(given.back().received_at, TimeStyle::second)}});
  page.data["can_withdraw"] = choice.period.open && !choice.lines.empty() && !done;
  page.data["lines"] = withdrawable_lines(visit, choice, declared);
  page.data["receipts"] = Json::array();
  for (const auto& one : given) {
    page.data["receipts"].push_back({{"said", visit.time(one.received_at, TimeStyle::second)},
                                     {"hash", one.receipt_sha256.substr(0, 16) + "…"},
                                     {"href", base + "/" + to_text(one.id) + "/receipt.txt"}});
  }
  if (!done) add_refusal(services, visit, kind, choice, page);
  page.data["customer_name"] = declared ? declared->name : kind == LinkKind::returns ? visit.order.customer.name : "";
  page.data["order_number"] = visit.order.external_id;
  page.data["mail"] = masked(visit.order.customer.email);
  page.data["faults"] = Json::array();
  if (declared) {
    for (const auto& fault : declared->faults) {
      page.data["faults"].push_back({{"at", fault.at}, {"text", fault.text}});
      if (fault.at == "name") page.data["name_fault"] = true;
    }
  }
  page.data["has_faults"] = !page.data["faults"].empty();
  page.data["check_url"] = base + "/check" + visit.lang_query;
  if (kind == LinkKind::returns)
    page.data["track_url"] = "/track/" + services.links.token(LinkKind::tracking, visit.target, request.now) + visit.lang_query;
  return page_reply(services, request, page);
}

// A refusal of the use case in the reader's language.
FieldFault refusal_of_declaration(const Visit& visit, const Declaration& declared, const Error& error) {
  if (error.code == "units_not_there" && !error.faults.empty()) {
    const auto at =
        static_cast<std::size_t>(typed_quantity(error.faults.front().pointer.substr(7, error.faults.front().pointer.find('/', 7) - 7)));
    const LineId line = at < declared.lines.size() ? declared.lines[at].line : LineId{};
    return {"q-" + to_text(line),
            visit.say("withdraw.fault_left", {{"item", visit.item_name(line)}, {"left", error.explain->values.front().second}})};
  }
  return {"withdraw", visit.say("withdraw.nothing")};
}

http::Reply refused_declaration(const http::Services& services, const http::Request& request, const Visit& visit, LinkKind kind,
                                Declaration declared, const Error& error) {
  declared.faults = {refusal_of_declaration(visit, declared, error)};
  return declare_page(services, request, visit, kind, declared, http::status_of(error.kind));
}

http::Reply show_declaration(const http::Services& services, const http::Request& request, LinkKind kind) {
  const auto visit = open_visit(services, request, kind);
  if (!visit) return dead_link_page(services, request);
  return declare_page(services, request, *visit, kind, std::nullopt, 200);
}

http::Reply check_declaration(const http::Services& services, const http::Request& request, LinkKind kind) {
  const auto visit = open_visit(services, request, kind);
  if (!visit) return dead_link_page(services, request);
  const auto form = request.form();
  auto declared = read_declaration(*visit, form);
  if (!declared.faults.empty()) return declare_page(services, request, *visit, kind, declared, 422);
  if (field(form, "change") == "yes") return declare_page(services, request, *visit, kind, declared, 200);
  const auto preview = usecases::preview_withdrawal(context_of_visit(services, *visit), request_of_declaration(services, *visit, declared));
  if (!preview) return refused_declaration(services, request, *visit, kind, std::move(declared), preview.error());
  const std::string base = withdraw_path(request, kind);
  auto page = customer_page(*visit, request, visit->say("withdraw.check_title"), "customer_withdraw_check");
  page.data["items"] = Json::array();
  for (const auto& line : declared.lines)
    page.data["items"].push_back({{"quantity", std::to_string(line.quantity)}, {"name", visit->item_name(line.line)}});
  page.data["order_number"] = visit->order.external_id;
  page.data["customer_name"] = declared.name;
  page.data["mail"] = masked(visit->order.customer.email);
  page.data["money"] = money_rows(*visit, preview->money);
  page.data["total"] = visit->money(preview->money.amount());
  page.data["money_when"] =
      visit->say("withdraw.money_when", {{"date", visit->time(domain::withdrawal_refund_due(request.now), TimeStyle::date)}});
  page.data["goods_to_send"] = preview->goods_to_send;
  page.data["freight"] = visit->say(preview->freight == domain::FreightPayer::merchant ? "withdraw.freight_free" : "withdraw.freight_paid");
  page.data["hidden"] = Json::array();
  for (const auto& [name, value] : form) {
    if (value.size() <= 600) page.data["hidden"].push_back({{"name", name}, {"value", value}});
  }
  page.data["withdraw_url"] = base + visit->lang_query;
  page.data["check_url"] = base + "/check" + visit->lang_query;
  return page_reply(services, request, page);
}

http::Reply confirm_declaration(const http::Services& services, const http::Request& request, LinkKind kind) {
  const auto visit = open_visit(services, request, kind);
  if (!visit) return dead_link_page(services, request);
  auto declared = read_declaration(*visit, request.form());
  if (!declared.faults.empty() || !from_our_pages(request)) return declare_page(services, request, *visit, kind, declared, 422);
  const auto taken = usecases::withdraw(context_of_visit(services, *visit), request_of_declaration(services, *visit, declared));
  if (!taken) return refused_declaration(services, request, *visit, kind, std::move(declared), taken.error());
  return http::redirect_reply(withdraw_path(request, kind) + visit->lang_query + (visit->lang_query.empty() ? "?" : "&") + "done=1");
}

http::Reply receipt_file(const http::Services& services, const http::Request& request, LinkKind kind) {
  const auto visit = open_visit(services, request, kind);
  if (!visit) return dead_link_page(services, request);
  for (const auto& one : usecases::withdrawals_of_order(context_of_visit(services, *visit), visit->order.id)) {
    if (to_text(one.id) != request.param("id")) continue;
    auto reply = http::file_reply("text/plain; charset=utf-8", one.receipt, to_text(one.id) + ".txt");
    reply.headers.emplace_back("Cache-Control", "private, no-store");
    reply.headers.emplace_back("Referrer-Policy", "no-referrer");
    reply.headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
    return reply;
  }
  return dead_link_page(services, request);
}

http::Reply find_page_to_withdraw(const http::Services& services, const http::Request& request, const Json& typed, const std::string& fault,
                                  int status) {
  const std::string locale = language_of(request), slug = typed.value("shop", request.query_value("shop").value_or(""));
  const auto merchant = shop_of(services, slug);
  auto page = public_page(request, merchant, locale, messages::text(locale, "page.withdraw.title"), "customer_withdraw_find");
  page.status = status;
  page.data["typed"] = typed;
  page.data["shop_slug"] = slug;
  page.data["shop_needed"] = !merchant;
  page.data["fault"] = fault.empty() ? "" : messages::text(locale, fault);
  const auto lang = request.query_value("lang");
  page.data["lang_query"] = lang ? "?lang=" + percent_encode(*lang) : "";
  page.data["photo_url"] = "/withdraw/photo" + page.data["lang_query"].get<std::string>();
  if (const std::string number = typed.value("read", ""); !number.empty())
    page.data["read"] = messages::text(locale, "page.find.photo_read", {{"number", number}});
  return page_reply(services, request, page);
}

http::Reply take_photo_to_withdraw(const http::Services& services, const http::Request& request) {
  const auto photo = read_label_photo(services, request);
  const Json typed = {{"order_number", photo.number}, {"read", photo.number}, {"shop", field(request.form(), "shop").substr(0, 40)}};
  return find_page_to_withdraw(services, request, typed, photo.fault.empty() ? "" : "page.find." + photo.fault, photo.status);
}

http::Reply take_find_to_withdraw(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const std::string number = field(form, "order_number").substr(0, 200), email = field(form, "email").substr(0, 300),
                    slug = field(form, "shop").substr(0, 40);
  const Json typed = {{"order_number", number}, {"email", email}, {"shop", slug}};
  const auto merchant = shop_of(services, slug);
  if (number.empty() || email.empty() || !merchant || !from_our_pages(request))
    return find_page_to_withdraw(services, request, typed, "page.withdraw.find_fault", 422);
  const auto found = usecases::find_order_to_withdraw(services.db, merchant->id, number, email, request.client_address, request.now);
  if (!found) return find_page_to_withdraw(services, request, typed, "page.find.too_many", http::status_of(found.error().kind));
  if (!*found) return find_page_to_withdraw(services, request, typed, "page.withdraw.find_fault", 422);
  const auto lang = request.query_value("lang");
  return http::redirect_reply("/withdraw/" + services.links.token(LinkKind::withdrawal, **found, request.now) +
                              (lang ? "?lang=" + percent_encode(*lang) : ""));
}
}  // namespace

void add_withdraw_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const std::string& pattern, auto handler) {
    router.add(
        {method, pattern, http::Gate::open, "", [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  for (const auto& [base, kind] :
       {std::pair{"/return/{token}/withdraw", LinkKind::returns}, std::pair{"/withdraw/{token}", LinkKind::withdrawal}}) {
    const std::string at = base;
    const auto of_kind = [kind = kind](auto handler) {
      return [kind, handler](const http::Services& all, const http::Request& request) { return handler(all, request, kind); };
    };
    route("GET", at, of_kind(show_declaration));
    route("POST", at, of_kind(confirm_declaration));
    route("POST", at + "/check", of_kind(check_declaration));
    route("GET", at + "/{id}/receipt.txt", of_kind(receipt_file));
  }
  route("GET", "/withdraw", [](const http::Services& all, const http::Request& request) {
    return find_page_to_withdraw(all, request, Json::object(), "", 200);
  });
  route("POST", "/withdraw", take_find_to_withdraw);
  route("POST", "/withdraw/photo", take_photo_to_withdraw);
}

}  // namespace roundtrip::web
