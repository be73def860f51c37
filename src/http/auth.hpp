// Who sends a request: an API key, a signed-in user, or nobody.
#pragma once
#include "http/front.hpp"

namespace roundtrip::http {

// Verifies a bearer key or the session cookie; good answers are remembered for two seconds, so that a
// revoked key ends at most that much later.
Authenticate make_authenticate(const Services& services);
bool is_https(const Services& services);

}  // namespace roundtrip::http
