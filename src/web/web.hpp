// What people look at: the station, the desk, customers' pages, the login.
#pragma once
#include "http/router.hpp"
#include "http/routes.hpp"

namespace roundtrip::web {

// Adds every page and asset. The services live as long as the router.
void add_web_routes(http::Router& router, const http::Services& services);

}  // namespace roundtrip::web
