// /v1/payouts: refunds that are paid by hand, as files, and the answers to them.
#include "usecases/payouts.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLargestAnswer = 512 * 1024;

ordered_json payout_json(const usecases::PayoutView& payout) {
  return {{"id", to_text(payout.id)},
          {"refunds", payout.refunds},
          {"checksum", payout.checksum},
          {"made_by", payout.made_by},
          {"made_at", format_rfc3339(payout.made_at)},
          {"file_url", "/v1/payouts/" + to_text(payout.id) + "/file.csv"}};
}

Reply make_file(const Services& services, const Request& request) {
  Body body(request.body.empty() ? "{}" : request.body);
  body.root();
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto made = usecases::make_payout(context_of(services, request));
  return made ? json_reply(201, payout_json(*made)) : problem_reply(made.error());
}

Reply list_files(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  ordered_json items = ordered_json::array();
  for (const auto& payout : usecases::list_payouts(context_of(services, request), *limit)) items.push_back(payout_json(payout));
  return json_reply(200, {{"items", items}});
}

Reply read_payout(const Services& services, const Request& request) {
  return with_id<PayoutId>(request, "id", [&](PayoutId id) {
    auto file = usecases::payout_file(context_of(services, request), id);
    return file ? file_reply("text/csv; charset=utf-8", *std::move(file), to_text(id) + ".csv") : problem_reply(file.error());
  });
}

Reply take_answer(const Services& services, const Request& request) {
  Body body(request.body);
  const std::string file = body.root().text("file", {.required = true, .max = kLargestAnswer, .multiline = true});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto answer = usecases::take_payout_answer(context_of(services, request), file);
  if (!answer) return problem_reply(answer.error());
  ordered_json faults = ordered_json::array();
  for (const auto& fault : answer->faults)
    faults.push_back({{"line", fault.line}, {"refund", fault.refund}, {"code", fault.code}, {"detail", fault.detail}});
  return json_reply(200,
                    {{"paid", answer->paid}, {"failed", answer->failed}, {"repeated", answer->repeated}, {"faults", std::move(faults)}});
}

}  // namespace

void add_payout_routes(Router& router, const Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler, bool keyed) {
    router.add({method, pattern, Gate::api, "refunds:send",
                [&services, handler](const Request& request) { return handler(services, request); }, keyed});
  };
  route("POST", "/v1/payouts", make_file, true);
  route("GET", "/v1/payouts", list_files, false);
  route("GET", "/v1/payouts/{id}/file.csv", read_payout, false);
  route("POST", "/v1/payouts/answers", take_answer, false);
}

}  // namespace roundtrip::http
