// Claim, keep, forget.
#include "usecases/idempotency.hpp"

#include "store/idempotency.hpp"

namespace roundtrip::usecases {

Result<std::optional<KeptAnswer>> claim_idempotency_key(const Context& context, const std::string& key, const std::string& request_hash) {
  store::Session session(context.db);
  const auto claim = store::claim_key(session, context.merchant, key, request_hash, context.now, context.now - kUnansweredFor);
  if (claim.claimed) return std::optional<KeptAnswer>{};
  if (claim.request_hash != request_hash) {
    return Error{ErrorKind::invalid, "idempotency_key_reused",
                 "This Idempotency-Key was used for another request. Use a new key for a new request."};
  }
  if (!claim.status) {
    Error error{ErrorKind::conflict, "request_in_flight",
                "The first request with this Idempotency-Key is still under way. Send it again in a moment."};
    error.retry_after_s = 1;
    return error;
  }
  return std::optional<KeptAnswer>{KeptAnswer{*claim.status, claim.body}};
}

void keep_answer(const Context& context, const std::string& key, int status, const std::string& body) {
  store::Session session(context.db);
  store::keep_answer(session, context.merchant, key, status, body);
}

void forget_idempotency_key(const Context& context, const std::string& key) {
  store::Session session(context.db);
  store::forget_key(session, context.merchant, key);
}

std::optional<std::string> done_before(store::Transaction& tx, const Context& context, const std::string& part) {
  return context.request_key.empty() ? std::nullopt : store::key_result(tx, context.merchant, context.request_key, part);
}

void note_done(store::Transaction& tx, const Context& context, const std::string& result, const std::string& part) {
  if (!context.request_key.empty()) store::note_key_result(tx, context.merchant, context.request_key, part, result);
}

}  // namespace roundtrip::usecases
