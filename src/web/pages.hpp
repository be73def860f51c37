// Rendering: templates, layouts, security headers, assets, and what form handlers share.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "http/reply.hpp"
#include "http/router.hpp"
#include "http/routes.hpp"

namespace roundtrip::web {

using Json = nlohmann::ordered_json;

// Fills a template ("login" = pages/login.mustache) with JSON: {{x}} is escaped, null, false and "" are
// no section, numbers become text. Templates named part_* are partials: {{> part_pill}}.
std::string render(const std::string& template_name, const Json& data);

// "/assets/1f2e3d4c/desk.css": changes with the content, so it may be kept forever.
std::string asset_url(std::string_view name);
// The stylesheet that carries a merchant's color ("#1f6f54"; anything else gives the default).
std::string brand_url(std::string_view color);

enum class Layout { plain, desk, station, customer };

struct Page {
  Layout layout = Layout::desk;
  std::string title;
  std::string content;  // template name
  Json data = Json::object();
  int status = 200;
  std::string lang = "en";
};
// The page in its layout with its security headers. `data` is also seen by the layout.
http::Reply page_reply(const http::Services& services, const http::Request& request, const Page& page);
// A page for a refusal or a missing thing, in the words of the error.
http::Reply error_page(const http::Services& services, const http::Request& request, Layout layout, const Error& error);

// Security headers of a page; `private_link`: its address is a secret (no referrer, no index).
Headers page_headers(const http::Services& services, bool private_link);

bool is_https(const http::Services& services);
// First value of a form field, trimmed of blanks at both ends; empty when it is missing.
std::string field(const std::vector<std::pair<std::string, std::string>>& form, std::string_view name);
// False for a form that another site sent (Fetch Metadata, else Origin against Host).
bool from_our_pages(const http::Request& request);
// `path` when it is a local path that a redirect may go to, else `otherwise`.
std::string local_path(const std::optional<std::string>& path, const std::string& otherwise);

// ---- One function per audience (each in its own file) ------------------------------------------------
void add_asset_routes(http::Router& router);
void add_login_routes(http::Router& router, const http::Services& services);
void add_station_routes(http::Router& router, const http::Services& services);
void add_desk_routes(http::Router& router, const http::Services& services);
void add_track_routes(http::Router& router, const http::Services& services);
void add_customer_return_routes(http::Router& router, const http::Services& services);
void add_customer_claim_routes(http::Router& router, const http::Services& services);
void add_contact_routes(http::Router& router, const http::Services& services);
void add_withdraw_routes(http::Router& router, const http::Services& services);

}  // namespace roundtrip::web
