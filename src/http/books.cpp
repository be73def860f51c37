// /v1/orders/{id}/ledger and /v1/orders/{id}/notifications
#include "usecases/books.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/reply.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {
using BooksJson = nlohmann::ordered_json;

Reply get_order_ledger(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    const auto entries = usecases::read_order_ledger(context_of(services, request), id);
    if (!entries) return problem_reply(entries.error());
    BooksJson items = BooksJson::array();
    for (const auto& entry : *entries) {
      items.push_back({{"posting", entry.posting},
                       {"account", entry.account},
                       {"amount", money_json(entry.amount, entry.currency)},
                       {"posted_at", format_rfc3339(entry.posted_at)}});
    }
    return json_reply(200, {{"items", items}, {"next_cursor", nullptr}});
  });
}

Reply get_order_notifications(const Services& services, const Request& request) {
  return with_id<OrderId>(request, "id", [&](OrderId id) {
    const auto told = usecases::read_order_notifications(context_of(services, request), id);
    if (!told) return problem_reply(told.error());
    BooksJson items = BooksJson::array();
    for (const auto& one : *told) {
      items.push_back({{"id", to_text(one.id)},
                       {"milestone", one.milestone},
                       {"channel", one.channel},
                       {"about", text_json(one.about)},
                       {"state", one.state},
                       {"last_error", text_json(one.last_error)},
                       {"created_at", format_rfc3339(one.created_at)},
                       {"sent_at", time_json(one.sent_at)}});
    }
    return json_reply(200, {{"items", items}, {"next_cursor", nullptr}});
  });
}

}  // namespace

void add_book_routes(Router& router, const Services& services) {
  router.add({"GET", "/v1/orders/{id}/ledger", Gate::api, "orders:read",
              [&services](const Request& request) { return get_order_ledger(services, request); }});
  router.add({"GET", "/v1/orders/{id}/notifications", Gate::api, "orders:read",
              [&services](const Request& request) { return get_order_notifications(services, request); }});
}

}  // namespace roundtrip::http
