// /v1/policy: the returns policy, its versions, and trying another one.
#include "usecases/policies.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"
#include "usecases/policy_trial.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostPolicyBytes = 1'000'000;

Reply read_policy_handler(const Services& services, const Request& request) {
  return json_text_reply(200, usecases::read_policy(context_of(services, request)));
}

Reply change_policy_handler(const Services& services, const Request& request) {
  if (const Body body(request.body); body.malformed()) return problem_reply(*Body(request.body).finish());
  const auto saved = usecases::change_policy(context_of(services, request), request.body);
  return saved ? json_text_reply(200, *saved) : problem_reply(saved.error());
}

Reply policy_versions_handler(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto cursor = cursor_number(request);
  if (!cursor) return problem_reply(cursor.error());
  const int before = static_cast<int>(std::min<std::int64_t>(*cursor, INT32_MAX));
  const auto page = usecases::policy_versions(context_of(services, request), before > 0 ? std::optional(before) : std::nullopt, *limit);
  ordered_json items = ordered_json::array();
  for (const auto& one : page.items) {
    ordered_json changes = ordered_json::array();
    for (const auto& change : one.changes) changes.push_back({{"field", change.field}, {"before", change.before}, {"after", change.after}});
    items.push_back({{"version", one.version}, {"by", one.by}, {"at", format_rfc3339(one.at)}, {"changes", changes}});
  }
  return json_reply(200, {{"items", items}, {"next_cursor", page.next ? ordered_json(std::to_string(*page.next)) : ordered_json(nullptr)}});
}

ordered_json tried_side(const usecases::TriedSide& side, const std::string& currency) {
  return {{"allowed", side.allowed},
          {"approval", side.approved ? "automatic" : "person"},
          {"keep_item", side.keep_item},
          {"freight_paid_by", domain::to_text(side.freight)},
          {"refund_trigger", domain::to_text(side.trigger)},
          {"money", money_json(side.money, currency)}};
}

Reply try_policy_handler(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const auto limit = root.integer("limit", false, usecases::kTrialDefault, 1, usecases::kTrialMost);
  const std::string policy = root.raw("policy", kMostPolicyBytes);
  if (policy.empty()) {
    root.fault("policy", "required", "The policy that is tried.");
  } else if (policy.front() != '{') {
    root.fault("policy", "wrong_type", "The policy is an object.");
  }
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto trial = usecases::try_policy(context_of(services, request), policy, static_cast<int>(limit),
                                          usecases::reader_of_header(request.header("accept-language").value_or("")));
  if (!trial) {
    Error error = trial.error();
    for (auto& fault : error.faults) fault.pointer = "/policy" + fault.pointer;
    return problem_reply(error);
  }
  ordered_json changed = ordered_json::array(), sums = ordered_json::array();
  for (const auto& one : trial->changed) {
    changed.push_back({{"return_id", to_text(one.id)},
                       {"order_id", to_text(one.order)},
                       {"kind", domain::to_text(one.kind)},
                       {"outcome", domain::to_text(one.outcome)},
                       {"asked_at", format_rfc3339(one.asked_at)},
                       {"before", tried_side(one.before, one.currency)},
                       {"after", tried_side(one.after, one.currency)},
                       {"refusal", one.refusal}});
  }
  for (const auto& sum : trial->sums)
    sums.push_back({{"before", money_json(sum.before, sum.currency)}, {"after", money_json(sum.after, sum.currency)}});
  return json_reply(200, {{"policy_version", trial->base_version},
                          {"tried", trial->tried},
                          {"newly_refused", trial->newly_refused},
                          {"newly_allowed", trial->newly_allowed},
                          {"changed", changed},
                          {"sums", sums}});
}

}  // namespace

void add_policy_routes(Router& router, const Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope, auto handler) {
    router.add(
        {method, pattern, Gate::api, scope, [&services, handler](const Request& request) { return handler(services, request); }, false});
  };
  route("GET", "/v1/policy", "", read_policy_handler);
  route("PUT", "/v1/policy", "admin", change_policy_handler);
  route("GET", "/v1/policy/versions", "", policy_versions_handler);
  route("POST", "/v1/policy/trial", "admin", try_policy_handler);
}

}  // namespace roundtrip::http
