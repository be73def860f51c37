// Rendering with mustache; assets and templates are compiled in.
#include "web/pages.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <kainjow/mustache.hpp>
#include <memory>
#include <unordered_map>

#include "base/log.hpp"
#include "base/secrets.hpp"
#include "web/embedded.hpp"
#include "web/web.hpp"

namespace roundtrip::web {
namespace {
namespace mustache = kainjow::mustache;

mustache::data to_data(const Json& json) {
  if (json.is_object()) {
    mustache::data out(mustache::data::type::object);
    for (const auto& [key, value] : json.items()) out.set(key, to_data(value));
    return out;
  }
  if (json.is_array()) {
    mustache::data out(mustache::data::type::list);
    for (const auto& item : json) out.push_back(to_data(item));
    return out;
  }
  if (json.is_boolean()) return mustache::data(json.get<bool>());
  if (json.is_string()) {
    auto text = json.get<std::string>();
    return text.empty() ? mustache::data(false) : mustache::data(std::move(text));
  }
  return json.is_null() ? mustache::data(false) : mustache::data(json.dump());
}

std::string_view template_text(const std::string& name) {
  const Embedded* file = find_embedded(name + ".mustache");
  if (file == nullptr) throw std::logic_error("no template " + name);
  return file->body;
}

// Parsed once a thread: rendering writes into the parsed template's error text.
mustache::mustache& parsed_template(const std::string& name) {
  thread_local std::unordered_map<std::string, std::unique_ptr<mustache::mustache>> cache;
  auto& slot = cache[name];
  if (!slot) {
    slot = std::make_unique<mustache::mustache>(std::string(template_text(name)));
    if (!slot->is_valid()) throw std::logic_error("template " + name + ": " + slot->error_message());
  }
  return *slot;
}

void add_partials(mustache::data& data) {
  for (const Embedded& file : embedded_files()) {
    constexpr std::string_view ending = ".mustache";
    if (!file.name.starts_with("part_") || !file.name.ends_with(ending)) continue;
    data.set(file.name.substr(0, file.name.size() - ending.size()), mustache::data(mustache::partial([&file] { return file.body; })));
  }
}

std::string_view type_of_asset(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

http::Reply asset_reply(std::string_view name, std::string body) {
  http::Reply reply{200, std::string(type_of_asset(name)), std::move(body), {}};
  reply.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  reply.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
  return reply;
}

http::Reply no_such_asset() {
  return http::problem_reply({.kind = ErrorKind::not_found, .code = "no_such_asset", .message = "There is no such file; reload the page."});
}

struct Rgb {
  double r, g, b;
};
std::optional<Rgb> parse_color(std::string_view text) {
  if (text.size() == 7 && text.front() == '#') text.remove_prefix(1);
  unsigned number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (text.size() != 6 || failed != std::errc{} || end != text.data() + 6) return std::nullopt;
  return Rgb{double(number >> 16 & 255), double(number >> 8 & 255), double(number & 255)};
}
// WCAG relative luminance.
double luminance(const Rgb& color) {
  const auto linear = [](double c) { return c / 255 <= 0.04045 ? c / 255 / 12.92 : std::pow((c / 255 + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}
std::string hex_of(const Rgb& color) {
  char out[8];
  std::snprintf(out, sizeof out, "#%02x%02x%02x", unsigned(color.r), unsigned(color.g), unsigned(color.b));
  return out;
}
// The brand's color darkened until white text and white paper give it 4.7 to 1.
std::string brand_css(Rgb color) {
  while (1.05 / (luminance(color) + 0.05) < 4.7) color = {color.r * 0.95, color.g * 0.95, color.b * 0.95};
  const Rgb dark{color.r * 0.82, color.g * 0.82, color.b * 0.82};
  const auto tint = [](double c) { return c + (255 - c) * 0.92; };
  return ":root{--brand:" + hex_of(color) + ";--brand-dark:" + hex_of(dark) +
         ";--brand-tint:" + hex_of({tint(color.r), tint(color.g), tint(color.b)}) + "}";
}

std::string_view layout_template(Layout layout) {
  switch (layout) {
    case Layout::plain:
      return "layout_plain";
    case Layout::desk:
      return "layout_desk";
    case Layout::station:
      return "layout_station";
    case Layout::customer:
      return "layout_customer";
  }
  return "layout_plain";
}

Json layout_assets() {
  Json out = Json::object();
  for (const Embedded& file : embedded_files()) {
    if (file.name.ends_with(".mustache")) continue;
    std::string key = file.name;
    std::replace(key.begin(), key.end(), '.', '_');
    out[key] = asset_url(file.name);
  }
  return out;
}
}  // namespace

const Embedded* find_embedded(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const Embedded*> out;
    for (const Embedded& file : embedded_files()) out.emplace(file.name, &file);
    return out;
  }();
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

std::string render(const std::string& template_name, const Json& data) {
  auto values = to_data(data);
  add_partials(values);
  auto& parsed = parsed_template(template_name);
  std::string out = parsed.render(values);
  if (!parsed.error_message().empty()) throw std::logic_error("template " + template_name + ": " + parsed.error_message());
  return out;
}

std::string asset_url(std::string_view name) {
  const Embedded* file = find_embedded(name);
  if (file == nullptr) throw std::logic_error("no asset " + std::string(name));
  return "/assets/" + file->sha256.substr(0, 10) + "/" + file->name;
}

std::string brand_url(std::string_view color) {
  const auto parsed = parse_color(color);
  return "/assets/brand/" + (parsed ? hex_of(*parsed).substr(1) : std::string("1f6f54")) + ".css";
}

bool is_https(const http::Services& services) { return services.config.text("http.public_url").starts_with("https://"); }

Headers page_headers(const http::Services& services, bool private_link) {
  Headers out = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
       "media-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=()"},
      {"Referrer-Policy", private_link ? "no-referrer" : "same-origin"},
      {"Cache-Control", "no-store"},
  };
  if (private_link) out.emplace_back("X-Robots-Tag", "noindex, nofollow");
  if (is_https(services)) out.emplace_back("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
  return out;
}

http::Reply page_reply(const http::Services& services, const http::Request& request, const Page& page) {
  static const Json assets = layout_assets();
  Json data = page.data;
  data["title"] = page.title;
  data["lang"] = page.lang;
  data["asset"] = assets;
  data["csrf"] = request.caller.csrf;
  data["user"] = request.caller.name;
  data["may_desk"] = request.caller.may("orders:write");
  data["may_station"] = request.caller.may("scans:write");
  data["content"] = render(page.content, data);
  http::Reply reply = http::html_reply(page.status, render(std::string(layout_template(page.layout)), data));
  const bool private_link = page.layout == Layout::customer;
  for (auto& header : page_headers(services, private_link)) reply.headers.push_back(std::move(header));
  return reply;
}

http::Reply error_page(const http::Services& services, const http::Request& request, Layout layout, const Error& error) {
  Page page{.layout = layout, .title = "This did not work", .content = "error", .status = http::status_of(error.kind)};
  page.data["message"] = error.message;
  page.data["next_step"] = error.explain ? error.explain->next_step : "";
  page.data["not_found"] = error.kind == ErrorKind::not_found;
  http::Reply reply = page_reply(services, request, page);
  if (error.retry_after_s > 0) reply.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  return reply;
}

std::string field(const std::vector<std::pair<std::string, std::string>>& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key != name) continue;
    const auto first = value.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return "";
    return value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1);
  }
  return "";
}

bool from_our_pages(const http::Request& request) {
  if (const auto site = request.header("sec-fetch-site")) return *site == "same-origin" || *site == "none";
  const auto origin = request.header("origin");
  if (!origin) return true;  // an old browser or a tool; there is no session to abuse yet
  const auto host = request.header("host").value_or("");
  return *origin == "http://" + std::string(host) || *origin == "https://" + std::string(host);
}

std::string local_path(const std::optional<std::string>& path, const std::string& otherwise) {
  if (!path || path->empty() || path->front() != '/' || path->size() > 500) return otherwise;
  if (path->size() > 1 && ((*path)[1] == '/' || (*path)[1] == '\\')) return otherwise;
  const bool plain = std::all_of(path->begin(), path->end(), [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
  return plain ? *path : otherwise;
}

void add_asset_routes(http::Router& router) {
  router.add({"GET", "/assets/brand/{color}.css", http::Gate::open, "", [](const http::Request& request) {
                const auto color = parse_color(request.param("color"));
                return color ? asset_reply("brand.css", brand_css(*color)) : no_such_asset();
              }});
  router.add({"GET", "/assets/{version}/{name}", http::Gate::open, "", [](const http::Request& request) {
                const Embedded* file = find_embedded(request.param("name"));
                if (file == nullptr || file->name.ends_with(".mustache")) return no_such_asset();
                auto reply = asset_reply(file->name, file->body);
                // A page of another version of the program asks: serve what there is, but let nobody keep it.
                if (!file->sha256.starts_with(request.param("version"))) reply.headers.front().second = "no-cache";
                return reply;
              }});
  router.add(
      {"GET", "/favicon.ico", http::Gate::open, "", [](const http::Request&) { return http::redirect_reply(asset_url("icon.svg")); }});
  router.add({"GET", "/robots.txt", http::Gate::open, "",
              [](const http::Request&) { return http::file_reply("text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n"); }});
}

void add_web_routes(http::Router& router, const http::Services& services) {
  add_asset_routes(router);
  add_login_routes(router, services);
  add_station_routes(router, services);
  add_desk_routes(router, services);
  add_track_routes(router, services);
  add_customer_return_routes(router, services);
  add_contact_routes(router, services);
  add_withdraw_routes(router, services);
  add_customer_claim_routes(router, services);
}

http::Reply for_people(const http::Services& services, const http::Request& request, http::Reply reply) {
  if (reply.content_type != "application/problem+json" || request.path.starts_with("/v1/")) return reply;
  if (request.header("accept").value_or("").find("text/html") == std::string_view::npos) return reply;
  const auto problem = Json::parse(reply.body, nullptr, false);
  if (!problem.is_object()) return reply;
  const bool staff = request.path.starts_with("/desk");
  Page page{.layout = staff && request.caller.may("orders:write") ? Layout::desk : Layout::plain,
            .title = problem.value("title", "This did not work"),
            .content = "error",
            .status = reply.status};
  page.data["message"] =
      reply.status == 404 ? "There is nothing at this address. Check the link, or go back." : problem.value("detail", "");
  page.data["not_found"] = reply.status == 404;
  http::Reply out = page_reply(services, request, page);
  for (const auto& header : reply.headers) {
    if (header.first == "Retry-After" || header.first == "Allow" || header.first == "X-Trace-Id") out.headers.push_back(header);
  }
  return out;
}

}  // namespace roundtrip::web
