// Idempotency keys as a use case.
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct KeptAnswer {
  int status = 0;
  std::string body;
};
// Claims the key. A kept answer comes back for the same request; nothing: go on. Refuses another
// request under the same key (invalid) and one that is under way (conflict). A claim that was never
// answered (a crash) may be taken over after a minute; what it did is found again by its own keys.
Result<std::optional<KeptAnswer>> claim_idempotency_key(const Context& context, const std::string& key, const std::string& request_hash);
void keep_answer(const Context& context, const std::string& key, int status, const std::string& body);
void forget_idempotency_key(const Context& context, const std::string& key);

}  // namespace roundtrip::usecases
