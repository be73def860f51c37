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

// What is wrong with the head: a reply to send instead of going on. Nothing when it is fine.
std::optional<Reply> refuse_head(const Head& head, std::size_t max_body_bytes);

}  // namespace roundtrip::http
