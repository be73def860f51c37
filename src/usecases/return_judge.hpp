// The one calculation behind a return's preview, its making, and trying another policy on it: the decision and its money.
#pragma once
#include <vector>

#include "domain/policy.hpp"
#include "store/asked_returns.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {

struct JudgedReturn {
  domain::PolicyDecision decision;           // offers as if enough had been captured
  std::vector<domain::OutcomeOffer> offers;  // no more than was captured
  domain::OutcomeOffer chosen;               // of the outcome that was asked for; all zero when it is refused
  std::int64_t due = 0;                      // of the chosen one, had enough been captured
};
// Pure. Sentences of the trace are not said yet.
JudgedReturn judge_return(const domain::Policy& policy, const store::AskedReturn& asked);

// Moves the lines' money past what other returns still wait for, and sets what each wanted line releases.
void add_released(store::AskedReturn& asked);

}  // namespace roundtrip::usecases
