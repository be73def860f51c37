// What the desk's pages share.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "usecases/desk.hpp"
#include "web/format.hpp"
#include "web/pages.hpp"

namespace roundtrip::web {

// A desk page with its navigation; `here` is the path of the tab it belongs to.
Page desk_page(const http::Request& request, const std::string& title, const std::string& content, std::string_view here);
// The zone that staff read times in: the merchant's.
std::string desk_zone(const http::Services& services, const http::Request& request);

struct FilterWord {
  std::string_view value, label;
};
// Links that choose one value of `name`.
Json filter_links(std::string_view path, std::string_view name, const std::vector<FilterWord>& words, const std::string& chosen);
// A number from a query or path, nothing for other text.
std::optional<std::int64_t> number_of(const std::optional<std::string>& text);

// What a search found, as links.
Json hits_json(const std::vector<usecases::SearchHit>& hits);
Json message_json(const usecases::ContactMessage& message, const std::string& zone, Instant now, bool with_order);

void add_desk_order_routes(http::Router& router, const http::Services& services);
void add_desk_order_return_routes(http::Router& router, const http::Services& services);
void add_desk_case_routes(http::Router& router, const http::Services& services);
// Hand-overs and their manifests, and other labels for parcels.
void add_desk_cancellation_routes(http::Router& router, const http::Services& services);
void add_desk_payout_routes(http::Router& router, const http::Services& services);
void add_desk_manifest_routes(http::Router& router, const http::Services& services);
// Goods that nobody announced.
void add_desk_found_routes(http::Router& router, const http::Services& services);
// Cards, stickers and batches of labels.
void add_desk_print_routes(http::Router& router, const http::Services& services);
// The counter of a shop.
void add_desk_shop_routes(http::Router& router, const http::Services& services);
// Photos of labels.
void add_desk_label_routes(http::Router& router, const http::Services& services);
void add_desk_code_routes(http::Router& router, const http::Services& services);
void add_desk_policy_routes(http::Router& router, const http::Services& services);
void add_desk_list_routes(http::Router& router, const http::Services& services);

}  // namespace roundtrip::web
