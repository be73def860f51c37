// The contract as the program serves it: src/http/openapi.json, compiled in.
#include "http/openapi.hpp"

#include "http/api.hpp"

namespace roundtrip::http {

extern const char* const kOpenApiText;  // generated from openapi.json
extern const char* const kDocsPage;     // generated from docs.html

std::string_view openapi_text() { return kOpenApiText; }

void add_openapi_routes(Router& router, const Services&) {
  router.add({"GET", "/v1/openapi.json", Gate::open, "", [](const Request&) { return json_text_reply(200, kOpenApiText); }});
  router.add({"GET", "/docs", Gate::open, "", [](const Request&) { return html_reply(200, kDocsPage); }});
}

}  // namespace roundtrip::http
