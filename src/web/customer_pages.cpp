// Links, words and frames of customers' pages.
#include "web/customer_pages.hpp"

#include <algorithm>
#include <map>

namespace roundtrip::web {
namespace {
constexpr std::pair<std::string_view, std::string_view> kLanguages[] = {{"en", "English"}, {"de", "Deutsch"}, {"pt-PT", "Português"}};

std::optional<std::string> chosen_language(const http::Request& request) {
  const auto wanted = request.query_value("lang");
  const auto& known = messages::catalogue_locales();
  if (!wanted || std::find(known.begin(), known.end(), *wanted) == known.end()) return std::nullopt;
  return wanted;
}

Json make_page_words(const std::string& locale) {
  Json out = Json::object();
  for (const auto& key : messages::keys_of("en")) {
    if (!key.starts_with("page.") || messages::pattern_of("en", key).find('{') != std::string::npos) continue;
    Json* at = &out;
    std::string rest = key.substr(5);
    for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
      at = &(*at)[rest.substr(0, dot)];
      rest = rest.substr(dot + 1);
    }
    (*at)[rest] = messages::text(locale, key);
  }
  return out;
}

void frame(Page& page, const http::Request& request, const std::string& locale) {
  page.lang = locale;
  page.data["t"] = page_words(locale);
  page.data["languages"] = Json::array();
  for (const auto& [tag, name] : kLanguages) {
    page.data["languages"].push_back(
        {{"tag", tag}, {"name", name}, {"here", tag == locale}, {"href", request.path + "?lang=" + std::string(tag)}});
  }
}

void shop(Page& page, const usecases::NewMerchant& facts) {
  page.data["shop"] = {
      {"name", facts.name}, {"phone", facts.contact_phone}, {"email", facts.contact_email}, {"hours", facts.contact_hours}};
  page.data["has_contact"] = !facts.contact_phone.empty() || !facts.contact_email.empty();
  page.data["brand_css"] = brand_url(facts.color);
}
}  // namespace

const Json& page_words(const std::string& locale) {
  static const auto all = [] {
    std::map<std::string, Json> out;
    for (const auto& known : messages::catalogue_locales()) out[known] = make_page_words(known);
    return out;
  }();
  return all.at(messages::match_locale(locale));
}

std::string language_of(const http::Request& request) {
  if (const auto chosen = chosen_language(request)) return *chosen;
  return messages::match_accept_language(request.header("accept-language").value_or(""));
}

std::string Visit::say(std::string_view key, const messages::Args& args) const {
  return messages::text(locale, "page." + std::string(key), args);
}
std::string Visit::money(std::int64_t minor) const { return messages::format_money(locale, {minor, {order.currency}}); }
std::string Visit::time(Instant at, messages::TimeStyle style) const { return messages::format_time(locale, zone, at, style); }
std::string Visit::item_name(LineId line) const {
  for (const auto& one : order.lines) {
    if (one.id == line) return one.description.empty() ? one.sku : one.description;
  }
  return "";
}

std::optional<Visit> open_visit(const http::Services& services, const http::Request& request, usecases::LinkKind kind) {
  auto found = usecases::open_link(services.db, services.links, kind, request.param("token"), request.now);
  if (!found) return std::nullopt;
  Visit visit{found->merchant, std::move(found->order), found->target, "", "", "", request.now};
  const auto chosen = chosen_language(request);
  visit.locale = chosen ? *chosen : messages::match_locale(visit.order.customer.locale);
  visit.lang_query = chosen ? "?lang=" + *chosen : "";
  visit.zone = messages::is_time_zone(visit.order.customer.time_zone) ? visit.order.customer.time_zone : visit.merchant.facts.time_zone;
  return visit;
}

usecases::Context context_of_visit(const http::Services& services, const Visit& visit) {
  return {services.db, visit.target.merchant, {"customer", "customer"}, visit.now};
}

Page public_page(const http::Request& request, const std::optional<usecases::MerchantView>& merchant, const std::string& locale,
                 const std::string& title, const std::string& content) {
  Page page{.layout = Layout::customer, .title = title, .content = content};
  frame(page, request, locale);
  usecases::NewMerchant nobody;
  nobody.name = "Roundtrip";
  shop(page, merchant ? merchant->facts : nobody);
  return page;
}

Page customer_page(const Visit& visit, const http::Request& request, const std::string& title, const std::string& content) {
  Page page = public_page(request, visit.merchant, visit.locale, title, content);
  page.data["order_label"] = visit.say("order_label", {{"order", visit.order.external_id}});
  page.data["lang_query"] = visit.lang_query;
  return page;
}

std::optional<usecases::MerchantView> shop_of(const http::Services& services, const std::string& slug) {
  if (!slug.empty()) return usecases::find_merchant(services.db, slug);
  auto all = usecases::list_merchants(services.db);
  if (all.size() != 1) return std::nullopt;
  return std::move(all.front());
}

http::Reply dead_link_page(const http::Services& services, const http::Request& request) {
  const std::string locale = language_of(request);
  auto page = public_page(request, std::nullopt, locale, messages::text(locale, "page.gone_title"), "customer_gone");
  page.status = 404;
  return page_reply(services, request, page);
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

std::string first_letter(std::string_view name) {
  std::size_t end = name.empty() ? 0 : 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) ++end;
  return std::string(name.substr(0, end));
}

Json quantity_fields(std::int64_t left, std::int64_t chosen) {
  Json quantities = Json::array();
  for (std::int64_t n = 1; n <= std::min<std::int64_t>(left, 100); ++n)
    quantities.push_back({{"value", std::to_string(n)}, {"chosen", n == chosen}});
  return {{"only_one", left == 1}, {"many", left > 100}, {"most", std::to_string(chosen)}, {"quantities", quantities}};
}

std::int64_t typed_quantity(const std::string& text) {
  const bool number = !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoll(text) : 0;
}

Json rail(const std::string& locale, const std::vector<std::string>& steps, std::size_t reached) {
  const Json& words = page_words(locale);
  Json out = Json::array();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool done = i + 1 < reached || reached == steps.size();
    const bool here = i + 1 == reached && !done;
    out.push_back({{"label", steps[i]},
                   {"state", done   ? "done"
                             : here ? "here"
                                    : "open"},
                   {"spoken", words[done   ? "step_done"
                                    : here ? "step_now"
                                           : "step_open"]},
                   {"mark", done   ? "✓"
                            : here ? "●"
                                   : ""}});
  }
  return out;
}

}  // namespace roundtrip::web
