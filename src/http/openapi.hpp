// The OpenAPI 3.1 document.
#pragma once
#include <string_view>

namespace roundtrip::http {

std::string_view openapi_text();

}  // namespace roundtrip::http
