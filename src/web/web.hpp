// What people look at: the station, the desk, customers' pages, the login.
#pragma once
#include "http/reply.hpp"
#include "http/router.hpp"
#include "http/routes.hpp"

namespace roundtrip::web {

// Adds every page and asset. The services live as long as the router.
void add_web_routes(http::Router& router, const http::Services& services);

// Turns a problem+json reply into a page when a browser asked for one (not under /v1/). Wrap the front
// door's answer in it.
http::Reply for_people(const http::Services& services, const http::Request& request, http::Reply reply);

}  // namespace roundtrip::web
