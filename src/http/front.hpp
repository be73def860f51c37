// What happens to every request between the socket and its handler: route, gate, idempotency, faults.
#pragma once
#include <functional>
#include <mutex>
#include <unordered_map>

#include "http/router.hpp"
#include "http/routes.hpp"

namespace roundtrip::http {

// Tells who sends a request from its bearer key or session cookie; nobody when neither is good.
using Authenticate = std::function<Caller(const Request&)>;

class Front {
 public:
  Front(const Router& router, const Services& services, Authenticate authenticate);
  // Never throws. `request` comes with method, path, query, headers, body; the rest is filled here.
  Reply answer(Request& request);

 private:
  Reply route(Request& request);
  Reply pass_gate(Request& request, const Route& route);
  std::optional<Reply> stopped_at_gate(const Request& request, const Route& route) const;
  std::optional<Reply> over_limit(const Caller& caller, Instant now, Headers& told);
  Reply act(Request& request, const Route& route);

  const Router& router_;
  const Services& services_;
  Authenticate authenticate_;
  std::mutex mutex_;
  struct Bucket {
    double tokens = 0;
    Instant at;
  };
  std::unordered_map<std::string, Bucket> buckets_;
};

// The reply for an exception that a handler threw: 503 for a database that is away, 422 for values it
// cannot hold, 500 (logged) for bugs.
Reply reply_for_current_exception(const Request& request);

}  // namespace roundtrip::http
