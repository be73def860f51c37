// Rendering: templates, layout, headers.
#include "web/web.hpp"

namespace roundtrip::web {

void add_web_routes(http::Router&, const http::Services&) {}

}  // namespace roundtrip::web
