// Signing in and out.
#include <algorithm>

#include "usecases/access.hpp"
#include "web/pages.hpp"

namespace roundtrip::web {
namespace {
std::string session_cookie(const http::Services& services, const std::string& token, std::int64_t max_age_s) {
  const bool https = is_https(services);
  return std::string(usecases::session_cookie_name(https)) + "=" + token +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(max_age_s) + (https ? "; Secure" : "");
}

http::Reply login_form(const http::Services& services, const http::Request& request, const Json& said, int status) {
  Page page{.layout = Layout::plain, .title = "Sign in", .content = "login", .status = status};
  page.data = said;
  page.data["shop_needed"] = usecases::list_merchants(services.db).size() > 1;
  return page_reply(services, request, page);
}

// Where a user's day begins.
std::string home_of(const std::vector<std::string>& scopes) {
  const auto may = [&](std::string_view scope) { return std::find(scopes.begin(), scopes.end(), scope) != scopes.end(); };
  return may("orders:write") || may("admin") ? "/desk" : "/station";
}

http::Reply show_login(const http::Services& services, const http::Request& request) {
  if (request.caller.kind == http::Caller::Kind::user) {
    return http::redirect_reply(local_path(request.query_value("next"), home_of(request.caller.scopes)));
  }
  return login_form(services, request, {{"next", local_path(request.query_value("next"), "")}}, 200);
}

http::Reply take_login(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const std::string login = field(form, "login"), shop = field(form, "shop"), next = local_path(field(form, "next"), "");
  Json said = {{"login", login}, {"shop", shop}, {"next", next}};
  if (!from_our_pages(request)) {
    said["fault"] = "The form is out of date. Send it again.";
    return login_form(services, request, said, 403);
  }
  std::string password;
  for (const auto& [name, value] : form) {
    if (name == "password") password = value;
  }
  const auto in = usecases::sign_in(services.db, shop, login, password, request.client_address, request.now);
  if (!in) {
    said["fault"] = in.error().message;
    auto reply = login_form(services, request, said, http::status_of(in.error().kind));
    if (in.error().retry_after_s > 0) reply.headers.emplace_back("Retry-After", std::to_string(in.error().retry_after_s));
    return reply;
  }
  const auto session = usecases::read_session(services.db, in->token, request.now);
  auto reply = http::redirect_reply(next.empty() ? home_of(session ? session->scopes : std::vector<std::string>{}) : next);
  reply.headers.emplace_back("Set-Cookie", session_cookie(services, in->token, usecases::kSessionAbsolute / kSecond));
  return reply;
}

http::Reply take_logout(const http::Services& services, const http::Request& request) {
  if (const auto token = request.cookie(usecases::session_cookie_name(is_https(services)))) usecases::sign_out(services.db, *token);
  auto reply = http::redirect_reply("/login");
  reply.headers.emplace_back("Set-Cookie", session_cookie(services, "", 0));
  reply.headers.emplace_back("Clear-Site-Data", "\"cache\"");
  return reply;
}
}  // namespace

void add_login_routes(http::Router& router, const http::Services& services) {
  const auto page = [&](const char* method, const char* pattern, http::Gate gate, auto handler) {
    router.add({method, pattern, gate, "", [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  page("GET", "/login", http::Gate::open, show_login);
  page("POST", "/login", http::Gate::open, take_login);
  page("POST", "/logout", http::Gate::staff, take_logout);
  router.add({"GET", "/", http::Gate::staff, "", [](const http::Request& request) {
                return http::redirect_reply(request.caller.may("orders:write") ? "/desk" : "/station");
              }});
}

}  // namespace roundtrip::web
