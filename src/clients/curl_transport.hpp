// Transport over libcurl: one total deadline, no redirects, bounded replies, and no way into private networks.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/transport.hpp"

namespace roundtrip::clients {

struct CurlOptions {
  // Off: an address that is not on the public internet (loopback, private, link-local ...) is refused
  // when it is dialed, after the name was resolved, so that a name cannot point inward.
  bool allow_private_addresses = false;
  int connect_timeout_ms = 5'000;
  int idle_handles = 16;   // kept with their open connections
  std::string proxy = {};  // empty: dial directly; the environment is not asked
};

// Thread-safe: each call leases a curl handle with its live connections.
//
// A POST or PATCH without an Idempotency-Key header is sent at most once: it gets a connection of its
// own, because libcurl repeats a request when a reused connection turns out to be closed.
class CurlTransport : public Transport {
 public:
  explicit CurlTransport(CurlOptions options = {});
  ~CurlTransport() override;
  HttpOutcome send(const HttpRequest& request) override;

 private:
  struct Pool;
  CurlOptions options_;
  std::unique_ptr<Pool> pool_;
};

// True when `ip` (text, v4 or v6) is a unicast address of the public internet.
bool is_public_address(std::string_view ip);

}  // namespace roundtrip::clients
