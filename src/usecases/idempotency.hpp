// Idempotency keys as a use case.
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"
#include "store/database.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// After this the first attempt at a request counts as dead. Short, because it only spares work: what was done is told by done_before,
// and a slow first attempt and a second one exclude each other there.
inline constexpr std::int64_t kUnansweredFor = 5 * kSecond;

struct KeptAnswer {
  int status = 0;
  std::string body;
};
// Claims the key. A kept answer comes back for the same request; nothing: go on. Refuses another
// request under the same key (invalid) and one that is under way (conflict). A claim that was never
// answered (a crash) is taken over at once when its work was noted, else after a few seconds.
Result<std::optional<KeptAnswer>> claim_idempotency_key(const Context& context, const std::string& key, const std::string& request_hash);
void keep_answer(const Context& context, const std::string& key, int status, const std::string& body);
void forget_idempotency_key(const Context& context, const std::string& key);

// For a use case that a request with a key may repeat: asked first thing in the transaction of the work. What an earlier
// attempt at this request noted there, when it committed and its answer was lost; then nothing is left to do but to answer.
// A request of several transactions names its `part`s. Without a key: nothing, and no round trip.
std::optional<std::string> done_before(store::Transaction& tx, const Context& context, const std::string& part = "");
// Notes that this part is done, and what the answer needs of it. Commits with the work or not at all.
void note_done(store::Transaction& tx, const Context& context, const std::string& result = "", const std::string& part = "");

}  // namespace roundtrip::usecases
