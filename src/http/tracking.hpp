// GET /v1/tracking/{tracking_number} and the carriers' pushes.
#pragma once
#include "http/routes.hpp"

namespace roundtrip::http {

void add_tracking_routes(Router& router, const Services& services);

}  // namespace roundtrip::http
