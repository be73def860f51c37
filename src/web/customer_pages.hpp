// What customers' pages share: the visit behind a link, words in the reader's language, contact and rails.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refunds.hpp"
#include "messages/locale.hpp"
#include "usecases/customer.hpp"
#include "web/format.hpp"
#include "web/pages.hpp"

namespace roundtrip::web {

// A customer behind a valid link.
struct Visit {
  usecases::MerchantView merchant;
  usecases::OrderView order;
  usecases::LinkTarget target;
  std::string locale;      // of the words: ?lang=, else the order's
  std::string lang_query;  // "?lang=de" to keep the choice, or empty
  std::string zone;        // the customer's
  Instant now;

  std::string say(std::string_view key, const messages::Args& args = {}) const;  // "track.title" of [page]
  std::string money(std::int64_t minor) const;
  std::string time(Instant at, messages::TimeStyle style) const;
  std::string item_name(LineId line) const;
};
// Nothing for a link that is forged, expired or revoked.
std::optional<Visit> open_visit(const http::Services& services, const http::Request& request, usecases::LinkKind kind);
usecases::Context context_of_visit(const http::Services& services, const Visit& visit);

// Every word of the pages without placeholders, nested as in the catalogue: t.track.title.
const Json& page_words(const std::string& locale);
// The language to speak before an order is known: ?lang=, else Accept-Language.
std::string language_of(const http::Request& request);
// A page with the shop's name, color and contact. `path` is the page's own, for the language links.
Page customer_page(const Visit& visit, const http::Request& request, const std::string& title, const std::string& content);
// The same without an order (find, dead links); `merchant` may be missing.
Page public_page(const http::Request& request, const std::optional<usecases::MerchantView>& merchant, const std::string& locale,
                 const std::string& title, const std::string& content);
// The shop whose orders are looked for: of this name, else the only one.
std::optional<usecases::MerchantView> shop_of(const http::Services& services, const std::string& slug);
// The number on the photo of a label that a form sent, or the fault as a key of [page.find] and its status. Nothing is told of the order
// behind the number: that still takes what proves who asks.
struct LabelPhoto {
  std::string number, fault;
  int status = 200;
};
LabelPhoto read_label_photo(const http::Services& services, const http::Request& request);
http::Reply dead_link_page(const http::Services& services, const http::Request& request);

// The components of a refund that are not zero: {label, amount}.
Json money_rows(const Visit& visit, const domain::Components& money);
// The first letter of a name, for the tile that stands where a picture would.
std::string first_letter(std::string_view name);
// "1".."100", the chosen one marked, for a select of quantities; `many`: more than a select should hold.
Json quantity_fields(std::int64_t left, std::int64_t chosen);
// A quantity as a form gives it; 0 for what is none.
std::int64_t typed_quantity(const std::string& text);

// Steps with how far they are: the first `reached` are done, the last of those is now unless all are done.
Json rail(const std::string& locale, const std::vector<std::string>& steps, std::size_t reached);

}  // namespace roundtrip::web
