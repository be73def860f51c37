// USPS's multipart answers (multipart/form-data): metadata as JSON, then images as base64 whatever their headers say.
#pragma once
#include <optional>

#include "carriers/reply.hpp"

namespace roundtrip::carriers::usps {

bool is_multipart(const HttpResponse& response);
// The metadata with the images as members, named as in the whole-JSON answer ("labelImage", "SCANFormImage" ...). Nothing when the parts
// cannot be told apart or the metadata is no JSON object.
std::optional<Json> json_of_multipart(const HttpResponse& response);

}  // namespace roundtrip::carriers::usps
