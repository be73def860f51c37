// /v1/scans
#include "http/api.hpp"

namespace roundtrip::http {
void add_scan_routes(Router&, const Services&) {}
}  // namespace roundtrip::http
