// Customers' tracking page.
#include "web/pages.hpp"
namespace roundtrip::web {
void add_track_routes(http::Router&, const http::Services&) {}
void add_return_routes(http::Router&, const http::Services&) {}
void add_contact_routes(http::Router&, const http::Services&) {}
}  // namespace roundtrip::web
