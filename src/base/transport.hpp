// What goes over HTTP to carriers and gateways: values, and the one interface that dials.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roundtrip {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};  // absolute
  Headers headers = {};
  std::string body = {};
  int timeout_ms = 10'000;  // total, connect to last byte
  std::size_t max_reply_bytes = 1 << 20;
  bool repeatable = false;  // only asks something, so that it may be sent twice though it is a POST
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // names lower-cased
  std::string body;
};

// Why there is no response. `maybe_received`: the other side may have acted on the request.
struct TransportFailure {
  enum class Kind { resolve, connect, timeout, reset, too_large, refused_address, other };
  Kind kind = Kind::other;
  bool maybe_received = false;
  std::string detail;
};

struct HttpOutcome {
  std::optional<HttpResponse> response;
  TransportFailure failure;  // meaningful only without a response
};

// Thread-safe. Never throws for what the other side does.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual HttpOutcome send(const HttpRequest& request) = 0;
  // Sends without waiting for the answer. `answered` is called exactly once, from any thread and perhaps before this returns; it must be
  // quick and must not throw. This default waits.
  using Answered = std::function<void(HttpOutcome)>;
  virtual void start(HttpRequest request, Answered answered) { answered(send(request)); }
};

// First value of a header (name in lower case), or nothing.
std::optional<std::string_view> header(const Headers& headers, std::string_view lower_name);
// Percent-encodes for a query or form value (RFC 3986 unreserved characters stay).
std::string percent_encode(std::string_view text);
// Decodes %XX and, in forms, '+'. Malformed escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_blank);

}  // namespace roundtrip
