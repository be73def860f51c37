// A customer writes to the shop, asks for a call, or asks for the link to an order.
#include "web/customer_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::TimeStyle;

http::Reply contact_page(const http::Services& services, const http::Request& request, const Visit& visit, const std::string& fault,
                         int status, const Json& typed) {
  auto page = customer_page(visit, request, visit.say("contact.title"), "customer_contact");
  page.status = status;
  page.data["fault"] = fault;
  page.data["typed"] = typed;
  page.data["sent"] = request.query_value("sent").has_value();
  page.data["track_url"] = "/track/" + std::string(request.param("token")) + visit.lang_query;
  page.data["contact_url"] = "/contact/" + std::string(request.param("token")) + visit.lang_query;
  page.data["history"] = Json::array();
  for (const auto& message : usecases::messages_of_order(context_of_visit(services, visit), visit.order.id)) {
    const bool callback = message.kind == "callback";
    page.data["history"].push_back({{"who", visit.say(callback ? "contact.callback_yours" : "contact.yours")},
                                    {"body", message.body + (callback ? " " + message.call_at : "")},
                                    {"when", visit.time(message.created_at, TimeStyle::date_time)},
                                    {"answer", message.answer},
                                    {"ours", visit.say("contact.ours", {{"brand", visit.merchant.facts.name}})},
                                    {"answered", message.answered_at ? visit.time(*message.answered_at, TimeStyle::date_time) : ""}});
  }
  page.data["has_history"] = !page.data["history"].empty();
  return page_reply(services, request, page);
}

http::Reply show_contact(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, usecases::LinkKind::tracking);
  if (!visit) return dead_link_page(services, request);
  return contact_page(services, request, *visit, "", 200, Json::object());
}

http::Reply take_message(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, usecases::LinkKind::tracking);
  if (!visit) return dead_link_page(services, request);
  const auto form = request.form();
  const bool callback = field(form, "kind") == "callback";
  const std::string phone = field(form, "phone").substr(0, 40), when = field(form, "when"), message = field(form, "message");
  const Json typed = {{"phone", phone}, {"when", when}, {"message", message}};
  const bool complete = callback ? !phone.empty() && !when.empty() : !message.empty() && message.size() <= usecases::kLongestMessage;
  if (!complete || !from_our_pages(request)) {
    return contact_page(services, request, *visit, visit->say(callback ? "contact.fault_callback" : "contact.fault_message"), 422, typed);
  }
  const std::string body = callback ? visit->say("contact.callback_body", {{"phone", phone}}) : message;
  const auto written =
      usecases::write_message(context_of_visit(services, *visit), visit->order.id, callback ? "callback" : "message", body, when);
  if (!written) {
    const bool often = written.error().kind == ErrorKind::rate_limited;
    return contact_page(services, request, *visit, visit->say(often ? "contact.too_many" : "contact.fault_message"),
                        http::status_of(written.error().kind), typed);
  }
  const std::string query = visit->lang_query.empty() ? "?sent=1" : visit->lang_query + "&sent=1";
  return http::redirect_reply("/contact/" + std::string(request.param("token")) + query);
}

http::Reply find_page(const http::Services& services, const http::Request& request, const std::string& content, const Json& typed,
                      const std::string& fault, int status) {
  const std::string locale = language_of(request), slug = typed.value("shop", request.query_value("shop").value_or(""));
  const auto merchant = shop_of(services, slug);
  auto page = public_page(request, merchant, locale, messages::text(locale, "page.find.title"), content);
  page.status = status;
  page.data["typed"] = typed;
  page.data["shop_slug"] = slug;
  page.data["shop_needed"] = !merchant;
  page.data["fault"] = fault.empty() ? "" : messages::text(locale, "page.find." + fault);
  const auto lang = request.query_value("lang");
  page.data["lang_query"] = lang ? "?lang=" + percent_encode(*lang) : "";
  page.data["photo_url"] = "/find/photo" + page.data["lang_query"].get<std::string>();
  if (const std::string number = typed.value("read", ""); !number.empty())
    page.data["read"] = messages::text(locale, "page.find.photo_read", {{"number", number}});
  return page_reply(services, request, page);
}

http::Reply take_photo_to_find(const http::Services& services, const http::Request& request) {
  const auto photo = read_label_photo(services, request);
  const Json typed = {{"order_number", photo.number}, {"read", photo.number}, {"shop", field(request.form(), "shop").substr(0, 40)}};
  return find_page(services, request, "customer_find", typed, photo.fault, photo.status);
}

http::Reply take_find(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const std::string number = field(form, "order_number").substr(0, 200), proof = field(form, "proof").substr(0, 300),
                    slug = field(form, "shop").substr(0, 40);
  const Json typed = {{"order_number", number}, {"proof", proof}, {"shop", slug}};
  const auto merchant = shop_of(services, slug);
  if (number.empty() || proof.empty() || !merchant || !from_our_pages(request))
    return find_page(services, request, "customer_find", typed, "fault", 422);
  const auto asked = usecases::request_link(services.db, merchant->id, number, proof, request.client_address, request.now);
  if (!asked) return find_page(services, request, "customer_find", typed, "too_many", http::status_of(asked.error().kind));
  return find_page(services, request, "customer_find_sent", typed, "", 200);
}
}  // namespace

void add_contact_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add(
        {method, pattern, http::Gate::open, "", [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/contact/{token}", show_contact);
  route("POST", "/contact/{token}", take_message);
  route("GET", "/find", [](const http::Services& all, const http::Request& request) {
    return find_page(all, request, "customer_find", Json::object(), "", 200);
  });
  route("POST", "/find", take_find);
  route("POST", "/find/photo", take_photo_to_find);
}

}  // namespace roundtrip::web
