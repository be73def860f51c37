// Replays returns through the same judgment that made them.
#include "usecases/policy_trial.hpp"

#include <algorithm>

#include "store/asked_returns.hpp"
#include "store/database.hpp"
#include "store/policies.hpp"
#include "usecases/return_judge.hpp"

namespace roundtrip::usecases {
namespace {

TriedSide side_of(const JudgedReturn& judged) {
  const auto& decision = judged.decision;
  return {decision.allowed, decision.approved, decision.keep_item, decision.freight, decision.trigger, judged.chosen.total};
}

std::string refusal_words(JudgedReturn& judged, const Reader& reader) {
  say_trace(reader, judged.decision.trace);
  for (const auto& step : judged.decision.trace) {
    if (step.refused) return step.result;
  }
  return "";
}

void add_to_sums(PolicyTrial& trial, const std::string& currency, const TriedSide& before, const TriedSide& after) {
  auto sum = std::find_if(trial.sums.begin(), trial.sums.end(), [&](const TrialSum& one) { return one.currency == currency; });
  if (sum == trial.sums.end()) sum = trial.sums.insert(trial.sums.end(), {currency, 0, 0});
  sum->before += before.money;
  sum->after += after.money;
}

}  // namespace

Result<PolicyTrial> try_policy(const Context& context, const std::string& json, int limit, const Reader& reader) {
  const auto wanted = store::parse_policy(json);
  if (!wanted) return wanted.error();
  if (limit < 1 || limit > kTrialMost) {
    const std::string range = "limit is 1 to " + std::to_string(kTrialMost) + ".";
    return Error{ErrorKind::invalid, "invalid_limit", range, {{"/limit", "out_of_range", range}}};
  }
  store::Session session(context.db);
  const auto current = store::current_policy(session, context.merchant);
  PolicyTrial trial;
  trial.base_version = current.version;
  for (const auto& stored : store::recent_asked(session, context.merchant, limit)) {
    const auto& facts = stored.asked.facts;
    auto judged = judge_return(*wanted, stored.asked);
    const TriedSide before = side_of(judge_return(current, stored.asked)), after = side_of(judged);
    ++trial.tried;
    trial.newly_refused += before.allowed && !after.allowed;
    trial.newly_allowed += !before.allowed && after.allowed;
    add_to_sums(trial, facts.currency, before, after);
    if (before == after) continue;
    trial.changed.push_back({stored.id, stored.order, stored.external_id, facts.currency, facts.kind, facts.outcome, facts.now, before,
                             after, after.allowed ? "" : refusal_words(judged, reader)});
  }
  return trial;
}

}  // namespace roundtrip::usecases
