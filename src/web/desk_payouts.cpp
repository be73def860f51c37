// Payout files at the desk: make one, fetch it, paste its answer.
#include "usecases/payouts.hpp"
#include "web/desk_pages.hpp"

namespace roundtrip::web {
namespace {
constexpr int kPayoutsShown = 50;

http::Reply payouts_page(const http::Services& services, const http::Request& request, const std::string& fault, int status,
                         const std::vector<usecases::PayoutFault>& rows = {}) {
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Paid by hand", "desk_payouts", "/desk/refunds");
  page.status = status;
  page.data["fault"] = fault;
  page.data["faults"] = Json::array();
  for (const auto& one : rows)
    page.data["faults"].push_back({{"line", std::to_string(one.line)}, {"refund", one.refund}, {"detail", one.detail}});
  page.data["payouts"] = Json::array();
  const auto list = usecases::list_payouts(http::context_of(services, request), kPayoutsShown);
  for (const auto& one : list) {
    page.data["payouts"].push_back({{"id", to_text(one.id)},
                                    {"refunds", std::to_string(one.refunds)},
                                    {"checksum", one.checksum.substr(0, 12)},
                                    {"by", one.made_by},
                                    {"when", staff_time(zone, one.made_at, request.now)}});
  }
  page.data["any"] = !list.empty();
  return page_reply(services, request, page);
}

http::Reply make_payout_file(const http::Services& services, const http::Request& request) {
  const auto made = usecases::make_payout(http::context_of(services, request));
  if (!made) return payouts_page(services, request, made.error().message, http::status_of(made.error().kind));
  return http::redirect_reply("/desk/payouts?done=file_made");
}

http::Reply take_payout_file(const http::Services& services, const http::Request& request) {
  const auto answer = usecases::take_payout_answer(http::context_of(services, request), field(request.form(), "answer"));
  if (!answer) return payouts_page(services, request, answer.error().message, http::status_of(answer.error().kind));
  const std::string said = std::to_string(answer->paid) + " paid, " + std::to_string(answer->failed) + " failed, " +
                           std::to_string(answer->repeated) + " paid before.";
  return payouts_page(services, request, said, 200, answer->faults);
}

http::Reply fetch_payout_file(const http::Services& services, const http::Request& request) {
  const auto id = parse_id<PayoutId>(request.param("id"));
  auto file = usecases::payout_file(http::context_of(services, request), id.value_or(PayoutId{}));
  if (!file) return error_page(services, request, Layout::desk, file.error());
  return http::file_reply("text/csv; charset=utf-8", *std::move(file), to_text(*id) + ".csv");
}
}  // namespace

void add_desk_payout_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add({method, pattern, http::Gate::staff, "refunds:send",
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/payouts",
        [](const http::Services& all, const http::Request& request) { return payouts_page(all, request, "", 200); });
  route("POST", "/desk/payouts", make_payout_file);
  route("POST", "/desk/payouts/answer", take_payout_file);
  route("GET", "/desk/payouts/{id}/file.csv", fetch_payout_file);
}

}  // namespace roundtrip::web
