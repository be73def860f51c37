// Trying a policy on the newest returns without saving it: whom it would change, and by how much.
#pragma once
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "domain/policy.hpp"
#include "usecases/context.hpp"
#include "usecases/policy_words.hpp"

namespace roundtrip::usecases {

inline constexpr int kTrialDefault = 200, kTrialMost = 2000;

struct TriedSide {
  bool allowed = false, approved = false, keep_item = false;
  domain::FreightPayer freight = domain::FreightPayer::merchant;
  domain::RefundTrigger trigger = domain::RefundTrigger::warehouse_scan;
  std::int64_t money = 0;  // of the outcome that was asked for, with its bonus; 0 when it is refused
  bool operator==(const TriedSide&) const = default;
};
struct TriedReturn {
  ReturnId id;
  OrderId order;
  std::string external_id, currency;
  domain::ReturnKind kind = domain::ReturnKind::goods_back;
  domain::ReturnOutcome outcome = domain::ReturnOutcome::refund;
  Instant asked_at;
  TriedSide before, after;
  std::string refusal;  // why it would be refused now, in the reader's language
};
struct TrialSum {
  std::string currency;
  std::int64_t before = 0, after = 0;
};
struct PolicyTrial {
  int base_version = 0;  // what it was compared with
  int tried = 0, newly_refused = 0, newly_allowed = 0;
  std::vector<TriedReturn> changed;  // newest first
  std::vector<TrialSum> sums;        // of all that were tried, by currency
};
// The newest `limit` (1 to kTrialMost) returns, on the facts as they stood when each was asked for, judged by the newest policy and by
// `json`. Returns that were refused left nothing to replay.
Result<PolicyTrial> try_policy(const Context& context, const std::string& json, int limit, const Reader& reader);

}  // namespace roundtrip::usecases
