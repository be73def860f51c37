// Idempotency-Key around a handler.
#include "http/idempotency.hpp"

#include "base/secrets.hpp"
#include "http/front.hpp"
#include "http/reply.hpp"
#include "usecases/idempotency.hpp"

namespace roundtrip::http {

Reply answer_once(const Services& services, Request& request, const Handler& handler) {
  const std::string key(request.header("idempotency-key").value_or(""));
  if (key.empty() || key.size() > 255) {
    return problem_reply({ErrorKind::invalid, "bad_idempotency_key", "An Idempotency-Key has 1 to 255 characters."});
  }
  const auto context = context_of(services, request);
  const std::string hash = sha256_hex(request.method + "\n" + request.path + "\n" + request.body);
  const auto claim = usecases::claim_idempotency_key(context, key, hash);
  if (!claim) return problem_reply(claim.error());
  if (*claim) {
    Reply kept = json_text_reply((*claim)->status, (*claim)->body);
    if (kept.status >= 400) kept.content_type = "application/problem+json";
    kept.headers.emplace_back("Idempotency-Replayed", "true");
    return kept;
  }
  request.claimed_key = key;
  Reply reply;
  try {
    reply = handler(request);
  } catch (...) {
    reply = reply_for_current_exception(request);
  }
  if (reply.status >= 500 || reply.status == 429)
    usecases::forget_idempotency_key(context, key);
  else
    usecases::keep_answer(context, key, reply.status, reply.body);
  return reply;
}

}  // namespace roundtrip::http
