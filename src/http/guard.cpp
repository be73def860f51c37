// What nginx lets through, or what comes when it is absent: smuggling, unknown lengths, odd hosts.
#include "http/guard.hpp"

#include <algorithm>

#include "http/reply.hpp"

namespace roundtrip::http {
namespace {
constexpr std::size_t kMaxHeaders = 100;

Reply refusal(int status, const std::string& code, const std::string& message) {
  return problem_status_reply(status, Error{ErrorKind::malformed, code, message});
}

std::size_t count_of(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(), [&](const auto& field) { return field.first == name; }));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 15 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

std::optional<Reply> refuse_head(const Head& head, const BodyLimits& limits) {
  if (head.headers.size() > kMaxHeaders) return refusal(431, "too_many_headers", "Send at most 100 header fields.");
  if (count_of(head.headers, "host") != 1) return refusal(400, "bad_host", "Send exactly one Host header.");
  if (count_of(head.headers, "transfer-encoding") > 0) {
    return refusal(411, "length_required", "Chunked bodies are not taken: send a Content-Length.");
  }
  if (header(head.headers, "content-encoding")) {
    return refusal(415, "encoded_body", "Encoded bodies are not taken: send the body as it is, without Content-Encoding.");
  }
  const auto lengths = count_of(head.headers, "content-length");
  const auto length = header(head.headers, "content-length");
  if (lengths > 1 || (length && !is_number(*length))) return refusal(400, "bad_length", "Send one Content-Length, a whole number.");
  const bool has_body = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
  if (has_body && !length) return refusal(411, "length_required", "Send a Content-Length; for an empty body it is 0.");
  const long long bytes = length ? std::stoll(std::string(*length)) : 0;
  if (!has_body && bytes > 0) return refusal(400, "unexpected_body", head.method + " takes no body.");
  const auto type = header(head.headers, "content-type").value_or("");
  const bool upload = type.starts_with("multipart/form-data") || type.starts_with("image/");
  const std::size_t most = upload ? std::max(limits.max_bytes, limits.max_upload_bytes) : limits.max_bytes;
  if (static_cast<std::size_t>(bytes) > most) {
    return refusal(413, "body_too_large", "The body is larger than " + std::to_string(most) + " bytes: send it in parts.");
  }
  return std::nullopt;
}

}  // namespace roundtrip::http
