// Money at the desk: payout files with their answers, and gateways' exports against our books.
#include <charconv>

#include "usecases/payouts.hpp"
#include "usecases/reconciliation.hpp"
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
  const auto files = request.files();
  const std::string text = files.empty() ? field(request.form(), "answer") : std::string(files.front().bytes);
  const auto answer = usecases::take_payout_answer(http::context_of(services, request), text);
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

constexpr std::size_t kDifferencesShown = 500;

std::string_view words_of_difference(std::string_view kind) {
  if (kind == "missing_here") return "Only the gateway knows it";
  if (kind == "missing_there") return "Only we know it";
  if (kind == "other_amount") return "Another amount";
  if (kind == "other_currency") return "Another currency";
  if (kind == "other_state") return "Another state";
  return "Cannot be read";
}

Json difference_json(const std::string& gateway, const usecases::MoneyDifference& one, std::size_t number) {
  const std::string money = one.lost == 0 ? "" : money_text("en-GB", one.lost < 0 ? -one.lost : one.lost, one.currency);
  return {{"number", std::to_string(number)},
          {"kind", words_of_difference(one.kind)},
          {"what", one.what},
          {"gateway", gateway},
          {"reference", one.reference},
          {"ours", one.ours},
          {"detail", one.detail},
          {"line", one.line > 0 ? std::to_string(one.line) : ""},
          {"can_let_go", one.lost != 0},
          {"lost", std::to_string(one.lost)},
          {"currency", one.currency},
          {"bears", one.lost > 0 ? "The shop loses " + money + "." : "The shop keeps " + money + "."}};
}

Json comparison_json(const std::string& gateway, const usecases::Reconciliation& found) {
  Json differences = Json::array(), fees = Json::array();
  for (const auto& one : found.differences) {
    if (differences.size() >= kDifferencesShown) break;
    differences.push_back(difference_json(gateway, one, differences.size() + 1));
  }
  for (const auto& [currency, fee] : found.fees) fees.push_back(money_text("en-GB", fee, currency));
  return {{"gateway", gateway},
          {"rows", std::to_string(found.rows)},
          {"agreed", std::to_string(found.agreed)},
          {"let_go", std::to_string(found.let_go)},
          {"differ", std::to_string(found.differences.size())},
          {"more", found.differences.size() > differences.size()},
          {"fees", fees},
          {"fees_booked", std::to_string(found.fees_booked)},
          {"differences", differences},
          {"all_agree", found.differences.empty()}};
}

http::Reply reconciliation_page(const http::Services& services, const http::Request& request, const std::string& gateway,
                                const std::string& said, int status, Json result = nullptr) {
  auto page = desk_page(request, "Reconciliation", "desk_reconciliation", "/desk/refunds");
  page.status = status;
  page.data["said"] = said;
  page.data["result"] = std::move(result);
  page.data["gateways"] = Json::array();
  for (const char* name : {"stripe", "adyen", "paypal"}) page.data["gateways"].push_back({{"name", name}, {"chosen", gateway == name}});
  return page_reply(services, request, page);
}

http::Reply compare_export(const http::Services& services, const http::Request& request) {
  const std::string gateway = field(request.form(), "gateway");
  const auto files = request.files();
  if (files.empty()) return reconciliation_page(services, request, gateway, "Choose the gateway's export: a CSV file.", 422);
  const auto found = usecases::reconcile_text(http::context_of(services, request), gateway, files.front().bytes);
  if (!found) return reconciliation_page(services, request, gateway, found.error().message, http::status_of(found.error().kind));
  return reconciliation_page(services, request, gateway, "", 200, comparison_json(gateway, *found));
}

http::Reply write_difference_off(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  usecases::WriteOff wanted{field(form, "gateway"),  field(form, "what"),  field(form, "reference"), 0,
                            field(form, "currency"), field(form, "reason")};
  const std::string lost = field(form, "lost");
  std::from_chars(lost.data(), lost.data() + lost.size(), wanted.lost);
  const auto done = usecases::write_off_difference(http::context_of(services, request), wanted);
  if (!done) return reconciliation_page(services, request, wanted.gateway, done.error().message, http::status_of(done.error().kind));
  return reconciliation_page(services, request, wanted.gateway,
                             wanted.reference + " is written off. Send the export again to see what is left.", 200);
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
  route("GET", "/desk/reconciliation",
        [](const http::Services& all, const http::Request& request) { return reconciliation_page(all, request, "stripe", "", 200); });
  route("POST", "/desk/reconciliation", compare_export);
  route("POST", "/desk/reconciliation/let-go", write_difference_off);
}

}  // namespace roundtrip::web
