// Idempotency-Key: the same key and body give the same answer for 30 days.
#pragma once
#include "http/router.hpp"
#include "http/routes.hpp"

namespace roundtrip::http {

// Runs `handler` unless the key was seen: then the kept answer (same body), 422 (another body) or 409
// (still under way). Answers of 5xx and 429 are not kept, so that the same key may be tried again.
Reply answer_once(const Services& services, Request& request, const Handler& handler);

}  // namespace roundtrip::http
