// Framing checks on a request's head, before its body is read. Every refusal closes the connection.
#pragma once
#include <optional>
#include <string>

#include "http/request.hpp"

namespace roundtrip::http {

struct Head {
  std::string method, target;
  Headers headers;  // names lower-cased, repeats kept
};

// The largest body: pictures and forms with files may be larger than all else.
struct BodyLimits {
  std::size_t max_bytes = 4 << 20, max_upload_bytes = 25 << 20;
};

// What is wrong with the head: a reply to send instead of going on. Nothing when it is fine.
std::optional<Reply> refuse_head(const Head& head, const BodyLimits& limits);

}  // namespace roundtrip::http
